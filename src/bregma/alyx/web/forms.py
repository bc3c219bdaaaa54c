"""How Django draws forms: labels, rules and errors in the markup of web/_field.html."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class PageForms(DjangoTemplates):
    """The renderer of every form of ours; ``{{ form }}`` draws its fields, ``web/_form.html`` all of it."""

    form_template_name = "web/_fields.html"
    field_template_name = "web/_field.html"
