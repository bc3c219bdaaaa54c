"""Lists of the admin as files, and rows entered from files."""

import csv
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.alyx.factories import World

from bregma.alyx.access.models import ApiToken
from bregma.alyx.actions.models import Surgery, Weighing
from bregma.alyx.admin_site.files import rows as reading
from bregma.alyx.data.models import DataRepository, DatasetType
from bregma.alyx.misc.models import LabMember
from bregma.alyx.subjects.models import Line, Subject

CSV, XLSX = "0", "1"


def address(model: type, page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def preview(client: Client, model: type, content: str | bytes, kind: str = CSV) -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("rows.xlsx" if kind == XLSX else "rows.csv", data)
    return client.post(address(model, "import"), {"import_file": file, "format": kind, "resource": ""})


def confirm(client: Client, model: type, page: Any) -> Any:
    sent = page.context["confirm_form"].initial
    return client.post(address(model, "process_import"), sent, follow=True)


def send_in(client: Client, model: type, content: str | bytes, kind: str = CSV) -> Any:
    return confirm(client, model, preview(client, model, content, kind))


def download(client: Client, model: type, kind: str = CSV, query: str = "") -> Any:
    answer = client.post(address(model, "export") + query, {"format": kind, "resource": ""})
    assert answer.status_code == 200
    return answer.content


def cells(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode())))


def said(page: Any) -> str:
    return page.content.decode().replace("&#x27;", "'").replace("&quot;", '"')


def test_an_export_names_rows_by_what_people_call_them(enter: Any, world: World) -> None:
    (row,) = cells(download(enter("alice"), Subject))
    assert (row["nickname"], row["lab"], row["responsible_user"]) == ("KS014", "mainenlab", "alice")
    assert row["sex"] == "Male"
    assert row["id"] == str(world.subject.pk)


def test_an_export_keeps_to_the_filters_of_the_list(enter: Any, world: World) -> None:
    Subject.objects.create(nickname="F1", lab=world.lab, sex="F")
    found = cells(download(enter("alice"), Subject, query="?sex__exact=F"))
    assert [row["nickname"] for row in found] == ["F1"]


def test_an_export_costs_the_same_queries_however_many_rows(
    enter: Any, world: World, django_assert_max_num_queries: Any
) -> None:
    counts, client = [], enter("alice")
    for n in (3, 40):
        for i in range(n):
            Weighing.objects.create(subject=world.subject, weight=20 + i, user=world.people["bob"])
        with django_assert_max_num_queries(12) as queries:
            download(client, Weighing)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_formulas_are_exported_as_text_and_read_back_as_written(enter: Any, world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(description="=HYPERLINK(1)")
    content = download(enter("alice"), Subject)
    assert cells(content)[0]["description"] == "'=HYPERLINK(1)"
    page = preview(enter("alice"), Subject, content)
    assert [row.import_type for row in page.context["result"].rows] == ["skip"]


def test_a_workbook_is_written_and_read(enter: Any, world: World) -> None:
    book = openpyxl.load_workbook(BytesIO(download(enter("alice"), Subject, XLSX)))
    header, first = list(book.active.values)
    row = dict(zip(header, first, strict=True))
    assert row["nickname"] == "KS014"
    sheet = book.active
    sheet.cell(2, header.index("description") + 1).value = "tame"
    changed = BytesIO()
    book.save(changed)
    send_in(enter("alice"), Subject, changed.getvalue(), XLSX)
    world.subject.refresh_from_db()
    assert world.subject.description == "tame"


@pytest.mark.parametrize(("model", "secret"), [(ApiToken, "digest"), (LabMember, "password"), (DataRepository, "json")])
def test_secrets_are_in_no_file(enter: Any, world: World, model: type, secret: str) -> None:
    assert secret not in download(enter("alice"), model).decode().splitlines()[0].split(",")


def test_subjects_are_entered_after_a_preview(enter: Any, world: World) -> None:
    client = enter("alice")
    table = "nickname,lab,sex,birth_date,cage\nA1,mainenlab,F,2024-01-02,c7\nA2,mainenlab,male,2024-01-02,c7\n"
    page = preview(client, Subject, table)
    assert [row.import_type for row in page.context["result"].rows] == ["new", "new"]
    assert not Subject.objects.filter(nickname="A1").exists()
    confirm(client, Subject, page)
    first = Subject.objects.get(nickname="A1")
    assert (first.sex, str(first.birth_date), first.cage) == ("F", "2024-01-02", "c7")
    assert first.housing_subjects.count() == 1, "the cage is a move, as on the pages"


def test_a_preview_shows_what_changes_in_rows_that_are_there(enter: Any, world: World) -> None:
    page = preview(enter("alice"), Subject, "nickname,lab,description\nKS014,mainenlab,<b>tame</b>\n")
    (row,) = page.context["result"].rows
    assert row.import_type == "update"
    assert "<ins>&lt;b&gt;tame&lt;/b&gt;</ins>" in "".join(map(str, row.diff))


def test_errors_name_row_column_and_value(enter: Any, world: World) -> None:
    table = "subject,weight,date_time\nKS014,21.5,2024-02-01 10:00\nKS999,21,\nKS014,heavy,yesterday\n"
    page = preview(enter("alice"), Weighing, table)
    found = {row.number: row.field_specific_errors for row in page.context["result"].invalid_rows}
    assert "'KS999'" in found[2]["subject"][0]
    assert "'heavy'" in found[3]["weight"][0]
    assert "'yesterday'" in found[3]["date_time"][0]
    assert "confirm_form" not in page.context
    assert "KS999" in said(page)


def test_one_bad_row_keeps_out_all_others(enter: Any, world: World) -> None:
    client = enter("alice")
    page = preview(client, Weighing, "subject,weight\nKS014,21\n")
    Subject.objects.filter(pk=world.subject.pk).update(nickname="KS015")
    answer = confirm(client, Weighing, page)
    assert "Nothing was imported" in said(answer)
    assert not Weighing.objects.exists()


def test_rows_of_strangers_are_refused_with_words(enter: Any, world: World) -> None:
    page = preview(enter("charlie"), Weighing, "subject,weight\nKS014,21\n")
    assert "may not write" in said(page)
    assert not Weighing.objects.exists()


@pytest.mark.parametrize("name", ["visitor"])
def test_the_public_enters_nothing(enter: Any, world: World, name: str) -> None:
    assert enter(name).get(address(Weighing, "import")).status_code == 302
    assert enter(name).get(address(Weighing, "export")).status_code == 302


def test_guests_have_no_files(enter: Any, world: World) -> None:
    from bregma.alyx.misc.models import LabMembership

    LabMembership.objects.filter(user=world.people["charlie"]).delete()
    LabMembership.objects.create(user=world.people["charlie"], lab=world.lab, role="guest")
    for page in ("import", "export"):
        assert enter("charlie").get(address(Weighing, page)).status_code == 403


def test_words_of_the_database_are_entered_by_those_who_may(enter: Any, world: World) -> None:
    assert enter("alice").get(address(Line, "import")).status_code == 403
    send_in(enter("stock"), Line, "nickname,name,lab\nAi95,Ai95(RCL),mainenlab\n")
    assert Line.objects.get(nickname="Ai95").lab == world.lab


def test_an_import_has_the_effects_of_the_service(enter: Any, world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(actual_severity=2)
    table = "subject;start_time;outcome_type;implant_weight;users\nKS014;2024-02-01 09:00;Recovery;1,2;alice\n"
    page = preview(enter("alice"), Surgery, table)
    assert "'1,2'" in said(page)
    send_in(enter("alice"), Surgery, table.replace("1,2", "1.2"))
    world.subject.refresh_from_db()
    assert (world.subject.protocol_number, world.subject.actual_severity) == ("2", 3)
    assert [user.username for user in Surgery.objects.get().users.all()] == ["alice"]


def test_dataset_types_are_checked_by_their_service(enter: Any, world: World) -> None:
    page = preview(enter("alice"), DatasetType, "name,filename_pattern\nnew.type,*trials.table*\n")
    assert "matches files of other types" in said(page)


def test_a_file_of_too_many_rows_is_sent_in_parts(enter: Any, world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS_IN", 2)
    page = preview(enter("alice"), Weighing, "subject,weight\n" + "KS014,21\n" * 3)
    assert "3 rows are too many at once" in said(page)
    assert "Traceback" not in said(page)


def test_an_unknown_column_is_named(enter: Any, world: World) -> None:
    assert "no column 'wheight'" in said(preview(enter("alice"), Weighing, "subject,wheight\nKS014,21\n"))


def test_a_preview_that_is_too_old_is_said(enter: Any, world: World) -> None:
    from django.core.cache import caches

    client = enter("alice")
    page = preview(client, Weighing, "subject,weight\nKS014,21\n")
    caches["shared"].clear()
    assert "older than an hour" in said(confirm(client, Weighing, page))


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_unread(enter: Any) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b" " * 25_000_000)
    page = preview(enter("root"), Line, packed.getvalue(), XLSX)
    assert page.status_code == 200
    assert "the workbook unpacks to 25 MB" in page.content.decode()
