"""Events of any interactor of VTK (a window's, Qt's, that of a page) as words to the hands."""

from typing import Any, Protocol

_BUTTONS = ("Left", "Middle", "Right")


class Listener(Protocol):
    """What is told of mouse and keyboard; pixels count from the top left."""

    def press(self, button: str, x: float, y: float, *, shift: bool = False, ctrl: bool = False) -> None:
        """A mouse button went down."""

    def move(self, x: float, y: float) -> None:
        """The mouse moved."""

    def release(self, x: float, y: float) -> None:
        """A mouse button went up."""

    def scroll(self, steps: float, x: float, y: float, *, shift: bool = False, ctrl: bool = False) -> None:
        """The wheel turned."""

    def type_key(self, key: str, *, shift: bool = False, ctrl: bool = False) -> None:
        """A key went down."""


def listen(vtk_window: Any, listener: Listener) -> Any:
    """Tell a listener of what happens in a window; returns its interactor, which is made if there is none.

    VTK's own ways to turn the camera are switched off: the scene says where it stands.
    """
    from vtkmodules.vtkInteractionStyle import vtkInteractorStyleUser
    from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

    # One without a display of its own: that of X11 ends the process when the window is EGL's.
    interactor: Any = vtk_window.GetInteractor() or vtkGenericRenderWindowInteractor()
    interactor.SetRenderWindow(vtk_window)
    style: Any = vtkInteractorStyleUser()
    # Without this, letters would change how things are drawn, and q would end the program.
    style.AddObserver("CharEvent", lambda *_: None)
    interactor.SetInteractorStyle(style)
    interactor.EnableRenderOff()
    for button in _BUTTONS:
        for event in ("ButtonPress", "ButtonDoubleClick"):
            interactor.AddObserver(f"{button}{event}Event", _Press(listener, button.lower()))
        interactor.AddObserver(f"{button}ButtonReleaseEvent", lambda who, _: listener.release(*_place(who)))
    interactor.AddObserver("MouseMoveEvent", lambda who, _: listener.move(*_place(who)))
    interactor.AddObserver("MouseWheelForwardEvent", lambda who, _: _scroll(listener, who, 1.0))
    interactor.AddObserver("MouseWheelBackwardEvent", lambda who, _: _scroll(listener, who, -1.0))
    interactor.AddObserver("KeyPressEvent", lambda who, _: listener.type_key(who.GetKeySym() or "", **_held(who)))
    return interactor


class _Press:
    """Tells of one button."""

    def __init__(self, listener: Listener, button: str) -> None:
        self._listener, self._button = listener, button

    def __call__(self, interactor: Any, _: str) -> None:
        self._listener.press(self._button, *_place(interactor), **_held(interactor))


def _scroll(listener: Listener, interactor: Any, sign: float) -> None:
    factor = interactor.GetInteractorStyle().GetMouseWheelMotionFactor()
    listener.scroll(sign * factor, *_place(interactor), **_held(interactor))


def _place(interactor: Any) -> tuple[float, float]:
    x, y = interactor.GetEventPosition()
    return float(x), float(interactor.GetRenderWindow().GetSize()[1] - 1 - y)


def _held(interactor: Any) -> dict[str, bool]:
    return {"shift": bool(interactor.GetShiftKey()), "ctrl": bool(interactor.GetControlKey())}
