"""The quality of a dataset or session, from not looked at to unusable."""

from __future__ import annotations

from enum import IntEnum


class QC(IntEnum):
    """Quality-control outcome; the larger, the worse."""

    NOT_SET = 0
    PASS = 10
    WARNING = 30
    FAIL = 40
    CRITICAL = 50

    @classmethod
    def parse(cls, value: QC | int | str) -> QC:
        """Convert a number, a name in any case, or a member.

        Raises
        ------
        ValueError
            If there is no such outcome; the message lists those there are.
        """
        try:
            if isinstance(value, str) and not value.isdigit():
                return cls[value.upper()]
            return cls(int(value))
        except (KeyError, TypeError, ValueError):
            known = ", ".join(f"{member.name} ({member.value})" for member in cls)
            raise ValueError(f"no quality-control outcome {value!r}; choose from {known}") from None

    validate = parse
