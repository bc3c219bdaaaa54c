"""Cage cards: the PDF is read back, and its codes are decoded."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from bregma.alyx.colony import housing
from bregma.alyx.colony.cages.cards import Paper, cards_of, draw_cards
from bregma.alyx.colony.cages.cards.matrix import QUIET, qr_path, qr_rows
from bregma.alyx.colony.cages.selectors import cages_for
from bregma.alyx.colony.models import Cage, Licence, LicenceUse
from bregma.alyx.subjects.models import Allele, Line, Project, Subject, Zygosity

if TYPE_CHECKING:
    from tests.alyx.factories import World

MASKS = (
    lambda y, x: (y + x) % 2,
    lambda y, x: y % 2,
    lambda y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)
BLOCKS = {(2, 0): [28], (3, 0): [44], (4, 0): [32, 32], (5, 0): [43, 43], (6, 0): [27] * 4}
"""Data codewords of each block, by version and level M (ISO 18004, table 9)."""


def decode(rows: list[list[bool]]) -> str:
    """Read a QR code without a damaged module: ISO 18004, bytes only."""
    size = len(rows)
    version = (size - 17) // 4
    code = sum(rows[8][x] << (14 - i) for i, x in enumerate((0, 1, 2, 3, 4, 5, 7, 8))) ^ 0b101010000010010
    level, mask = code >> 13 & 3, MASKS[code >> 10 & 7]
    bits = "".join(str(int(rows[y][x] ^ (mask(y, x) == 0))) for y, x in path(size))
    words = [int(bits[i : i + 8], 2) for i in range(0, len(bits) - 7, 8)]
    blocks: list[list[int]] = [[] for _ in BLOCKS[version, level]]
    taken = iter(words)
    for i in range(max(BLOCKS[version, level])):
        for block, length in zip(blocks, BLOCKS[version, level], strict=True):
            if i < length:
                block.append(next(taken))
    data = "".join(f"{word:08b}" for block in blocks for word in block)
    assert data[:4] == "0100", "bytes"
    length = int(data[4:12], 2)
    return bytes(int(data[12 + 8 * i : 20 + 8 * i], 2) for i in range(length)).decode()


def path(size: int) -> list[tuple[int, int]]:
    """Return the modules that hold data, in their order."""
    found, upwards, right = [], True, size - 1
    while right > 0:
        for y in range(size - 1, -1, -1) if upwards else range(size):
            found += [(y, x) for x in (right, right - 1) if not is_pattern(y, x, size)]
        upwards, right = not upwards, right - 2 if right != 8 else 5
    return found


def is_pattern(y: int, x: int, size: int) -> bool:
    corner = (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9)
    aligned = size > 21 and abs(y - (size - 7)) < 3 and abs(x - (size - 7)) < 3
    return corner or aligned or y == 6 or x == 6


def codes_of(pdf: bytes) -> list[str]:
    """Read the codes of a PDF from the rectangles that are filled in it."""
    found = []
    for page in PdfReader(BytesIO(pdf)).pages:
        drawn = page.get_contents()
        assert drawn is not None
        lines = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re f", drawn.get_data().decode("latin-1"))
        boxes = [tuple(map(float, line)) for line in lines]
        starts = [i for i, box in enumerate(boxes) if i == 0 or abs(box[1] - boxes[i - 1][1]) > 5 * box[3]]
        found += [decode(modules(boxes[a:b])) for a, b in zip(starts, [*starts[1:], len(boxes)], strict=True)]
    return found


def modules(boxes: list[Any]) -> list[list[bool]]:
    side = boxes[0][3]
    left, top = min(box[0] for box in boxes), max(box[1] for box in boxes)
    size = round((max(box[0] + box[2] for box in boxes) - left) / side)
    rows = [[False] * size for _ in range(size)]
    for x, y, width, _ in boxes:
        for i in range(round(width / side)):
            rows[round((top - y) / side)][round((x - left) / side) + i] = True
    return rows


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def make_cage(world: World, name: str = "B-12", *names: str) -> Cage:
    bob = world.people["bob"]
    cage = housing.open_cage(lab=world.lab, name=name, by=bob, light_cycle=1)
    animals = [
        Subject.objects.create(nickname=one, lab=world.lab, sex="F", birth_date=date(2026, 1, 2), ear_mark="2L")
        for one in names
    ]
    housing.move_subjects(animals, cage, by=world.people["stock"])
    return cages_for(bob).get(pk=cage.pk)


@pytest.mark.parametrize("text", ["http://127.0.0.1:8000/c/x", "https://alyx.example.org/c/" + "0" * 36, "a" * 80])
def test_codes_hold_their_text(text: str) -> None:
    assert decode(qr_rows(text)) == text


def test_the_path_of_a_code_draws_its_modules() -> None:
    rows = qr_rows("https://alyx.example.org/c/1")
    dark = [(int(y) - QUIET, int(x) - QUIET, int(n)) for x, y, n in re.findall(r"M(\d+) (\d+)h(\d+)v", qr_path(rows))]
    assert sum(n for _, _, n in dark) == sum(map(sum, rows))
    assert all(rows[y][x + i] for y, x, n in dark for i in range(n))


def test_a_card_says_who_lives_there_under_what(world: World) -> None:
    line = Line.objects.create(name="Ai14", nickname="Ai14")
    allele = Allele.objects.create(nickname="tdTom")
    cage = make_cage(world, "B-12", *(f"KS_10{i}" for i in range(1, 6)))
    mouse = Subject.objects.get(nickname="KS_101")
    Subject.objects.filter(pk=mouse.pk).update(line=line, responsible_user=world.people["alice"])
    Zygosity.objects.create(subject=mouse, allele=allele, zygosity=1)
    mouse.projects.add(Project.objects.create(name="brainwide"))
    licence = Licence.objects.create(number="PPL 30/1234", lab=world.lab)
    LicenceUse.objects.create(licence=licence, subject=mouse)
    (text,) = texts(draw_cards(cards_of([cage])))
    for word in ("B-12", "mainenlab", "KS_101", "KS_105", "02 Jan 26", "Ai14", "tdTom +/-", "2L", "alice"):
        assert word in text, word
    for word in ("brainwide", "PPL 30/1234", "inverted light", f"{cage.opened_on:%d %b %Y}"):
        assert word in text, word


def test_the_code_on_paper_leads_to_the_cage(world: World) -> None:
    cage = make_cage(world)
    expected = f"{settings.BREGMA_URL}/c/{cage.pk}"
    for paper in Paper:
        assert codes_of(draw_cards(cards_of([cage]), paper)) == [expected]
    assert reverse("cage-scan", args=[cage.pk]) == f"/c/{cage.pk}"


def test_ten_cards_fill_a_sheet_and_each_label_holds_one(world: World) -> None:
    cages = [make_cage(world, f"C{i}") for i in range(11)]
    sheets, labels = (draw_cards(cards_of(cages), paper) for paper in Paper)
    assert [len(codes) for codes in (codes_of(sheets), texts(sheets), texts(labels))] == [11, 2, 11]
    box = PdfReader(BytesIO(labels)).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (100, 62)


def test_letters_of_other_scripts_are_written_or_visibly_replaced(world: World) -> None:
    cage = make_cage(world, "Клетка ñ 鼠")
    text = texts(draw_cards(cards_of([cage])))[0]
    assert "Клетка ñ ?" in text


def test_more_animals_than_there_is_room_for_are_counted(world: World) -> None:
    cage = housing.open_cage(lab=world.lab, name="many", by=world.people["bob"], capacity=40)
    animals = [Subject.objects.create(nickname=f"n{i:02d}", lab=world.lab) for i in range(30)]
    housing.move_subjects(animals, cage, by=world.people["stock"])
    text = texts(draw_cards(cards_of([cage])))[0]
    shown = len(re.findall(r"n\d\d", text))
    assert 5 <= shown < 30
    assert f"and {30 - shown} more" in text


def test_a_long_name_is_cut_not_written_over_the_code(world: World) -> None:
    text = texts(draw_cards(cards_of([make_cage(world, "x" * 64)])))[0]
    assert "…" in text


def test_the_page_answers_with_the_cards(world: World) -> None:
    cage, client = make_cage(world), Client()
    client.force_login(world.people["bob"])
    answer = client.get(reverse("cage-cards"), {"cage": cage.pk, "paper": "label"})
    assert answer["Content-Type"] == "application/pdf"
    assert codes_of(answer.content) == [f"{settings.BREGMA_URL}/c/{cage.pk}"]
    for wrong in ({}, {"cage": "x"}, {"cage": world.lab.pk}, {"cage": cage.pk, "paper": "a3"}):
        assert client.get(reverse("cage-cards"), wrong).status_code == 404
