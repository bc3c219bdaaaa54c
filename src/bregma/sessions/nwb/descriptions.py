"""What the columns of exported tables mean, in a sentence each, with units."""

TRIALS = {
    "choice": "Turn of the wheel: -1 clockwise (right), 1 counter-clockwise (left), 0 none in time",
    "contrastLeft": "Contrast of the stimulus on the left, 0 to 1; NaN if it was on the other side",
    "contrastRight": "Contrast of the stimulus on the right, 0 to 1; NaN if it was on the other side",
    "feedbackType": "1 for a reward, -1 for an error",
    "feedback_times": "When the reward or the error tone came, in seconds",
    "firstMovement_times": "When the wheel first moved, in seconds",
    "goCue_times": "When the go tone began, in seconds",
    "goCueTrigger_times": "When the go tone was asked for, in seconds",
    "included": "Whether the experimenter counts the trial",
    "itiDuration": "Pause before the next trial, in seconds",
    "probabilityLeft": "Prior probability that the stimulus comes on the left in this block",
    "quiescencePeriod": "How long the wheel had to rest before the stimulus, in seconds",
    "repNum": "How often this trial was repeated after an error",
    "response_times": "When the answer was given, in seconds",
    "rewardVolume": "Water given, in microlitres",
    "stimOff_times": "When the stimulus disappeared, in seconds",
    "stimOffTrigger_times": "When the stimulus was asked to disappear, in seconds",
    "stimOn_times": "When the stimulus appeared, in seconds",
    "stimOnTrigger_times": "When the stimulus was asked to appear, in seconds",
    "stimFreeze_times": "When the stimulus stopped, in seconds",
}
CLUSTERS = {
    "amps": "Mean amplitude of the unit's spikes, in volts",
    "channels": "Channel of the unit's largest amplitude, counted on its probe",
    "depths": "Distance of the unit from the tip of the probe, in micrometres",
    "label": "Share of the quality criteria that the unit meets",
    "metrics": "Quality of the unit",
    "peakToTrough": "Time from trough to peak of the waveform, in milliseconds; negative if the peak comes first",
    "uuids": "Identifier of the unit",
    "waveforms": "Mean waveform on the channels nearest to the peak, in volts",
    "waveformsChannels": "Channels of the waveform, counted on the probe",
}
SPIKES = {
    "amps": "Amplitude of each spike, in volts",
    "depths": "Distance of each spike from the tip of the probe, in micrometres",
    "samples": "Sample of each spike on the probe's clock",
    "templates": "Template that found each spike",
}
CHANNELS = {
    "brainLocationIds_ccf_2017": "Identifier of the brain region in the Allen mouse atlas (2017)",
    "localCoordinates": "Place on the probe, across and along it, in micrometres",
    "mlapdv": "Place in the brain from bregma: right, front and up, in micrometres",
    "rawInd": "Row of the channel in the raw recording",
}
UNITS_OF = {
    "position": "radian",
    "velocity": "radian/s",
    "peakAmplitude": "radian",
    "ROIMotionEnergy": "a.u.",
    "pupilDiameter": "pixel",
    "amps": "volts",
    "temperature": "degree Celsius",
}
"""Unit of the values of a series, by attribute."""

_TABLES = {"trials": TRIALS, "clusters": CLUSTERS, "spikes": SPIKES, "channels": CHANNELS}


def describe(name: str, attribute: str) -> str:
    """Tell what an attribute of an object means; of those not known here, only where it comes from."""
    known = _TABLES.get(name, {}).get(attribute.partition(".")[0])
    return f"{known} (ALF {name}.{attribute})" if known else f"ALF dataset {name}.{attribute}"
