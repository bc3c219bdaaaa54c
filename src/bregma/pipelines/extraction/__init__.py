"""From a rig's raw files to ALF: trials, wheel and camera times. Pure functions on lines of text; times in seconds."""
