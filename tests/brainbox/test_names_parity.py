"""Every public name of the reference has a line on the page of differences."""

import re
from pathlib import Path

import pytest
from tests.brainbox.reference import Reference

pytestmark = pytest.mark.peer

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "brainbox" / "differences.md"
NAMES = """
import ast, pathlib, brainbox
root = pathlib.Path(brainbox.__file__).parent
result = []
for path in root.rglob("*.py"):
    if not {"tests", "examples"} & set(path.relative_to(root).parts):
        nodes = ast.parse(path.read_text()).body
        result += [node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
"""


def test_every_public_name_of_the_reference_is_told(reference: Reference) -> None:
    names = {name for name in reference(NAMES) if not name.startswith("_")}
    assert len(names) > 180
    assert not names - set(re.findall(r"\w+", PAGE.read_text()))
