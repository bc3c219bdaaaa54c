"""The scene as data: layers that can be printed, compared, stored and drawn, without any graphics library."""
