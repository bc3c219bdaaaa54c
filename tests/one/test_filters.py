"""Search terms as query parameters of a server."""

from uuid import UUID

import pytest

from bregma.one.catalogue.filters import INSERTIONS, is_meant, to_questions


@pytest.mark.parametrize(
    ("terms", "filters"),
    [
        ({}, {}),
        ({"subject": "KS014"}, {"django": "subject__nickname__iregex,KS014"}),
        ({"subject": ["a", "b-1"]}, {"django": "subject__nickname__iregex,a|b-1"}),
        ({"subject": "14"}, {"django": "subject__nickname__iregex,.*14"}),
        ({"subject": "[KS]014"}, {"django": "subject__nickname__iregex,.*[KS]014"}),
        ({"subject": []}, {}),
        ({"laboratory": ["a.*"] * 30}, {}),
        ({"subject": "KS{2}"}, {}),
        ({"subject": "(?=K)S"}, {}),
        ({"projects": "^ibl_a$"}, {"django": "projects__name__iregex,ibl_a"}),
        ({"projects": "a.*b"}, {}),
        ({"laboratory": r"a\.b"}, {"django": r"lab__name__iregex,a\.b"}),
        ({"number": 1, "django": "qc__gte,40"}, {"django": "qc__gte,40,number,1"}),
        ({"number": [1, "2"]}, {"django": "number__in,[1, 2]"}),
        ({"date_range": "2020-01-02"}, {"date_range": ["2020-01-02", "2020-01-02"]}),
        ({"id": [UUID(int=1)]}, {"django": f"pk,{UUID(int=1)}"}),
        ({"datasets": "a.b.npy", "dataset_qc_lte": 10}, {"datasets": ["a.b.npy"], "dataset_qc_lte": "PASS"}),
        ({"datasets": "spikes.*"}, {"django": "data_dataset_session_related__name__iregex,^spikes.*$"}),
        ({"tag": "Q2"}, {"django": "data_dataset_session_related__tags__name__iregex,Q2"}),
        ({"qc": ["PASS", 40]}, {"django": "qc__in,[10, 40]"}),
        ({"type": "Experiment"}, {"django": "type__iregex,^Experiment$"}),
        ({"users": ["a", "b"], "performance_gte": 70}, {"users": ["a", "b"], "performance_gte": 70}),
    ],
)
def test_terms_become_parameters(terms, filters):
    assert to_questions(terms) == [filters]


def test_terms_of_insertions_reach_their_session():
    (filters,) = to_questions(
        {"subject": "a", "name": "probe00", "number": 1, "date_range": "2020-01-01", "qc": "PASS"}, INSERTIONS
    )
    assert filters["django"].split(",session__")[0] == "session__subject__nickname__iregex,a,name__iregex,probe00"
    assert "session__start_time__date__lte,2020-01-01" in filters["django"]
    assert filters["django"].endswith("json__qc,PASS")


def test_many_ids_and_regions_are_asked_for_in_turn():
    assert len(to_questions({"id": list(range(250))})) == 3
    assert len(to_questions({"subject": [f"mouse_{i:04d}" for i in range(250)]})) == 3
    questions = to_questions({"atlas_acronym": ["TH", "CA1"]})
    assert [one["atlas_acronym"] for one in questions] == ["TH", "CA1"]


@pytest.mark.parametrize("terms", [{"tag": "a,b"}, {"datasets": "a|b"}, {"location": "(a)"}])
def test_what_no_server_can_look_for_is_refused(terms):
    with pytest.raises(ValueError, match="no server can look for"):
        to_questions(terms)


def test_records_are_compared_as_rows_of_tables_are():
    record = {"subject": "KS014", "lab": "mylab", "projects": ["a", "b"], "task_protocol": "x"}
    assert is_meant(record, {"subject": "^ks", "projects": "^a,b$"})
    assert not is_meant(record, {"projects": "^b"})
    assert not is_meant({"name": "probe00", "session_info": record}, {"subject": "KS015", "name": "probe"})
    assert is_meant({"name": "probe00", "session_info": record}, {"name": "PROBE", "laboratory": "my"})
