"""Log records as lines of JSON, without tokens, passwords or sign-in links."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from bregma.alyx.watch.identity import current_request_id, request_id_of

SECRETS = re.compile(
    r"(?i)((?:token|basic|bearer)\s+|(?:password|token|secret)\"?'?\s*[=:]\s*\"?'?|/sign-in/)[^\s\"'&,}/]+"
)


def redact(text: str) -> str:
    """Replace whatever follows the name of a secret by three stars."""
    return SECRETS.sub(r"\1***", text)


class JsonFormatter(logging.Formatter):
    """One JSON object per record: time, level, logger, message, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record as a line of JSON."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        identity = current_request_id() or request_id_of(getattr(record, "request", None))
        if identity:
            line["request_id"] = identity
        line.update(getattr(record, "fields", {}))
        status = getattr(record, "status_code", None)
        if status is not None:
            line["status"] = status
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
