"""The tasks of the pipelines."""
