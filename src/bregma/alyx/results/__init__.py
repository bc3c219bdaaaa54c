"""Results: keys and inputs of the analyses, kept beside Alyx's tables by triggers."""
