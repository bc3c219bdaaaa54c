"""Behaviour in the IBL task: trials, psychometric curves, training status."""
