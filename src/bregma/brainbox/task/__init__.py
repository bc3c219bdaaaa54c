"""Units and the task: what they respond to and distinguish, and sessions that could have been."""
