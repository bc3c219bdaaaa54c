"""A scene as the output of a notebook's cell: it turns over the kernel's own channel, wherever that kernel runs."""

from bregma.viewer.jupyter.output import make_bundle, show_file, show_in_notebook, show_page

__all__ = ["make_bundle", "show_file", "show_in_notebook", "show_page"]
