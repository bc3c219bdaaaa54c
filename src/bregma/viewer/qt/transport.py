"""The transport bar: play, step, speed and loop, above the axis of time with the curve of what is selected."""

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from bregma.viewer.panels.series import find_series
from bregma.viewer.panels.ticks import clock
from bregma.viewer.qt.icons import icon
from bregma.viewer.qt.pieces import Soon, make_button, make_label, make_panel
from bregma.viewer.qt.time_axis import TimeAxis
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.player import SPEEDS
from bregma.viewer.scene.state import Change, What

_FRAME_MS = 40


class Transport:
    """Buttons, the time, and the axis.

    Parameters
    ----------
    bench : Workbench
        Whose player it drives.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._player = bench.player
        self.axis = TimeAxis(self.seek, bench.hold)
        self.time = make_label("title")
        self.time.setMinimumWidth(92)
        self.time.setWordWrap(False)
        self.title = make_label("quiet")
        self.title.setWordWrap(False)
        self.play = make_button("play", "Play or pause (Space)", self.toggle)
        self.loop = make_button("loop", "Begin again at the end (Ctrl+L)", self._set_loop, checkable=True)
        self.loop.setChecked(self._player.loop)
        self.speed = QComboBox()
        self.speed.addItems([f"× {speed:g}" for speed in SPEEDS])
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.setToolTip("Seconds of the recording in a second")
        self.speed.setAccessibleName("Speed")
        self.speed.currentIndexChanged.connect(lambda index: setattr(self._player, "speed", SPEEDS[index]))
        self.widget = make_panel()
        self._lay_out()
        self._timer = QTimer(self.widget, interval=_FRAME_MS)
        self._timer.timeout.connect(lambda: self._player.tick(time.monotonic()))
        self._player.on_change(self._show_state)
        bench.on_choice(self._show_series)
        self._refill = Soon(self.fill)
        self._stop_following = bench.scene.follow(self._follow)
        self.fill()

    def fill(self) -> None:
        """Show the time and the curve of the scene as they are now."""
        timeline = self._player.timeline
        self.widget.setVisible(timeline.span is not None)
        self.axis.show_timeline(timeline)
        self._show_series()
        self._show_moment()

    def toggle(self) -> None:
        """Play or pause."""
        self._bench.attempt(self._player.toggle)

    def step(self, steps: int) -> None:
        """Go to another moment at which something changes."""
        self._bench.attempt(lambda: self._player.step(steps))

    def to_event(self, steps: int) -> None:
        """Go to the next event or the one before."""
        player = self._player
        self._bench.attempt(lambda: player.seek(player.timeline.event_from(player.moment, steps)))

    def seek(self, moment: float) -> None:
        """Go to a moment."""
        self._bench.attempt(lambda: self._player.seek(moment))

    def close(self) -> None:
        """Stand still and follow the scene no more."""
        self._timer.stop()
        self._refill.forget()
        self._stop_following()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(4)
        line = QHBoxLayout()
        for part in (
            make_button("first", "To the beginning (Home)", lambda: self._bench.attempt(self._player.stop)),
            make_button("back", "One moment back (,)", lambda: self.step(-1)),
            self.play,
            make_button("forward", "One moment on (.)", lambda: self.step(1)),
            make_button("last", "To the next event (Shift+.)", lambda: self.to_event(1)),
            self.loop,
            self.speed,
            self.time,
        ):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(self.title)
        column.addLayout(line)
        column.addWidget(self.axis, 1)

    def _set_loop(self) -> None:
        self._player.loop = self.loop.isChecked()

    def _show_state(self) -> None:
        self.play.setIcon(icon("pause" if self._player.is_playing else "play"))
        self._timer.start() if self._player.is_playing else self._timer.stop()

    def _show_series(self) -> None:
        series = find_series(self._bench.scene) if self._player.timeline.span is not None else None
        self.axis.show_series(series)
        words = () if series is None else (series.title, series.label)
        self.title.setText(" · ".join(word for word in words if word))

    def _show_moment(self) -> None:
        span = self._player.timeline.span
        moment = self._player.moment
        self.axis.show_moment(moment)
        self.time.setText(clock(moment, span[1] - span[0]) if span is not None else "")

    def _follow(self, change: Change) -> None:
        if change.what is What.MOMENT:
            self._show_moment()
        elif change.what is What.SELECTION:
            self._show_series()
        elif change.what in (What.LAYER, What.EVENTS):
            self._refill()
