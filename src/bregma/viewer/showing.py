"""Where a scene is opened: as the output of a notebook, or as a page."""

from typing import Any

from bregma.viewer.scene.scene import Scene


def show(scene: Scene) -> Any:
    """Open the scene in the browser, until interrupted."""
    import webbrowser

    from bregma.viewer.web import serve

    serve(scene, ready=lambda url: bool(webbrowser.open(url)))
