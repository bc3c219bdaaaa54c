"""Notes with images: written, shown, served."""
