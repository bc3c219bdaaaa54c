"""What units do while an animal only watches and listens: receptive fields, responses along the probe."""
