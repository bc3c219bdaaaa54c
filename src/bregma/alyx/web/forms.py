"""How Django draws forms: labels, rules and errors in the markup of web/_field.html."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates

OURS = {"django/forms/widgets/select.html": "web/_select.html"}
"""Templates of widgets that we draw differently."""


class PageForms(DjangoTemplates):
    """The renderer of every form of ours; ``{{ form }}`` draws its fields, ``web/_form.html`` all of it."""

    form_template_name = "web/_fields.html"
    field_template_name = "web/_field.html"

    def get_template(self, template_name: str) -> Any:
        """Return a template of Django, or ours in its place."""
        return super().get_template(OURS.get(template_name, template_name))
