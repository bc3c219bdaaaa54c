"""Animals, their lines and projects."""
