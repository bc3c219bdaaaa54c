"""The electronic lab notebook: sessions, notes, procedures, comments, search, calendar."""
