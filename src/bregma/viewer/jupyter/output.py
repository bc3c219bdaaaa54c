"""What a cell of a notebook shows: a picture in any case, and a script that makes it turn where it can."""

import base64
import html
import io
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bregma.viewer.errors import NoOpenGL
from bregma.viewer.scene.scene import Scene

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SIZE = (900, 560)
_FRAME = 'style="width: 100%; height: 600px; border: 0" title="A brain in 3D"'
_WHY_STILL = "This is a still picture: "


def make_bundle(scene: Scene) -> dict[str, Any]:
    """Return a scene as a notebook shows what a cell ends with: a picture, and words where there are no pictures."""
    return {"text/plain": repr(scene), "image/png": _encode(_draw(scene))}


def show_in_notebook(scene: Scene) -> None:
    """Show a scene in the output of the cell: it turns, and follows its changes, as long as the kernel runs.

    Pictures go over the kernel's own channel: what shows the notebook has it already, wherever the kernel runs, and
    needs no port, no proxy and no extension. Where no script may run, or none reaches the kernel, a picture stays,
    and says why.
    """
    kernel = _find_kernel()
    if kernel is None:
        _display(make_bundle(scene))
        return
    try:
        target = _listen(scene, kernel)
    except NoOpenGL as error:
        _display(_still(scene, str(error)))
        return
    _display(_live(scene, {"target": target, "kernel": kernel_id()}))


def show_file(scene: Scene) -> None:
    """Show a scene as a page of its own in the output: it turns without a kernel, also in a copy of the notebook."""
    from bregma.viewer.export.html import make_page

    page = html.escape(make_page(scene), quote=True)
    frame = f'<iframe srcdoc="{page}" {_FRAME} sandbox="allow-scripts"></iframe>'
    _display(make_bundle(scene) | {"text/html": frame})


def show_page(scene: Scene) -> None:
    """Show the whole page of a scene, with all its panels, in the output; the kernel serves it on this machine.

    The script in the output looks for a way to it: directly, if the notebook is shown on this machine; else through
    jupyter-server-proxy, also below the prefix of a JupyterHub. If there is none, it says so.
    """
    from bregma.viewer.jupyter.serving import start_page

    if _find_kernel() is None:
        _display(make_bundle(scene))
        return
    try:
        address = start_page(scene)
    except NoOpenGL as error:
        _display(_still(scene, str(error)))
        return
    _display(_live(scene, {"page": {"port": address.port, "token": address.token, "proof": address.proof}}))


def kernel_id() -> str:
    """Return the name by which Jupyter's server knows this kernel; empty if it did not start it."""
    from ipykernel.connect import get_connection_file

    try:
        name = get_connection_file().rpartition("/")[2]
    except RuntimeError:  # an embedded kernel has no such file
        return ""
    return name.removeprefix("kernel-").removesuffix(".json")


def _find_kernel() -> Any:
    import sys

    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    return getattr(running, "kernel", None)


def _listen(scene: Scene, kernel: Any) -> str:
    """Wait for the script of an output to open a comm; every output that shows the same cell opens its own."""
    from bregma.viewer.jupyter.channel import Channel
    from bregma.viewer.render.opengl import choose_opengl

    choose_opengl()
    target = f"bregma-{uuid4().hex}"

    def begin(comm: Any, _: Any) -> None:
        channel = Channel(scene, comm.send)
        comm.on_msg(lambda message: channel.answer(message["content"]["data"]))
        comm.on_close(lambda _: channel.close())

    kernel.comm_manager.register_target(target, begin)
    return target


def _live(scene: Scene, way: dict[str, Any]) -> dict[str, Any]:
    bundle = make_bundle(scene)
    ours = files("bregma.viewer.jupyter")
    parts = {
        "id": f"bregma-{uuid4().hex[:12]}",
        "picture": bundle["image/png"],
        "title": html.escape(scene.title or "Brain", quote=True),
        "way": html.escape(json.dumps(way), quote=True),
        "style": ours.joinpath("output.css").read_text("utf-8"),
        "script": ours.joinpath("output.js").read_text("utf-8"),
    }
    text = ours.joinpath("output.html").read_text("utf-8")
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    return bundle | {"text/html": text}


def _still(scene: Scene, reason: str) -> dict[str, Any]:
    bundle = make_bundle(scene)
    picture = f'<img src="data:image/png;base64,{bundle["image/png"]}" alt="{html.escape(scene.title, quote=True)}">'
    return bundle | {"text/html": f"{picture}<p>{_WHY_STILL}{html.escape(reason)}</p>"}


def _draw(scene: Scene) -> "npt.NDArray[np.uint8]":
    from bregma.viewer.render import draw_picture
    from bregma.viewer.render.lettering import letter

    return letter(draw_picture(scene, size=_SIZE), scene)


def _encode(image: "npt.NDArray[np.uint8]") -> str:
    from PIL import Image

    target = io.BytesIO()
    Image.fromarray(image).save(target, format="PNG")
    return base64.b64encode(target.getvalue()).decode("ascii")


def _display(bundle: dict[str, Any]) -> None:
    from IPython.display import display

    display(bundle, raw=True)
