"""The cache tables of ONE: sessions, datasets and what they name as parquet files, for each set of rights."""

from bregma.alyx.data.tables.archive import Tables, load_tables
from bregma.alyx.data.tables.changes import ChangesUnknown
from bregma.alyx.data.tables.scope import Scope, scope_of

__all__ = ["ChangesUnknown", "Scope", "Tables", "load_tables", "scope_of"]
