"""Errors of the pipelines; all are `PipelineError`."""


class PipelineError(Exception):
    """Root of the errors of this room."""


class InputChanged(PipelineError):
    """The data changed while they were being analysed; the result was not kept, and is computed again."""


class NotIdle(PipelineError, TimeoutError):
    """Analyses were still pending or running when the time was over."""


class UnknownAnalysis(PipelineError, LookupError):
    """No analysis has that name."""


class InvalidRecording(PipelineError, ValueError):
    """A raw file does not hold what its format promises; names the file or trial, and the value."""
