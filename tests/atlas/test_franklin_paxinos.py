from pathlib import Path

import numpy as np
import pytest

from bregma.atlas import InvalidValues, Regions, read_franklin_paxinos

HEAD = (
    "Franklin-Paxinos Full name,Franklin-Paxinos abbreviation,Structural ID,red,green,blue,Parent ID,"
    "Allen Full name,Allen abbreviation\n"
)
LINES = """Caudate part,CPx,20,1,2,3,10,,
Thalamus,Thal,10,4,5,6,997,Thalamus,TH
Other thalamus,Thal2,30,4,5,6,997,Thalamus,TH
,,,,,,,Only Allen's,OA
"""


@pytest.fixture
def small(tmp_path: Path) -> Regions:
    path = tmp_path / "structures.csv"
    path.write_text(HEAD + LINES)
    return read_franklin_paxinos(path)


def test_structures_have_allens_names_where_there_are_any(small: Regions) -> None:
    assert small.acronyms == ("void", "root", "TH", "CPx", "Thal2")
    assert small.names[2:] == ("Thalamus", "Caudate part", "Thalamus")
    assert small.rgb[small.row("CPx")].tolist() == [1, 2, 3]
    assert small.ancestors("CPx") == ("TH", "root")


def test_the_identity_has_a_name(small: Regions) -> None:
    assert small.mapping("FranklinPaxinos").tolist() == list(range(5))
    both = small.lateralised
    assert both.mapping("FranklinPaxinos-lr").tolist() == list(range(9))


def test_a_table_without_a_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "structures.csv"
    path.write_text(HEAD.replace("red,", "") + LINES)
    with pytest.raises(InvalidValues, match="has no column red"):
        read_franklin_paxinos(path)


def test_the_published_table_is_read(shared_data: Path) -> None:
    regions = read_franklin_paxinos(shared_data / "allen_atlas_tables" / "franklin_paxinos_structure_tree.csv")
    assert len(regions.lateralised) == 2861
    assert np.unique(regions.acronym_array).size == len(regions) == 1431
    assert regions.acronyms[:3] == ("void", "root", "grey")
