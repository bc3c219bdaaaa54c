"""A small valid call of every public function of the room, for tests that hold for all of them."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import bregma.brainbox as bb
from bregma.brainbox.arrays import Floats, Ints

Arguments = dict[str, Any]
N_TRIALS = 40
RATE = 1000.0


def draw(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@cache
def spikes() -> Arguments:
    """600 spikes of units 2, 5 and 9 in 40 s."""
    return {"spike_times": np.sort(draw().uniform(0, 40, 600)), "spike_clusters": draw(1).choice([2, 5, 9], 600)}


def events() -> Floats:
    return np.arange(2.0, 38.0, 1.5)


def groups() -> Ints:
    return np.arange(events().size) % 2


def amplitudes() -> Floats:
    return draw(2).uniform(3e-5, 2e-4, 600)


def depths() -> Floats:
    return draw(3).uniform(0, 900, 600)


@cache
def trials() -> dict[str, np.ndarray]:
    """Trials of three blocks, as ALF names their columns."""
    index, rng = np.arange(N_TRIALS), draw(4)
    contrast = np.array([1, 0.25, 0.125, 0.0625, 0])[index % 5]
    on_left = index % 2 == 0
    correct = rng.random(N_TRIALS) < 0.8
    start = index * 3.0
    return {
        "contrastLeft": np.where(on_left, contrast, np.nan),
        "contrastRight": np.where(on_left, np.nan, contrast),
        "choice": np.where(on_left == correct, 1, -1),
        "feedbackType": np.where(correct, 1, -1),
        "probabilityLeft": np.repeat([0.5, 0.8, 0.2], [10, 15, 15]),
        "stimOn_times": start + 0.5,
        "goCue_times": start + 0.51,
        "stimOff_times": start + 2.0,
        "firstMovement_times": start + 0.6 + 0.1 * rng.random(N_TRIALS),
        "response_times": start + 0.9 + 0.1 * rng.random(N_TRIALS),
        "feedback_times": start + 1.1,
        "intervals": np.stack([start, start + 2.5], axis=1),
        "intervals_0": start,
        "intervals_1": start + 2.5,
    }


def trial_columns() -> dict[str, np.ndarray]:
    """Trials without the columns of two dimensions."""
    return {name: column for name, column in trials().items() if column.ndim == 1}


def psychometric() -> bb.Psychometric:
    contrasts = np.array([-100, -50, -25, 0, 25, 50, 100.0])
    fit = bb.fit_psychometric(contrasts, np.full(7, 40), [2, 4, 8, 21, 31, 36, 38])
    return bb.Psychometric(contrasts, np.full(7, 40), np.array([2, 4, 8, 21, 31, 36, 38]), fit)


@cache
def wheel() -> Arguments:
    times = np.arange(0, 10, 0.01)
    return {"times": times, "position": 0.7 * np.clip(np.sin(times), -0.3, 0.8)}


@cache
def pose() -> dict[str, np.ndarray]:
    """Tracked points in 300 frames."""
    rng, found = draw(5), {}
    points = ["paw_r", "paw_l", "nose_tip", "tongue_end_l", "tongue_end_r"]
    points += [f"pupil_{side}_r" for side in ("top", "bottom", "left", "right")]
    for point in points:
        found[f"{point}_x"] = 100 + np.cumsum(rng.normal(size=300))
        found[f"{point}_y"] = 200 + np.cumsum(rng.normal(size=300))
        found[f"{point}_likelihood"] = rng.uniform(0.8, 1, 300)
    return found


def frame_times() -> Floats:
    return np.arange(300) / 60


def paw_probabilities() -> dict[str, np.ndarray]:
    names = ("background", "still", "move", "wheel_turn", "groom")
    return {f"paw_r_{name}": row for name, row in zip(names, draw(6).dirichlet(np.ones(5), 300).T, strict=True)}


def film() -> np.ndarray:
    return draw(7).integers(0, 256, (40, 6, 8), dtype=np.uint8)


def basis() -> bb.Basis:
    return bb.raised_cosine_basis((0, 0.2), 3, bin_size=0.02)


@cache
def design() -> bb.DesignMatrix:
    intervals = np.stack([events(), events() + 1.0], axis=1)
    return bb.build_design(intervals, [bb.EventKernel("stimulus", events() + 0.1, basis())], bin_size=0.02)


def counts() -> bb.TrialCounts:
    return bb.count_in_trials(design(), **spikes())


def place() -> Arguments:
    times = np.arange(0, 40, 0.05)
    return {"times": times, "feature": 0.5 + 0.5 * np.sin(times)}


@cache
def curves() -> bb.TuningCurves:
    where = place()
    return bb.compute_tuning_curves(**spikes(), times=where["times"], feature=bb.Feature(where["feature"], 8))


@cache
def maps() -> bb.TuningMaps:
    x, y = place()["feature"], 0.5 + 0.5 * np.cos(place()["times"] / 3)
    return bb.compute_tuning_maps(**spikes(), times=place()["times"], features=(bb.Feature(x, 4), bb.Feature(y, 4)))


@cache
def traces() -> np.ndarray:
    """A second of 48 channels, in volts."""
    return 1e-5 * draw(8).normal(size=(1000, 48))


def geometry() -> bb.ProbeGeometry:
    return bb.dense_geometry("3B2").take(np.arange(48))


def recording() -> bb.Recording:
    return bb.Recording(np.round(traces() * 1e6).astype(np.int16), RATE, np.full(48, 1e-6))


def units() -> pd.DataFrame:
    return bb.compute_unit_metrics(spikes()["spike_times"], spikes()["spike_clusters"], amplitudes(), depths())


def population() -> tuple[Floats, Ints]:
    labels = np.arange(30) % 2
    return draw(9).poisson(2 + 3 * np.eye(2, 6)[labels]).astype(float), labels


def correlate(activity: Floats, target: np.ndarray) -> float:
    return float(np.corrcoef(activity[:, 0], target)[0, 1])


@cache
def noise() -> bb.SparseNoise:
    frames, rng = np.full((100, 3, 4), 128, dtype=np.uint8), draw(10)
    for frame in range(0, 100, 2):
        frames[frame, rng.integers(3), rng.integers(4)] = rng.choice([0, 255])
    return bb.find_square_onsets(frames, np.arange(100) * 0.3 + 1)


def waveforms() -> Floats:
    """Four units on six channels, 82 samples."""
    shape = np.interp(np.arange(82), [0, 26, 30, 36, 44, 81], [0, 0, -8, 4, 0, 0])
    return 1e-5 * shape[None, :, None] * (1 + draw(11).random((4, 1, 6))) + 1e-7 * draw(12).normal(size=(4, 82, 6))


def voltage() -> np.ndarray:
    return (traces()[:, :4] * 1e6).astype(np.int16)


def sorted_spikes() -> bb.SortedSpikes:
    return bb.read_sorted_spikes(**spikes(), amps=amplitudes(), depths=depths())


def sessions() -> list[bb.SessionTrials]:
    from datetime import date

    return [bb.SessionTrials(date(2020, 1, day), "_iblrig_tasks_trainingChoiceWorld6.4.2", trials()) for day in (6, 7)]


def movements() -> bb.WheelMovements:
    return bb.find_wheel_movements(**wheel(), unit=bb.WheelUnit("rad"))


def metadata() -> str:
    entries = {
        "typeThis": "imec", "imDatPrb_type": "0", "imDatPrb_port": "1", "imDatPrb_slot": "2", "imDatPrb_sn": "1",
        "imSampRate": "30000", "imAiRangeMax": "0.6", "fileSizeBytes": "800", "snsApLfSy": "3,0,1",
        "acqApLfSy": "6,6,1", "snsSaveChanSubset": "2:3,5,12",
        "~imroTbl": "(0,6)" + "".join(f"({i} 0 0 500 250 1)" for i in range(6)),
        "~snsShankMap": "(1,2,480)(0:0:1:1)(0:1:1:0)(0:1:2:1)",
    }  # fmt: skip
    return "\n".join(f"{key}={value}" for key, value in entries.items())


WINDOWS = ((-0.5, 0.0), (0.0, 0.5))
CONTRASTS = np.array([-100, -50, -25, 0, 25, 50, 100.0])
ON_PROBE = {"x_um": np.tile([16.0, 48.0], 24), "y_um": np.repeat(np.arange(24) * 20.0, 2)}

BEHAVIOR: dict[str, Callable[[], Arguments]] = {
    "find_blocks": lambda: {"probability_left": trials()["probabilityLeft"]},
    "bootstrap_psychometric": lambda: {"psychometric": psychometric(), "n_resamples": 8, "rng": 0},
    "compute_proportion_interval": lambda: {"n_chosen": [3, 5], "n_trials": [10, 10]},
    "profile_psychometric": lambda: {"psychometric": psychometric()},
    "meets_behavior_criterion": lambda: {"trials": trials()},
    "evaluate_curve": lambda: {"parameters": [0.0, 15.0, 0.05, 0.05], "contrasts": CONTRASTS},
    "bootstrap_reaction_times": lambda: {"trials": trials(), "rng": 0},
    "compute_reaction_times": lambda: {"trials": trials()},
    "inter_trial_intervals": lambda: {"trials": trials()},
    "median_reaction_time": lambda: {"trials": trials()},
    "movement_times": lambda: {"trials": trials()},
    "reaction_times": lambda: {"trials": trials()},
    "wheel_reaction_times": lambda: {"trials": trials()},
    "find_events": lambda: {"trials": trials()},
    "compute_speed": lambda: {"pose": pose(), "times": frame_times()},
    "find_licks": lambda: {"pose": pose(), "times": frame_times()},
    "find_point_events": lambda: {"pose": pose(), "times": frame_times(), "columns": ["nose_tip_x", "nose_tip_y"]},
    "find_sniffs": lambda: {"pose": pose(), "times": frame_times()},
    "mask_unlikely_points": lambda: {"pose": pose()},
    "speed_at_half_resolution": lambda: {"pose": pose(), "times": frame_times(), "frame_width": 1280},
    "compute_pupil_diameter": lambda: {"pose": pose()},
    "compute_pupil_snr": lambda: {"raw": draw(1).normal(10, 1, 300), "smooth": draw(2).normal(10, 0.5, 300)},
    "smooth_pupil_diameter": lambda: {"diameter": 10 + draw(1).normal(size=300)},
    "find_runs": lambda: {"labels": [1, 1, 2, 2, 1]},
    "smooth_savgol": lambda: {"places": np.arange(40.0), "samples": draw().normal(size=40), "window": 7},
    "classify_paw_states": lambda: {"probabilities": paw_probabilities()},
    "compute_state_durations": lambda: {"states": np.repeat([1, 2, 3], 100), "times": frame_times()},
    "find_state_transitions": lambda: {"states": np.repeat([2, 3, 2], 100), "before": 2, "after": 3},
    "silence_transitions": lambda: {"states": np.repeat([2, 3, 2], 100)},
    "find_criteria_ranges": lambda: {"contrasts": CONTRASTS},
    "fit_psychofit": lambda: {"contrasts": CONTRASTS, "n_trials": np.full(7, 40),
                              "p_right": [0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95], "rng": 0, "n_fits": 1},
    "compute_psychometric": lambda: {"trials": trials()},
    "evaluate": lambda: {"fit": psychometric().fit, "contrasts": CONTRASTS},
    "fit_psychometric": lambda: {"contrasts": CONTRASTS, "n_trials": np.full(7, 40),
                                 "n_right": [2, 4, 8, 21, 31, 36, 38]},
    "fit_psychometrics": lambda: {"contrasts": CONTRASTS, "n_trials": np.full((2, 7), 40),
                                  "n_right": np.tile([2, 4, 8, 21, 31, 36, 38], (2, 1))},
    "find_trial_ids": lambda: {"trials": trials()},
    "select_trials": lambda: {"trials": trials()},
    "tidy_trials": lambda: {"trials": trials()},
    "compute_training_status": lambda: {"sessions": sessions()},
    "judge_training": lambda: {"sessions": sessions()},
    "query_criterion": lambda: {"sessions": sessions(), "status": "in_training"},
    "compute_performance": lambda: {"trials": trials()},
    "compute_performance_by_contrast": lambda: {"trials": trials()},
    "compute_performance_easy": lambda: {"trials": trials()},
    "concatenate_trials": lambda: {"sessions": [trials(), trials()]},
    "count_choices": lambda: {"trials": trials()},
    "signed_contrast": lambda: {"trials": trials()},
    "align_camera_to_wheel": lambda: {"motion": bb.compute_motion_energy(film()), "camera_times": np.arange(40) / 5,
                                      "wheel": bb.resample_wheel(**wheel()), "max_lag": 5},
    "compute_motion_energy": lambda: {"frames": film()},
    "difference_frames": lambda: {"frames": film()},
    "difference_of_frames": lambda: {"one": film()[0], "other": film()[1]},
    "find_direction_changes": lambda: {"times": wheel()["times"], "velocity": np.cos(wheel()["times"]),
                                       "intervals": [[0.0, 4.0], [4.0, 9.0]]},
    "find_first_movements": lambda: {"movements": movements(), "go_cue_times": [1.0, 5.0], "feedback_times": [2.5, 8]},
    "find_movement_onsets": lambda: {"intervals": movements().intervals, "event_times": [1.0, 2.0]},
    "traces_by_trial": lambda: {"times": wheel()["times"], "start": [1.0, 4.0], "end": [2.0, 6.0]},
    "find_wheel_movements": lambda: {**wheel(), "unit": bb.WheelUnit("rad")},
    "decode_quadrature": lambda: {"times_a": [1.0, 3, 5, 7], "polarities_a": [1, -1, 1, -1],
                                  "times_b": [2.0, 4, 6, 8], "polarities_b": [1, -1, 1, -1]},
    "resample_wheel": lambda: wheel(),
    "velocity_filtered": lambda: {"position": np.sin(np.arange(1000) / 100), "frequency": 1000.0},
    "convert_wheel_position": lambda: {"position": wheel()["position"], "unit": bb.WheelUnit("cm")},
    "infer_wheel_unit": lambda: {"position": np.cumsum(draw().choice([-1, 1], 500)) * 2 * np.pi / 4096},
}  # fmt: skip

ENCODING: dict[str, Callable[[], Arguments]] = {
    "bspline_basis": lambda: {"window": (-0.2, 0.4), "n_bases": 7, "bin_size": 0.02},
    "log_raised_cosine_basis": lambda: {"window": (0, 0.4), "n_bases": 4, "bin_size": 0.02, "offset": 0.05},
    "raised_cosine_basis": lambda: {"window": (0, 0.4), "n_bases": 4, "bin_size": 0.02},
    "compute_posterior": lambda: {"counts": draw().poisson(1, (20, 3)), "tuning": curves(), "bin_size": 0.1},
    "decode_feature": lambda: {**spikes(), "tuning": curves(), "window": (5.0, 15.0), "bin_size": 0.5},
    "decode_place": lambda: {**spikes(), "tuning": maps(), "window": (5.0, 15.0), "bin_size": 0.5},
    "build_design": lambda: {"intervals": [[0.0, 1.0], [2, 3]], "covariates": [bb.EventKernel("a", [0.2], basis())]},
    "count_in_trials": lambda: {"design": design(), **spikes()},
    "compute_mutual_information": lambda: {"counts": draw().poisson(1, (200, 3)), "labels": np.arange(200) // 10 % 4,
                                           "n_shuffles": 10, "rng": 0},
    "compute_spatial_information": lambda: {"tuning": curves()},
    "compute_kernels": lambda: {"model": bb.LinearGLM().fit(design().matrix, counts().counts), "design": design()},
    "compute_bits_per_spike": lambda: {"counts": draw().poisson(1, (50, 2)), "predicted": np.full((50, 2), 0.9)},
    "compute_deviance_explained": lambda: {"counts": draw().poisson(1, (50, 2)), "predicted": np.full((50, 2), 0.9)},
    "compute_r2": lambda: {"counts": draw().poisson(1, (50, 2)), "predicted": np.full((50, 2), 0.9)},
    "cross_validate_glm": lambda: {"model": bb.LinearGLM(), "design": design(), "counts": counts(), "rng": 0},
    "select_covariates": lambda: {"model": bb.LinearGLM(), "design": design(), "counts": counts(),
                                  "train_trials": np.arange(12)},
    "compute_tuning_curves": lambda: {**spikes(), **place()},
    "compute_tuning_maps": lambda: {**spikes(), "times": place()["times"],
                                    "features": (place()["feature"], np.cos(place()["times"] / 3))},
}  # fmt: skip

EXCHANGE: dict[str, Callable[[], Arguments]] = {
    "read_sorted_spikes": lambda: {**spikes(), "amps": amplitudes(), "depths": depths()},
    "result_to_pandas": lambda: {"result": bb.compute_firing_statistics(**spikes())},
    "spikes_to_pandas": lambda: {"spikes": sorted_spikes()},
    "spikes_from_pandas": lambda: {"spikes": bb.spikes_to_pandas(sorted_spikes())},
    "units_to_pandas": lambda: {"spikes": sorted_spikes()},
}

LFP: dict[str, Callable[[], Arguments]] = {
    "compute_rms": lambda: {"traces": traces()},
    "compute_rms_map": lambda: {"recording": recording(), "window": 0.2, "n_segment": 64},
    "detect_bad_channels": lambda: {"traces": traces(), "sampling_rate": RATE},
    "interpolate_bad_channels": lambda: {"traces": traces(), "labels": np.arange(48) == 5, **ON_PROBE},
    "survey_bad_channels": lambda: {"recording": recording(), "n_stretches": 2},
    "compute_csd": lambda: {"traces": traces(), "y_um": np.arange(48) * 20.0},
    "decimate": lambda: {"traces": traces(), "factor": 4},
    "destripe_ap": lambda: {"traces": traces(), "sampling_rate": 30_000.0, "geometry": geometry()},
    "destripe_lfp": lambda: {"traces": traces(), "sampling_rate": 2500.0, "geometry": geometry()},
    "bandpass_filter": lambda: {"traces": traces(), "sampling_rate": RATE, "band": (5.0, 40.0)},
    "highpass_filter": lambda: {"traces": traces(), "sampling_rate": RATE, "cutoff": 20.0},
    "lowpass_filter": lambda: {"traces": traces(), "sampling_rate": RATE, "cutoff": 20.0},
    "adc_shifts": lambda: {"probe": "3B2", "channels": np.arange(48)},
    "dense_geometry": lambda: {"probe": "3B2"},
    "iterate_chunks": lambda: {"n_samples": 100, "chunk_size": 30},
    "process_recording": lambda: {"recording": recording(), "function": np.negative, "chunk_size": 400, "overlap": 10},
    "common_reference": lambda: {"traces": traces()},
    "detect_saturation": lambda: {"traces": traces(), "sampling_rate": RATE, "max_volts": np.full(48, 1e-3)},
    "mute_window": lambda: {"saturated": np.arange(100) == 40},
    "shift_samples": lambda: {"traces": traces(), "shifts": np.linspace(0, 0.9, 48)},
    "even_gain": lambda: {"traces": traces(), "window": 100},
    "highpass_spatial_filter": lambda: {"traces": traces(), "n_mirrored": 10, "gain_window": 100},
    "velocity_filter": lambda: {"traces": traces(), "sampling_rate": RATE, "spacing": 2e-5, "velocities": (0.1, 1.0)},
    "compute_band_power": lambda: {"traces": traces(), "sampling_rate": RATE, "band": (5.0, 40.0)},
    "compute_coherence": lambda: {"traces": traces()[:, :6], "sampling_rate": RATE, "segment": 0.1},
    "compute_power_spectrum": lambda: {"traces": traces(), "sampling_rate": RATE},
    "to_decibels": lambda: {"power": [1.0, 10.0]},
    "read_spikeglx_metadata": lambda: {"text": metadata()},
}

METRICS: dict[str, Callable[[], Arguments]] = {
    "compute_amplitude_cutoff": lambda: {"amps": amplitudes()},
    "compute_amplitude_cv": lambda: {"times": spikes()["spike_times"], "amps": amplitudes(), "start": 0.0,
                                     "stop": 40.0},
    "compute_noise_cutoff": lambda: {"amps": amplitudes()},
    "estimate_missed_spikes": lambda: {"amps": amplitudes()},
    "hill_contamination": lambda: {"n_violations": np.array([1, 2]), "n_spikes": np.array([500, 600]),
                                   "duration": 60.0, "period": 0.002},
    "rate_contamination": lambda: {"n_violations": np.array([1, 2]), "n_spikes": np.array([500, 600]),
                                   "duration": 60.0, "dead_time": 0.002},
    "compute_cluster_isolation": lambda: {"features": draw().normal(size=(120, 3)),
                                          "spike_clusters": np.arange(120) % 2},
    "compute_published_metrics": lambda: {"times": spikes()["spike_times"], "clusters": spikes()["spike_clusters"],
                                          "amps": amplitudes(), "depths": depths()},
    "slide_refractory_period": lambda: spikes(),
    "compute_unit_stability": lambda: {**spikes(), "feature": amplitudes()},
    "compute_synchrony": lambda: spikes(),
    "compute_unit_metrics": lambda: {"times": spikes()["spike_times"], "clusters": spikes()["spike_clusters"],
                                     "amps": amplitudes(), "depths": depths()},
    "filter_units": lambda: {"metrics": units()},
    "label_units": lambda: {"metrics": units()},
}  # fmt: skip

POPULATION: dict[str, Callable[[], Arguments]] = {
    "find_shared_dimensions": lambda: {"first": draw().normal(size=(80, 4)), "second": draw(1).normal(size=(80, 3)),
                                       "trials": np.arange(80) // 8, "n_axes": 2, "n_shuffles": 3, "rng": 0},
    "fit_cca": lambda: {"first": draw().normal(size=(80, 4)), "second": draw(1).normal(size=(80, 3)), "n_axes": 2},
    "preprocess_population": lambda: {"activity": draw().poisson(2, (80, 6)), "smoothing": 2.0, "n_components": 2},
    "classify": lambda: {"activity": population()[0], "labels": population()[1], "estimator": naive_bayes()},
    "regress": lambda: {"activity": population()[0], "targets": draw().normal(size=30)},
    "sigtest_linear_shift": lambda: {"activity": draw().normal(size=(60, 2)), "target": draw(1).normal(size=60),
                                     "score": correlate, "n_central": 40},
    "sigtest_pseudosessions": lambda: {"activity": draw().normal(size=(60, 2)), "target": draw(1).normal(size=60),
                                       "score": correlate, "generate": lambda: draw().normal(size=60), "n_pseudo": 5},
    "sigtest_targets": lambda: {"activity": draw().normal(size=(60, 2)), "target": draw(1).normal(size=60),
                                "score": correlate, "null_targets": draw(2).normal(size=(5, 60))},
    "lda_project": lambda: {**spikes(), "events": events(), "labels": groups()},
    "split_trials": lambda: {"n_trials": 20, "scheme": 4},
}  # fmt: skip

SPIKES: dict[str, Callable[[], Arguments]] = {
    "compute_activity_map": lambda: {"times": spikes()["spike_times"], "clusters": spikes()["spike_clusters"]},
    "bincount2d": lambda: {"x": spikes()["spike_times"], "y": spikes()["spike_clusters"], "x_bin": 1.0},
    "compute_autocorrelograms": lambda: spikes(),
    "compute_correlograms": lambda: spikes(),
    "compute_drift_map": lambda: {"times": spikes()["spike_times"], "depths": depths(), "amps": amplitudes()},
    "bin_spikes": lambda: {"spike_times": spikes()["spike_times"], "events": events()},
    "bin_spikes2d": lambda: {**spikes(), "events": events()},
    "align_counts": lambda: {"spike_times": spikes()["spike_times"], "events": events()},
    "align_signal": lambda: {"times": np.arange(0, 40, 0.1), "signal": np.arange(400.0), "events": events()},
    "average_events": lambda: {"raster": draw().normal(size=(6, 5))},
    "compute_average_drift": lambda: {"spike_times": spikes()["spike_times"], "feature": depths()},
    "compute_firing_rate": lambda: {"spike_times": spikes()["spike_times"]},
    "compute_firing_statistics": lambda: spikes(),
    "compute_rate_variability": lambda: {"spike_times": spikes()["spike_times"]},
    "count_in_intervals": lambda: {**spikes(), "intervals": [[1.0, 2.0], [0.5, 9.0]]},
    "correlate_jittered": lambda: {**spikes(), "pairs": [[2, 5], [9, 2]], "jitter": bb.Jitter(n_surrogates=5, rng=0)},
    "correlate_pairs": lambda: {**spikes(), "pairs": [[2, 5], [9, 2]]},
    "compute_depth_profile": lambda: {"spike_times": spikes()["spike_times"], "spike_depths_um": depths()},
    "compute_depth_amplitudes": lambda: {"spike_times": spikes()["spike_times"], "spike_depths_um": depths(),
                                         "amps": amplitudes()},
    "correlate_depths": lambda: {"spike_times": spikes()["spike_times"], "spike_depths_um": depths(), "time_bin": 1.0},
    "estimate_drift": lambda: {"spike_times": spikes()["spike_times"], "spike_depths_um": depths()},
    "compute_psth": lambda: {**spikes(), "cluster_ids": None, "events": events()},
    "align_raster": lambda: {"spike_times": spikes()["spike_times"], "events": events()},
    "sync_series": lambda: {"series": [(np.arange(10.0), np.arange(10.0))], "step": 0.5},
    "compute_cluster_average": lambda: {"spike_clusters": spikes()["spike_clusters"], "spike_values": amplitudes()},
    "group_spikes": lambda: {**spikes(), "fields": {"amps": amplitudes()}},
}  # fmt: skip

STATISTICS: dict[str, Callable[[], Arguments]] = {
    "compute_auc": lambda: {"first": draw().normal(size=20), "second": draw(1).normal(size=15)},
    "compute_auc_interval": lambda: {"first": draw().normal(size=20), "second": draw(1).normal(size=15)},
    "compare_samples": lambda: {"first": draw().normal(size=20), "second": draw(1).normal(size=15)},
    "correct_p_values": lambda: {"p_values": [0.01, 0.2, 0.5]},
    "bootstrap_interval": lambda: {"values": draw().normal(size=20), "n_resamples": 20, "rng": 0},
    "permutation_test": lambda: {"first": draw().normal(size=20), "second": draw(1).normal(size=15),
                                 "n_permutations": 20, "rng": 0},
    "compute_p_value": lambda: {"observed": 1.0, "null": draw().normal(size=20)},
    "compute_uncorrected_p_value": lambda: {"observed": 1.0, "null": draw().normal(size=20)},
}  # fmt: skip

TASK: dict[str, Callable[[], Arguments]] = {
    "generate_pseudo_blocks": lambda: {"n_trials": 200, "rng": 0},
    "generate_impostor_target": lambda: {"targets": [np.arange(30.0), np.arange(40.0)], "labels": ["a", "b"],
                                         "current_label": "a", "rng": 0},
    "compute_aligned_activity": lambda: {"spike_times": spikes()["spike_times"], "spike_depths_um": depths(),
                                         "events": events()},
    "compute_field_significance": lambda: {**spikes(), "stimulus": noise(), "n_shuffles": 5, "rng": 0},
    "compute_receptive_fields": lambda: {**spikes(), "stimulus": noise(), "window": (0.0, 0.2)},
    "compute_receptive_fields_over_depth": lambda: {"spike_times": spikes()["spike_times"],
                                                    "spike_depths_um": depths(), "stimulus": noise(),
                                                    "window": (0.0, 0.2)},
    "compute_svd_map": lambda: {"field": draw().normal(size=(3, 4, 10))},
    "find_square_onsets": lambda: {"frames": np.full((6, 2, 3), 128), "times": np.arange(6.0)},
    "generate_pseudo_sessions": lambda: {"trials": trials(), "rng": 0},
    "generate_pseudo_stimuli": lambda: {"n_trials": 200, "rng": 0},
    "roc_between_two_events": lambda: {**spikes(), "events": events(), "groups": groups()},
    "roc_single_event": lambda: {**spikes(), "events": events()},
    "differentiate_units": lambda: {**spikes(), "events": events(), "groups": groups()},
    "responsive_units": lambda: {**spikes(), "events": events()},
}  # fmt: skip

WAVEFORMS: dict[str, Callable[[], Arguments]] = {
    "extract_waveforms": lambda: {"recording": voltage(), "spike_times": [0.1, 0.5], "sampling_rate": RATE,
                                  "window": (-0.005, 0.005)},
    "compute_waveform_features": lambda: {"waveforms": waveforms()},
    "find_peak_channels": lambda: {"waveforms": waveforms()},
    "compute_slowness": lambda: {"waveforms": waveforms(),
                                 "positions_um": np.stack([np.zeros(6), 20.0 * np.arange(6)], axis=1)},
    "compute_spatial_spread": lambda: {"waveforms": waveforms(),
                                       "positions_um": np.stack([np.zeros(6), 20.0 * np.arange(6)], axis=1)},
    "compute_waveform_similarity": lambda: {"waveforms": waveforms()[:2], "others": waveforms()[2:]},
    "compute_ptp_over_noise": lambda: {"recording": voltage(), "spike_times": [0.1, 0.5], "sampling_rate": RATE,
                                       "window": (-0.005, 0.005)},
    "compute_templates": lambda: {"recording": voltage(), "spike_times": [0.1, 0.5, 0.7], "rng": 0,
                                  "spike_clusters": [1, 1, 2], "sampling_rate": RATE, "window": (-0.005, 0.005)},
    "estimate_noise": lambda: {"recording": voltage(), "sampling_rate": RATE},
}  # fmt: skip

CALLS = BEHAVIOR | ENCODING | EXCHANGE | LFP | METRICS | POPULATION | SPIKES | STATISTICS | TASK | WAVEFORMS


def naive_bayes() -> Any:
    from sklearn.naive_bayes import MultinomialNB

    return MultinomialNB()
