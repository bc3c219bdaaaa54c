"""Brings the rows of an Alyx database dump into this installation: each row is in, or named in the report.

Read first: service.py (the steps), then reading/ (files), stage.py (rows that wait), repairs.py and checks.py (what may
be entered), writing.py (how it is).
"""

from bregma.alyx.importing.errors import BadDump, ImportFailed
from bregma.alyx.importing.report import Finding, Outcome, Report, TableCount
from bregma.alyx.importing.service import Options, import_dump

__all__ = ["BadDump", "Finding", "ImportFailed", "Options", "Outcome", "Report", "TableCount", "import_dump"]
