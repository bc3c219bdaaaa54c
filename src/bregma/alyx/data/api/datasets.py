"""Endpoints of datasets, and of their copies in repositories."""

from __future__ import annotations

from typing import Any

from bregma.alyx import policy
from bregma.alyx.actions.selectors import find_first_session, find_session
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.data import filters, selectors, serializers, services
from bregma.alyx.data.models import Dataset, FileRecord
from bregma.alyx.subjects.selectors import find_subject

SESSION_WORDS = ("subject", "date", "number")
"""What may stand for the session of a dataset."""


class DatasetViewSet(WireViewSet):
    """Datasets, by uuid."""

    model = Dataset
    serializer_class = serializers.DatasetSerializer
    filterset_class = filters.DatasetFilter

    def rows(self) -> Any:
        """Return datasets with what a list or one answer shows."""
        shown = selectors.listed_datasets if self.action == "list" else selectors.detailed_datasets
        return shown(self.user)

    def get_queryset(self) -> Any:
        """Return the datasets that the person may read; of a public session, each by its uuid."""
        if self.action == "retrieve":
            return policy.describable(self.request.user, self.rows())
        return super().get_queryset()

    def create_row(self, values: dict[str, Any]) -> Dataset:
        """Record a dataset, of a session or of the one with the given subject, date and number.

        As clients know it, a dataset that names its session in words has no author; history tells who made it.
        """
        nickname, day, number = (values.pop(name, None) for name in SESSION_WORDS)
        if nickname and day and not values.get("session"):
            subject = find_subject(nickname)
            session = find_first_session(subject, day) if number is None else find_session(subject, day, number)
            values |= {"session": session, "created_by": None}
        return services.create_dataset(values, by=self.user)

    def change_row(self, row: Dataset, values: dict[str, Any]) -> Dataset:
        """Change a dataset."""
        for name in SESSION_WORDS:
            values.pop(name, None)
        return services.change_dataset(row, values, by=self.user)

    def perform_destroy(self, instance: Any) -> None:
        """Delete a dataset."""
        services.delete_dataset(instance, by=self.user)


class FileRecordViewSet(WireViewSet):
    """Copies of datasets, by uuid."""

    model = FileRecord
    serializer_class = serializers.FileRecordSerializer
    filterset_class = filters.FileFilter

    def rows(self) -> Any:
        """Return copies with repository and dataset."""
        return FileRecord.objects.select_related(
            "data_repository", "dataset__session__subject__lab", "dataset__session__subject__responsible_user"
        )

    def create_row(self, values: dict[str, Any]) -> FileRecord:
        """Record a copy."""
        return services.create_file_record(values, by=self.user)

    def change_row(self, row: FileRecord, values: dict[str, Any]) -> FileRecord:
        """Change what is known of a copy."""
        return services.change_file_record(row, values, by=self.user)

    def perform_destroy(self, instance: Any) -> None:
        """Forget a copy."""
        services.delete_file_record(instance, by=self.user)
