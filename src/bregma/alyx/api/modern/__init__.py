"""What this server answers beyond Alyx: chosen columns, cursors, queries by POST, streams, and one call to load."""
