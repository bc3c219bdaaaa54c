"""Comments with mentions of people."""
