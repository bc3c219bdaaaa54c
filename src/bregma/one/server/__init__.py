"""A server: how it is reached, who signs in, what it is asked and what it answers."""
