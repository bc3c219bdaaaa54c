"""Statistics over many units at once: rank tests, areas under ROC curves, resampling, false discovery rates."""
