"""The wheel: position and velocity on a regular grid, movements, quadrature decoding, units."""

from bregma.brainbox.behavior.wheel.resampling import Wheel as Wheel
from bregma.brainbox.behavior.wheel.resampling import resample_wheel as resample_wheel
