"""Surfaces, lines and points of a scene as binary glTF 2.0 (.glb), which programs for 3D and slides open."""

import io
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.alf import atomic_write
from bregma.viewer.errors import ViewerError
from bregma.viewer.export.shapes import find_shapes
from bregma.viewer.export.vtkjs import Shape
from bregma.viewer.scene.scene import Scene

Array = npt.NDArray[Any]

_POINTS, _LINES, _TRIANGLES = 0, 1, 4
_BUFFER_OF_VERTICES, _BUFFER_OF_INDICES = 34962, 34963
_COMPONENTS = {"f4": 5126, "u2": 5123, "u4": 5125}
_SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
_NEAREST, _CLAMPED = 9728, 33071
# glTF has y upwards; the brain has z.
_UPRIGHT = [-(0.5**0.5), 0.0, 0.0, 0.5**0.5]
_MAGIC, _JSON, _BINARY = b"glTF", b"JSON", b"BIN\0"


def save_gltf(scene: Scene, path: Path) -> None:
    """Write the visible layers, each as a node of its name, in metres.

    Raises
    ------
    ViewerError
        If a visible layer is none of surfaces, lines and points, as volumes are, or nothing is visible.
    """
    document = _Document()
    for layer in scene.layers:
        if layer.visible and layer.opacity > 0:
            shapes = list(find_shapes(layer, scene))
            if not shapes:
                raise ViewerError(f"a {path.suffix} holds surfaces, lines and points; hide {layer.name!r} first")
            document.add(layer.name, shapes)
    if not document.nodes:
        raise ViewerError(f"nothing visible to write as {path.suffix}: add a region, points or lines")
    with atomic_write(path) as file:
        file.write(document.pack(scene.credit))


@dataclass(eq=False)
class _Document:
    """What is being written."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    _meshes: list[dict[str, Any]] = field(default_factory=list)
    _materials: list[dict[str, Any]] = field(default_factory=list)
    _accessors: list[dict[str, Any]] = field(default_factory=list)
    _views: list[dict[str, Any]] = field(default_factory=list)
    _images: list[dict[str, Any]] = field(default_factory=list)
    _bytes: bytearray = field(default_factory=bytearray)

    def add(self, name: str, shapes: list[Shape]) -> None:
        """Add a node with all shapes of a layer."""
        parts = [part for shape in shapes for part in self._primitives(shape)]
        self.nodes.append({"name": name, "mesh": len(self._meshes)})
        self._meshes.append({"name": name, "primitives": parts})

    def pack(self, credit: str) -> bytes:
        """Return the bytes of the file."""
        children = list(range(1, len(self.nodes) + 1))
        contents: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "bregma", **({"copyright": credit} if credit else {})},
            "extensionsUsed": ["KHR_materials_unlit"],
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"name": "brain", "rotation": _UPRIGHT, "children": children}, *self.nodes],
            "meshes": self._meshes,
            "materials": self._materials,
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": len(self._bytes)}],
        }
        if self._images:
            contents["images"] = self._images
            contents["samplers"] = [{"magFilter": _NEAREST, "wrapS": _CLAMPED, "wrapT": _CLAMPED}]
            contents["textures"] = [{"source": index, "sampler": 0} for index in range(len(self._images))]
        text = json.dumps(contents).encode()
        chunks = [(text + b" " * (-len(text) % 4), _JSON), (bytes(self._bytes), _BINARY)]
        body = b"".join(struct.pack("<I", len(data)) + kind + data for data, kind in chunks)
        return _MAGIC + struct.pack("<II", 2, 12 + len(body)) + body

    def _primitives(self, shape: Shape) -> Iterator[dict[str, Any]]:
        by_cell = shape.colours is not None and len(shape.colours) != len(shape.points)
        material = self._material(shape)
        before = 0
        for name in ("verts", "lines", "polys", "strips"):
            if name not in shape.cells:
                continue
            mode, corners, cells, n_cells = _split(name, shape.cells[name])
            if by_cell and shape.colours is not None:
                yield self._apart(shape, mode, corners, shape.colours[before + cells], material)
            else:
                yield self._shared(shape, mode, corners, material)
            before += n_cells

    def _shared(self, shape: Shape, mode: int, corners: Array, material: int) -> dict[str, Any]:
        attributes = {"POSITION": self._places(shape.points)}
        if shape.normals is not None:
            attributes["NORMAL"] = self._array(_unit(shape.normals), _BUFFER_OF_VERTICES)
        if shape.colours is not None:
            attributes["COLOR_0"] = self._array(_linear(shape.colours), _BUFFER_OF_VERTICES, normalized=True)
        if shape.places is not None:
            # The first row of a glTF image is the upper one.
            places = (shape.places * [1, -1] + [0, 1]).astype(np.float32)
            attributes["TEXCOORD_0"] = self._array(places, _BUFFER_OF_VERTICES)
        indices = self._array(corners.ravel().astype(np.uint32), _BUFFER_OF_INDICES)
        return {"mode": mode, "attributes": attributes, "indices": indices, "material": material}

    def _apart(self, shape: Shape, mode: int, corners: Array, colours: Array, material: int) -> dict[str, Any]:
        """Give each cell vertices of its own, so that it has its own colour."""
        repeated = _linear(np.repeat(colours, corners.shape[1], axis=0))
        attributes = {
            "POSITION": self._places(shape.points[corners.ravel()]),
            "COLOR_0": self._array(repeated, _BUFFER_OF_VERTICES, normalized=True),
        }
        if shape.normals is not None:
            attributes["NORMAL"] = self._array(_unit(shape.normals[corners.ravel()]), _BUFFER_OF_VERTICES)
        return {"mode": mode, "attributes": attributes, "material": material}

    def _places(self, points_mm: Array) -> int:
        places = (points_mm * 1e-3).astype(np.float32)
        index = self._array(places, _BUFFER_OF_VERTICES)
        self._accessors[index] |= {"min": places.min(axis=0).tolist(), "max": places.max(axis=0).tolist()}
        return index

    def _array(self, values: Array, target: int, *, normalized: bool = False) -> int:
        data = np.ascontiguousarray(values)
        kind = data.dtype.newbyteorder("<").str[1:]
        columns = data.shape[1] if data.ndim > 1 else 1
        about = {"componentType": _COMPONENTS[kind], "count": len(data), "type": _SHAPES[columns]}
        self._accessors.append({"bufferView": self._view(data.tobytes(), target), **about, "normalized": normalized})
        return len(self._accessors) - 1

    def _view(self, data: bytes, target: int | None = None) -> int:
        about = {"buffer": 0, "byteOffset": len(self._bytes), "byteLength": len(data)}
        self._views.append(about | ({"target": target} if target is not None else {}))
        self._bytes += data + b"\0" * (-len(data) % 4)
        return len(self._views) - 1

    def _material(self, shape: Shape) -> int:
        look, has_own = shape.look, shape.colours is not None or shape.texture is not None
        rgb = [1.0, 1.0, 1.0] if has_own else (_to_linear(np.array(look["color"]))).tolist()
        surface: dict[str, Any] = {"baseColorFactor": [*rgb, look["opacity"]], "metallicFactor": 0.0}
        if shape.texture is not None:
            surface["baseColorTexture"] = {"index": self._image(shape.texture)}
        material: dict[str, Any] = {"pbrMetallicRoughness": surface | {"roughnessFactor": 0.6}}
        material |= {"doubleSided": not look["backfaceCulling"], "alphaMode": _alpha_mode(shape)}
        if not look["lighting"] or "polys" not in shape.cells:
            material["extensions"] = {"KHR_materials_unlit": {}}
        self._materials.append(material)
        return len(self._materials) - 1

    def _image(self, pixels: Array) -> int:
        from PIL import Image

        target = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels[::-1])).save(target, format="PNG")
        self._images.append({"mimeType": "image/png", "bufferView": self._view(target.getvalue())})
        return len(self._images) - 1


def _alpha_mode(shape: Shape) -> str:
    """Return how what is translucent is drawn: what is all there or not at all need not be sorted."""
    own = shape.texture if shape.texture is not None else shape.colours
    alpha = np.unique(own[..., 3:]) if own is not None else np.empty(0)
    if shape.look["opacity"] < 1 or bool(np.any((alpha > 0) & (alpha < 255))):
        return "BLEND"
    return "MASK" if np.any(alpha == 0) else "OPAQUE"


def _split(name: str, cells: Array) -> tuple[int, Array, Array, int]:
    """Return the mode of glTF, the corners of points, lines or triangles, the cell of each, and how many cells."""
    starts, sizes = _heads(cells)
    if name == "verts":
        cell = np.repeat(np.arange(len(sizes)), sizes)
        return _POINTS, np.delete(cells, starts)[:, None], cell, len(sizes)
    width = 2 if name == "lines" else 3
    pieces = np.maximum(sizes - width + 1, 0)
    cell = np.repeat(np.arange(len(sizes)), pieces)
    step = np.arange(len(cell)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    first = starts[cell] + 1
    if name == "lines":
        return _LINES, np.stack([cells[first + step], cells[first + step + 1]], axis=1), cell, len(sizes)
    if name == "polys":
        fan = [cells[first], cells[first + step + 1], cells[first + step + 2]]
        return _TRIANGLES, np.stack(fan, axis=1), cell, len(sizes)
    odd = step % 2
    strip = [cells[first + step + odd], cells[first + step + 1 - odd], cells[first + step + 2]]
    return _TRIANGLES, np.stack(strip, axis=1), cell, len(sizes)


def _heads(cells: Array) -> tuple[Array, Array]:
    """Return where each cell begins, and how many points it has."""
    if len(cells) and len(cells) % (cells[0] + 1) == 0 and (cells[:: cells[0] + 1] == cells[0]).all():
        starts = np.arange(0, len(cells), cells[0] + 1)
        return starts, np.full(len(starts), cells[0])
    heads = [0]
    while heads[-1] + cells[heads[-1]] + 1 < len(cells):
        heads.append(int(heads[-1] + cells[heads[-1]] + 1))
    starts = np.array(heads)
    return starts, cells[starts]


def _unit(normals: Array) -> Array:
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: Array = np.where(length > 0, normals / np.maximum(length, 1e-12), [0, 0, 1]).astype(np.float32)
    return unit


def _to_linear(share: Array) -> Array:
    """Return colours from 0 to 1 as amounts of light (sRGB, IEC 61966-2-1)."""
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _linear(colours: Array) -> Array:
    share = colours / 255.0
    alpha = share[:, 3:] if share.shape[1] == 4 else np.ones((len(share), 1))
    light = np.concatenate([_to_linear(share[:, :3]), alpha], axis=1)
    return np.round(light * 65535).astype(np.uint16)
