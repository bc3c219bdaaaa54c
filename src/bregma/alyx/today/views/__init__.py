"""The pages and answers of the day's work."""
