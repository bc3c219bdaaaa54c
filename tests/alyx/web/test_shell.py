"""The frame of every page: navigation, icons, form fields."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from bregma.alyx.web.icons import ICONS
from bregma.alyx.web.navigation import ITEMS, Item, everybody, links_for


class Rule(forms.Form):
    weight = forms.FloatField(help_text="In grams.", min_value=0)


def everything(items: tuple[Item, ...]) -> list[Item]:
    return [one for item in items for one in (item, *everything(item.children))]


def test_every_icon_and_key_of_the_navigation_is_good() -> None:
    entries = everything(ITEMS)
    keys = [item.key for item in entries if item.key]
    assert {item.icon for item in entries} <= set(ICONS)
    assert len(keys) == len(set(keys))


def test_pages_that_are_not_there_are_left_out(world: Any) -> None:
    items = (Item("Here", "subjects", sees=everybody), Item("Not yet", "no-such-page", sees=everybody))
    assert [link.label for link in links_for(world.people["alice"], "/", items)] == ["Here"]


def test_a_section_without_a_page_leads_to_its_first_child(world: Any) -> None:
    items = (Item("Section", "no-such-page", children=(Item("Child", "sessions"),)),)
    assert links_for(world.people["alice"], "/", items)[0].url == "/notebook/sessions/"


def test_the_deepest_entry_is_current(world: Any) -> None:
    links = {link.label: link.current for link in links_for(world.people["alice"], "/colony/subjects/KS014/")}
    assert links["Subjects"]
    assert sum(links.values()) == 1


@pytest.mark.parametrize(("person", "sees"), [("root", True), ("visitor", False)])
def test_the_admin_is_shown_to_staff(person: str, sees: bool, world: Any) -> None:
    labels = [link.label for link in links_for(world.people[person], "/")]
    assert ("Admin" in labels) is sees


def test_a_rule_is_tied_to_its_field_and_so_is_an_error() -> None:
    drawn = str(Rule({"weight": "-1"}))
    assert 'aria-describedby="id_weight_helptext id_weight_error"' in drawn
    assert 'id="id_weight_helptext"' in drawn
    assert 'id="id_weight_error"' in drawn


def test_a_form_is_drawn_whole_by_one_template() -> None:
    drawn = Template('{% include "web/_form.html" with submit="Weigh" %}').render(Context({"form": Rule()}))
    assert "<form" in drawn
    assert "Weigh</button>" in drawn
    assert "In grams." in drawn


def test_the_frame_is_there_on_a_page(enter: Any) -> None:
    page = enter("alice").get("/").content.decode()
    assert 'class="skip"' in page
    assert 'aria-label="Main"' in page
    assert "style=" not in page.split("</header>")[0]
