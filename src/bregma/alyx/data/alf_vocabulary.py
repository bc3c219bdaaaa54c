"""Dataset types of everyday ALF objects, beside those of Alyx: any namespace, any extension."""

from __future__ import annotations

import uuid

NAMESPACE = uuid.UUID("5a3f3c1e-6b0e-5c39-9d0f-0b5a8f6f4c11")

ATTRIBUTES: dict[str, str] = {
    "trials": (
        "table choice contrastLeft contrastRight feedbackType feedback_times firstMovement_times goCue_times "
        "goCueTrigger_times included intervals iti quiescencePeriod repNum response response_times "
        "rewardVolume stimOff_times stimOffTrigger_times stimOn_times stimOnTrigger_times visualStim "
        "visualStim_times"
    ),
    "wheel": "position timestamps velocity",
    "wheelMoves": "intervals peakAmplitude type",
    "licks": "times",
    "eye": "area blink timestamps xyPos",
    "face": "motionEnergy timestamps",
    "spontaneous": "intervals",
    "sparseNoise": "positions times",
    "passiveBeeps": "times",
    "passiveValveClick": "times",
    "passiveVisual": "contrastLeft contrastRight times",
    "passiveWhiteNoise": "times",
    "subjectTrials": "table",
    "taskData": "raw",
    "taskSettings": "raw",
    "ambientSensorData": "raw",
    "encoderEvents": "raw",
    "encoderPositions": "raw",
    "encoderTrialInfo": "raw",
    "bodyCamera": "GPIO frame timestamps raw",
    "leftCamera": "GPIO frame timestamps raw",
    "rightCamera": "GPIO frame timestamps raw",
    "fpData": "digitalInputs raw",
    "clusters": "brainLocation metrics originalDepth",
    "channels": "brainLocation site sitePositions",
    "probes": "insertion rawFilename sitePositions",
}


def dataset_types() -> list[tuple[uuid.UUID, str]]:
    """Return a key that never changes and a name, ``object.attribute``, for each."""
    names = (f"{thing}.{attribute}" for thing, attributes in ATTRIBUTES.items() for attribute in attributes.split())
    return [(uuid.uuid5(NAMESPACE, name), name) for name in names]
