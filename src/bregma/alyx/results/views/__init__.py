"""Pages of subjects and sessions, and the data that their charts draw."""
