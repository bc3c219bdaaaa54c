"""Pose: points on the mouse, tracked on video; speed, licks, sniffs, pupil and states of the paws."""
