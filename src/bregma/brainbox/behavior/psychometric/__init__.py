"""Psychometric curves: the models, their fits to choices, how sure they are, and an estimator for scikit-learn."""
