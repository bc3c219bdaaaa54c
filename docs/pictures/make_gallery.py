"""Draw the pictures of the gallery: run the examples of the brain, and keep what they leave as small files.

    python docs/pictures/make_gallery.py

They draw Allen's annotation where it is in the cache at 50 and 100 µm (`bregma.atlas.download_allen`), else a phantom.
"""

import os
import runpy
import tempfile
from pathlib import Path

from PIL import Image

_HERE = Path(__file__).resolve().parent
_EXAMPLES = _HERE.parents[1] / "examples"
_OF_ATLAS = ("flat_maps", "slice_along_a_probe", "uncertain_regions", "values_on_slices")
_SIZE = (640, 420)


def shrink(picture: Path, target: Path) -> None:
    """Write a picture as a JPEG on white."""
    with Image.open(picture) as opened:
        image = opened.convert("RGBA")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image)
    page.thumbnail(_SIZE)
    page.convert("RGB").save(target, quality=84, optimize=True)


if __name__ == "__main__":
    (_HERE / "gallery").mkdir(exist_ok=True)
    names = sorted({*_OF_ATLAS, *(path.stem for path in _EXAMPLES.glob("brain_*.py"))})
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in names:
            runpy.run_path(str(_EXAMPLES / f"{name}.py"), run_name="__main__")
            shrink(Path(f"{name}.png"), _HERE / "gallery" / f"{name}.jpg")
