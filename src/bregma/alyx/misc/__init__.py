"""Labs, their members and places."""
