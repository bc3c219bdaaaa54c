"""The names that the page of differences is held against are those that iblatlas has."""

import pytest
from tests.brainbox.reference import Reference

from .test_iblatlas_names import NAMES

pytestmark = pytest.mark.peer

DEFINED = """
import ast, pathlib, iblatlas
root = pathlib.Path(iblatlas.__file__).parent
result = {}
for module in modules:
    names = result[module] = []
    for node in ast.parse((root / (module.replace(".", "/") + ".py")).read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
        if isinstance(node, ast.ClassDef) and not module.startswith("gui"):
            names += [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
"""


def test_no_name_of_iblatlas_was_forgotten(reference: Reference) -> None:
    defined = reference(DEFINED, modules=list(NAMES))
    public = {module: {name for name in names if not name.startswith("_")} for module, names in defined.items()}
    assert {module: names for module, names in public.items() if names - set(NAMES[module].split())} == {}
