"""The ray caster that draws volumes best on this machine, and how finely it looks."""

from dataclasses import dataclass
from typing import Any

from bregma.viewer.render.drawn import World


@dataclass(frozen=True)
class Fineness:
    """How closely a volume is looked at.

    Parameters
    ----------
    step : float
        Along a line of sight, in voxels.
    pixels : float
        From one line of sight to the next, in pixels.
    """

    step: float
    pixels: float


def make_caster(world: World, *, of_card: bool = False) -> Any:
    """Return a ray caster: of the graphics card, or without one of the processor, which is faster than to emulate it.

    Both draw labels in exactly their colours.

    Parameters
    ----------
    world : World
        Knows what draws.
    of_card : bool
        Take that of the graphics card in any case: it alone lights four components well.
    """
    # The processor's caster, too, puts its picture onto the screen by this module, and crashes without it.
    from vtkmodules.vtkRenderingVolumeOpenGL2 import vtkOpenGLGPUVolumeRayCastMapper

    if of_card or world.has_graphics_card:
        caster: Any = vtkOpenGLGPUVolumeRayCastMapper()
        caster.UseJitteringOn()
    else:
        from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

        caster = vtkFixedPointVolumeRayCastMapper()
    caster.SetAutoAdjustSampleDistances(False)
    return caster


def set_fineness(caster: Any, fineness: Fineness, voxel: float) -> None:
    """Set how closely a ray caster looks at a volume whose voxels have this edge, in millimetres."""
    caster.SetSampleDistance(voxel * fineness.step)
    caster.SetImageSampleDistance(fineness.pixels)
