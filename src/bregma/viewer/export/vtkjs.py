"""Arrays as a scene of vtk.js: the description of objects and the bytes they hold, as its synchroniser reads them."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_JS_TYPES = {"f4": "Float32Array", "u1": "Uint8Array", "i4": "Int32Array", "u4": "Uint32Array", "u2": "Uint16Array"}
_DIRECT_SCALARS = 2
_BY_POINT, _BY_CELL = 1, 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Shape:
    """Points, lines or triangles with one look.

    Parameters
    ----------
    layer : str
        Name of the layer it belongs to.
    points : (n, 3) array of float32
        Millimetres relative to bregma.
    cells : mapping
        ``verts``, ``lines`` and ``polys``: for each cell how many points it has, and these.
    look : mapping
        Of a vtkProperty: ``color``, ``opacity``, ``pointSize`` …
    colours : (n, 3 or 4) array of uint8, optional
        Of the points, or of the cells.
    normals : (n, 3) array of float32, optional
        Of the points.
    texture : (height, width, 4) array of uint8, optional
        An image, its lowest row first.
    places : (n, 2) array of float32, optional
        Where in the image each point lies, from 0 to 1.
    """

    layer: str
    points: Array
    cells: Mapping[str, Array]
    look: Mapping[str, Any]
    colours: Array | None = None
    normals: Array | None = None
    texture: Array | None = None
    places: Array | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Block:
    """A volume.

    Parameters
    ----------
    layer : str
        Name of the layer it belongs to.
    voxels : (n_x, n_y, n_z) or (n_x, n_y, n_z, 4) array of uint8
        Intensities, or colours with opacities.
    origin, spacing : sequence of 3 float
        Centre of the first voxel and edges of a voxel, in millimetres.
    unit : float
        Thickness that the opacities hold for, in millimetres.
    colours : (n, 4) array
        Intensity, red, green, blue (0 to 1): the nodes of the colour curve of intensities.
    opacities : (n, 2) array
        Intensity and opacity (0 to 1): the nodes of the opacity curve.
    blend : int
        0 composite, 1 maximum, 2 minimum, 3 average.
    """

    layer: str
    voxels: Array
    origin: tuple[float, float, float]
    spacing: tuple[float, float, float]
    unit: float
    colours: Array
    opacities: Array
    blend: int = 0


@dataclass
class Stage:
    """A render window of vtk.js that is being described.

    Parameters
    ----------
    background : tuple of 3 float
        0 to 1.
    camera : mapping
        Properties of its camera.
    """

    background: tuple[float, float, float]
    camera: Mapping[str, Any]
    _arrays: dict[str, dict[str, Any]] = field(default_factory=dict)
    _props: list[dict[str, Any]] = field(default_factory=list)
    _count: int = 0

    def add_shape(self, shape: Shape) -> None:
        """Add an actor."""
        data = self._instance("vtkPolyData", self._geometry(shape))
        mapper = self._instance("vtkMapper", _mapper_look(shape), [data], [("setInputData", data)])
        look = self._instance("vtkProperty", dict(shape.look))
        parts, calls = [mapper, look], [("setMapper", mapper), ("setProperty", look)]
        translucent = shape.texture is not None and bool((shape.texture[..., 3] < 255).any())
        if shape.texture is not None:
            texture = self._texture(shape.texture)
            parts, calls = [*parts, texture], [*calls, ("addTexture", texture)]
        about = {"visibility": 1, "pickable": 1, "forceTranslucent": translucent}
        self._props.append(self._instance("vtkActor", about, parts, calls))

    def add_block(self, block: Block) -> None:
        """Add a volume."""
        mapper_look = {
            "sampleDistance": min(block.spacing),
            "autoAdjustSampleDistances": 0,
            "imageSampleDistance": 1.0,
            "blendMode": block.blend,
        }
        image = self._image(block.voxels, block.origin, block.spacing)
        mapper = self._instance("vtkVolumeMapper", mapper_look, [image], [("setInputData", image)])
        colours = self._instance("vtkColorTransferFunction", {"nodes": _with_midpoints(block.colours)})
        opacities = self._instance("vtkPiecewiseFunction", {"nodes": _with_midpoints(block.opacities)})
        several = block.voxels.ndim == 4
        look = self._instance(
            "vtkVolumeProperty",
            {"independentComponents": not several, "interpolationType": 0 if several else 1, "shade": 0},
            [colours, opacities],
        )
        look["calls"] = [
            ["setRGBTransferFunction", [0, _reference(colours)]],
            ["setScalarOpacity", [0, _reference(opacities)]],
            ["setScalarOpacityUnitDistance", [0, block.unit]],
        ]
        self._props.append(
            self._instance(
                "vtkVolume",
                {"visibility": 1},
                [mapper, look],
                [("setMapper", mapper), ("setProperty", look)],
            )
        )

    def pack(self, *, hide_volumes: bool = True, credit: str = "") -> bytes:
        """Return all as the archive that vtk.js opens; the credit is the comment of the archive.

        Its page has to hide volumes at first: it fails over one that is drawn before its voxels arrive.
        """
        for prop in self._props:
            prop["properties"]["visibility"] = int(prop["type"] != "vtkVolume" or not hide_volumes)
        camera = self._instance("vtkCamera", dict(self.camera))
        calls = [("setActiveCamera", camera), *(("addViewProp", prop) for prop in self._props)]
        about = {"background": self.background, "useDepthPeeling": False, "interactive": 1}
        renderer = self._instance("vtkRenderer", about, [camera, *self._props], calls)
        window = self._instance("vtkRenderWindow", {"numberOfLayers": 1}, [renderer], [("addRenderer", renderer)])
        window["mtime"] = 1
        focus = self.camera["focalPoint"]
        window["extra"] = {"vtkRefId": window["id"], "centerOfRotation": focus, "camera": camera["id"]}
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            # A fixed date: the same scene gives the same file.
            entry = zipfile.ZipInfo("index.json", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, json.dumps({"hashes": self._arrays, "scene": window}))
            archive.comment = credit.encode()
        return target.getvalue()

    def _instance(
        self,
        kind: str,
        properties: dict[str, Any],
        parts: list[dict[str, Any]] | None = None,
        calls: list[tuple[str, dict[str, Any]]] | None = None,
    ) -> dict[str, Any]:
        self._count += 1
        made: dict[str, Any] = {"parent": "0x0", "id": f"object{self._count}", "type": kind, "properties": properties}
        made["calls"] = [[method, [_reference(target)]] for method, target in calls or []]
        made["dependencies"] = parts or []
        return made

    def _geometry(self, shape: Shape) -> dict[str, Any]:
        properties = {"points": self._array(shape.points, "Points", "vtkPoints")}
        for name, cells in shape.cells.items():
            properties[name] = self._array(cells.astype(np.int32), name, "vtkCellArray")
        fields = []
        if shape.normals is not None:
            fields.append(self._field(shape.normals, "Normals", "pointData", "setNormals"))
        if shape.places is not None:
            fields.append(self._field(shape.places, "TCoords", "pointData", "setTCoords"))
        if shape.colours is not None:
            location = "pointData" if len(shape.colours) == len(shape.points) else "cellData"
            fields.append(self._field(shape.colours, "colours", location, "setScalars"))
        return {**properties, "fields": fields}

    def _texture(self, image: Array) -> dict[str, Any]:
        flat = np.ascontiguousarray(image.swapaxes(0, 1))[:, :, None]
        data = self._image(flat, (0, 0, 0), (1, 1, 1))
        about = {"interpolate": False, "repeat": False, "edgeClamp": True}
        return self._instance("vtkTexture", about, [data], [("setInputData", data)])

    def _image(self, voxels: Array, origin: Any, spacing: Any) -> dict[str, Any]:
        n = voxels.shape[:3]
        several = voxels.ndim == 4
        flat = voxels.transpose(2, 1, 0, 3).reshape(-1, voxels.shape[3]) if several else voxels.ravel(order="F")
        about = {
            "origin": list(origin),
            "spacing": list(spacing),
            "extent": [0, n[0] - 1, 0, n[1] - 1, 0, n[2] - 1],
            "direction": [1, 0, 0, 0, 1, 0, 0, 0, 1],
            "fields": [self._field(flat, "colours", "pointData", "setScalars")],
        }
        return self._instance("vtkImageData", about)

    def _field(self, values: Array, name: str, location: str, registration: str) -> dict[str, Any]:
        return self._array(values, name, "vtkDataArray") | {"location": location, "registration": registration}

    def _array(self, values: Array, name: str, kind: str) -> dict[str, Any]:
        array = np.ascontiguousarray(values)
        data = array.astype(array.dtype.newbyteorder("<")).tobytes()
        key = hashlib.sha256(data + array.dtype.str.encode()).hexdigest()[:32]
        js_type = _JS_TYPES[array.dtype.str[1:]]
        self._arrays[key] = {
            "hash": key, "type": js_type, "vtk": kind, "content": base64.b64encode(data).decode("ascii")
        }  # fmt: skip
        columns = array.reshape(len(array), -1)
        ranges = [
            {"min": float(column.min()), "max": float(column.max()), "component": None}
            for column in columns.T
            if column.size
        ]
        return {
            "hash": key,
            "vtkClass": kind,
            "name": name,
            "dataType": js_type,
            "numberOfComponents": columns.shape[1] if array.ndim > 1 else 1,
            "size": int(array.size),
            "ranges": ranges,
        }


def _reference(instance: Mapping[str, Any]) -> str:
    return f"instance:${{{instance['id']}}}"


def _with_midpoints(nodes: Array) -> list[list[float]]:
    return [[*map(float, node), 0.5, 0.0] for node in nodes]


def _mapper_look(shape: Shape) -> dict[str, Any]:
    by_point = shape.colours is None or len(shape.colours) == len(shape.points)
    return {
        "scalarVisibility": shape.colours is not None,
        "colorMode": _DIRECT_SCALARS,
        "scalarMode": _BY_POINT if by_point else _BY_CELL,
        "arrayAccessMode": 0,
        "colorByArrayName": "",
        "interpolateScalarsBeforeMapping": 0,
    }
