"""Where recordings are in the brain: rows of the database as scenes, drawn by another process as pictures and in 3D."""
