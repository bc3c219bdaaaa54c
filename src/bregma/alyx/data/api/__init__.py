"""Endpoints of datasets, files and their vocabulary."""

from __future__ import annotations

from bregma.alyx.data.api.copies import SyncFileStatusView
from bregma.alyx.data.api.datasets import DatasetViewSet, FileRecordViewSet
from bregma.alyx.data.api.downloads import DownloadViewSet, NewDownloadView
from bregma.alyx.data.api.notices import DataNoticeViewSet
from bregma.alyx.data.api.vocabulary import (
    DataFormatViewSet,
    DatasetTypeViewSet,
    RepositoryTypeViewSet,
    RepositoryViewSet,
    RevisionViewSet,
    TagViewSet,
)

__all__ = [
    "DataFormatViewSet",
    "DataNoticeViewSet",
    "DatasetTypeViewSet",
    "DatasetViewSet",
    "DownloadViewSet",
    "FileRecordViewSet",
    "NewDownloadView",
    "RepositoryTypeViewSet",
    "RepositoryViewSet",
    "RevisionViewSet",
    "SyncFileStatusView",
    "TagViewSet",
]
