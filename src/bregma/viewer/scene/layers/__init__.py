"""What a scene can hold, a module for each family. Every layer is frozen: to change one, replace it."""
