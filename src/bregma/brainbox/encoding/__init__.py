"""What a spike train says of behaviour: linear models, tuning curves, information, decoding."""
