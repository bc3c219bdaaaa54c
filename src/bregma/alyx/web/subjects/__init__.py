"""The list of subjects, and the frame of each subject's record."""
