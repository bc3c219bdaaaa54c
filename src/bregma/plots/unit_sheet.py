"""One page on one unit: its waveform, autocorrelogram, amplitudes and rate over the recording."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from bregma.brainbox.spikes.correlogram import Autocorrelograms
from bregma.brainbox.spikes.firing import FiringRate
from bregma.brainbox.waveforms.templates import Templates
from bregma.plots.axes import get_figure
from bregma.plots.correlograms import plot_autocorrelogram
from bregma.plots.units import plot_amplitudes, plot_firing_rate, plot_waveforms

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure


@dataclass(frozen=True, kw_only=True)
class UnitSheet:
    """What is known of a unit; panels of what is None are left out.

    ``spike_times`` and ``amps`` are those of the unit, ``amp_unit`` the unit of amplitudes and waveforms; ``x_um`` and
    ``y_um`` the places of the channels of ``templates``.
    """

    cluster_id: int
    correlograms: Autocorrelograms
    rate: FiringRate
    spike_times: ArrayLike | None = None
    amps: ArrayLike | None = None
    templates: Templates | None = None
    x_um: ArrayLike | None = None
    y_um: ArrayLike | None = None
    amp_unit: str = "V"


def plot_unit_sheet(sheet: UnitSheet, *, figure: "Figure | SubFigure | None" = None) -> "Figure | SubFigure":
    """Plot all that is known of a unit on one page.

    Parameters
    ----------
    sheet
        The unit and its results.
    figure
        To draw on; by default a new one, which is not registered with pyplot.

    Returns
    -------
    Figure or SubFigure

    Raises
    ------
    PlotError
        If the unit is not among the results.
    """
    page = get_figure(figure, (9.0, 6.0))
    page.suptitle(f"Unit {sheet.cluster_id}")
    panels: list[Any] = [["correlogram"], ["rate"]]
    if sheet.amps is not None:
        panels.append(["amplitudes"])
    if sheet.templates is not None:
        panels = [["waveform", *row] for row in panels]
    ratios = [0.7, 1.0] if sheet.templates is not None else [1.0]
    axes = page.subplot_mosaic(panels, width_ratios=ratios)
    plot_autocorrelogram(sheet.correlograms, sheet.cluster_id, ax=axes["correlogram"])
    plot_firing_rate(sheet.rate, ax=axes["rate"])
    if sheet.amps is not None and sheet.spike_times is not None:
        plot_amplitudes(sheet.spike_times, sheet.amps, unit=sheet.amp_unit, ax=axes["amplitudes"])
    if sheet.templates is not None and sheet.x_um is not None and sheet.y_um is not None:
        place = axes["waveform"]
        plot_waveforms(sheet.templates, sheet.cluster_id, sheet.x_um, sheet.y_um, unit=sheet.amp_unit, ax=place)
    return page
