"""Interactive 3D of the brain: a scene you can print, save and test, rendered by VTK.

May import: pipelines and below.
Read first: scene/scene.py.
Public names: those of __init__.pyi, each imported when it is first asked for. The page is bregma.viewer.web.serve.
"""

from bregma.later import import_from_stub

__getattr__ = import_from_stub(__name__)
