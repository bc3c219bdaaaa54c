"""Admin of comments and templates of narratives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse

from bregma.alyx.admin_site.filters import found_by, one_of, times
from bregma.alyx.admin_site.table import PolicyAdmin
from bregma.alyx.notebook.addresses import address_of
from bregma.alyx.notebook.comments.services import change_comment, delete_comment
from bregma.alyx.notebook.models import Comment, NarrativeTemplate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


@admin.register(Comment)
class CommentAdmin(PolicyAdmin):
    """Comments; they are written where they belong."""

    list_display = ("words", "user", "date_time", "edited_at", "content_type")
    list_select_related = ("user", "content_type")
    list_filter = (found_by("user"), times("date_time"))
    search_fields = ("text", "user__username")
    ordering = ("-date_time",)
    fields = ("text", "user", "date_time", "edited_at", "content_type", "object_id")
    readonly_fields = ("user", "date_time", "edited_at", "content_type", "object_id")

    @admin.display(description="text")
    def words(self, comment: Comment) -> str:
        """Show how it begins."""
        return comment.text[:80]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody comment on nothing."""
        return False

    def view_on_site(self, comment: Comment) -> str:
        """Lead to what the comment is about."""
        return address_of(comment.content_object) if comment.content_object is not None else reverse("notebook")

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Change the words of a comment of one's own."""
        return change_comment(row, values.get("text", row.text), by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a comment of one's own."""
        delete_comment(row, by=by)


@admin.register(NarrativeTemplate)
class NarrativeTemplateAdmin(PolicyAdmin):
    """The texts with which narratives begin."""

    list_display = ("name", "procedure", "lab", "words")
    list_select_related = ("procedure", "lab")
    list_filter = (one_of("lab"), one_of("procedure"))
    search_fields = ("name", "text")
    takes_files = True
    import_keys = ("lab", "name")

    @admin.display(description="text")
    def words(self, template: NarrativeTemplate) -> str:
        """Show how it begins."""
        return template.text[:80]
