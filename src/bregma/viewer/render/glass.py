"""Actors that look like tissue: smooth, softly lit, and like glass where they are translucent."""

from typing import Any

from bregma.viewer.render.geometry import make_actor

# Glass: a translucent surface is denser where it turns away from the eye, so that its outline stays legible.
RIM = """//VTK::Light::Impl
  float rim = 1.0 - abs(normalVCVSOutput.z);
  fragOutput0.a += (1.0 - fragOutput0.a) * fragOutput0.a * rim * rim * 4.0;
  fragOutput0.a = min(fragOutput0.a, 1.0);
"""


def make_tissue(data: Any, *, coloured: bool = False) -> Any:
    """Return an actor of closed surfaces whose triangles face outwards.

    Parameters
    ----------
    data : vtkPolyData
        Triangles, with normals at their vertices.
    coloured : bool
        Whether it has colours of its own, else one for all.
    """
    actor = make_actor(data, coloured=coloured)
    look = actor.GetProperty()
    look.SetInterpolationToPhong()
    look.SetAmbient(0.25)
    look.SetDiffuse(0.75)
    look.SetSpecular(0.25)
    look.SetSpecularPower(30)
    # Only the front of a translucent surface is drawn: no sorting of triangles, and no colour twice.
    look.BackfaceCullingOn()
    actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, RIM, False)
    return actor
