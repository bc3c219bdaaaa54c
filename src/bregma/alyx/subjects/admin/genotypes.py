"""Admin of genotypes, tests and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction

from bregma.alyx.admin_site.filters import choice, found_by
from bregma.alyx.admin_site.table import PolicyAdmin
from bregma.alyx.colony.genotyping.services import Result, apply_rules, enter_results, update_zygosities
from bregma.alyx.subjects.models import (
    GenotypeTest,
    Zygosity,
    ZygosityRule,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@admin.register(Zygosity)
class ZygosityAdmin(PolicyAdmin):
    """Genotypes."""

    list_display = ("subject", "allele", "zygosity")
    list_editable = ("zygosity",)
    list_select_related = ("subject", "allele")
    list_filter = (choice("zygosity"), found_by("allele"), found_by("subject__line"))
    search_fields = ("subject__nickname", "allele__nickname")
    takes_files = True
    import_keys = ("subject", "allele")


@admin.register(GenotypeTest)
class GenotypeTestAdmin(PolicyAdmin):
    """Outcomes of genotype tests; the zygosities follow by the rules of the line."""

    list_display = ("subject", "sequence", "test_result", "entered_at")
    list_editable = ("test_result",)
    list_select_related = ("subject", "sequence")
    list_filter = (choice("test_result"), found_by("sequence"), found_by("subject__line"))
    search_fields = ("subject__nickname", "sequence__name")
    readonly_fields = ("entered_at",)
    takes_files = True

    @transaction.atomic
    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Enter a result, or correct one; then judge the subject by the rules of its line."""
        result = values.get("test_result")
        if row is None and result is not None:
            subject, sequence = values["subject"], values["sequence"]
            enter_results([Result(subject.pk, sequence.pk, bool(result))], by=by)
            tests = GenotypeTest.objects.filter(subject=subject, sequence=sequence)
            return tests.order_by("-entered_at").first()
        saved = super().save_row(row, values, by)
        update_zygosities([saved.subject])
        return saved

    @transaction.atomic
    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a test, and judge the subject by those that are left."""
        subject = row.subject
        super().delete_row(row, by)
        update_zygosities([subject])


@admin.register(ZygosityRule)
class ZygosityRuleAdmin(PolicyAdmin):
    """What results say of an allele in a line; a change judges the subjects of the line anew."""

    list_display = (*("line", "allele", "sequence0", "sequence0_result", "sequence1", "sequence1_result", "zygosity"),)
    list_editable = ("sequence0_result", "sequence1_result", "zygosity")
    list_select_related = ("line", "allele", "sequence0", "sequence1")
    list_filter = (found_by("line"), found_by("allele"), choice("zygosity"))
    search_fields = ("line__nickname", "allele__nickname", "sequence0__name", "sequence1__name")
    takes_files = True
    import_keys = ("line", "allele", "sequence0", "sequence0_result", "sequence1", "sequence1_result")

    @transaction.atomic
    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Write a rule, and judge the subjects of its line."""
        saved = super().save_row(row, values, by)
        apply_rules(saved.line, by=by)
        return saved
