"""What became of the article: no row is empty, and every name leads to something that exists."""

import dataclasses

import pytest

from matside.content.coverage import DISAGREEMENTS, ROWS, Kind, check_coverage, places, shown_on
from matside.content.library import load_coverage, load_library

LIBRARY = load_library()
COVERAGE = load_coverage()


def with_row(name, **changes):
    row = dataclasses.replace(COVERAGE.rows[name], **changes)
    return dataclasses.replace(COVERAGE, rows={**COVERAGE.rows, name: row})


def told(coverage, library=LIBRARY):
    return [f"{problem.key_path}: {problem.expected}" for problem in check_coverage(coverage, library)]


def test_all_rows_of_the_article_are_there_and_none_is_empty():
    assert told(COVERAGE) == []
    assert tuple(COVERAGE.rows) == ROWS
    assert len(ROWS) == 56
    assert all(places(row, LIBRARY) for row in COVERAGE.rows.values())


def test_all_disagreements_are_told_on_a_card():
    assert tuple(COVERAGE.disagreements) == DISAGREEMENTS
    assert all("article" in shown_on(each, LIBRARY) for each in COVERAGE.disagreements.values())


def test_what_is_left_out_says_why():
    left_out = {name for name, row in COVERAGE.rows.items() if Kind.LEFT_OUT in row.types}
    assert {"S31", "S44", "S55"} <= left_out
    assert all(COVERAGE.rows[name].left_out for name in left_out)


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("S10", {"types": ()}, "S10: what it became"),
        ("S10", {"types": (Kind.EXERCISE,)}, "S10: a place as exercise"),
        ("S55", {"left_out": ""}, "S55: a place as left-out"),
        ("S35", {"gates": ("brigde",)}, 'S35: an exercise that exists (did you mean "bridge"?)'),
        ("S13", {"reminders": ("noon",)}, "S13: a reminder that exists"),
        ("S08", {"passages": ("close-moon",)}, "S08: a passage that exists"),
        ("S53", {"routines": ("brake",)}, "S53: a routine that exists"),
    ],
)
def test_a_row_that_is_empty_or_names_nothing_is_found(name, changes, expected):
    assert any(problem.startswith(expected) for problem in told(with_row(name, **changes)))


def test_a_missing_row_is_found():
    rows = {name: row for name, row in COVERAGE.rows.items() if name != "S12"}
    assert "S12: a row" in told(dataclasses.replace(COVERAGE, rows=rows))


def test_a_row_loses_its_place_when_its_card_goes():
    cards = {name: card for name, card in LIBRARY.cards.items() if name != "warmth"}
    assert "S10: a place as card" in told(COVERAGE, dataclasses.replace(LIBRARY, cards=cards))


def test_a_reference_to_no_row_is_found():
    bridge = dataclasses.replace(LIBRARY.exercises["bridge"], seed_refs=("S33", "S99"))
    library = dataclasses.replace(LIBRARY, exercises={**LIBRARY.exercises, "bridge": bridge})
    assert any("a row that exists" in problem for problem in told(COVERAGE, library))
