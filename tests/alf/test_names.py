"""Random names and paths: bregma reads and changes them as the convention says, told in plain Python."""

import json

import pytest
from tests.alf import asked_of_names, plain_alf, plain_changes, random_names

from bregma import alf


def check(n: int, seed: int) -> None:
    """Compare all answers about random texts."""
    for text in random_names.random_names(n, seed):
        plain = plain_alf.answers(text) | plain_changes.changes(text, asked_of_names.CHANGES)
        ours = json.loads(json.dumps(asked_of_names.answers(text, alf, wholly=True)))
        assert ours == plain, text


def test_names_and_paths_are_read_as_the_convention_says():
    check(600, 1)


@pytest.mark.long
def test_many_names_and_paths_are_read_as_the_convention_says():
    check(30_000, 2)
