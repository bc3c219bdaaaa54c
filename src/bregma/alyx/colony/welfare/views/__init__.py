"""The pages of welfare, a module for each kind."""
