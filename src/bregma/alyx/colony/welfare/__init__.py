"""The welfare of animals: who needs care now, adverse events, severity, licences and their returns."""
