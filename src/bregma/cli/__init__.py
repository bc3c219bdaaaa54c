"""The bregma command. Thin: each command is a few lines over a library call, imported when it runs.

May import: every room.
Read first: app.py.
Public names: main.
"""

from bregma.cli.app import main

__all__ = ["main"]
