"""What became of every row of the article: an exercise, a reminder, a card, a gate, or left out and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matside.content.language import Library
from matside.content.reader import Problem, Table, nearest

COVERAGE_SCHEMA = "coverage/1"
ROWS = tuple(f"S{number:02}" for number in range(1, 57))
DISAGREEMENTS = tuple(f"D{number}" for number in range(1, 18))


class Kind(StrEnum):
    """What a row may become."""

    EXERCISE = "exercise"
    REMINDER = "reminder"
    CARD = "card"
    GATE = "gate"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the article, and what only the coverage file knows of it.

    Attributes:
        says: The row in our own words.
        types: What it has to be; each needs a place.
        gates: Exercises whose gates, flags, variants or equipment carry it.
        passages: Spoken passages that remind of it.
        routines: Sessions that carry its dose.
        left_out: Why it, or a part of it, isn't there.
    """

    id: str
    says: str
    types: tuple[Kind, ...]
    gates: tuple[str, ...] = ()
    reminders: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    routines: tuple[str, ...] = ()
    left_out: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Where the article and other sources differ, and what is followed."""

    id: str
    topic: str
    article: str
    others: str
    followed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The whole register."""

    rows: Mapping[str, Row]
    disagreements: Mapping[str, Disagreement]


def read_coverage(table: Table) -> Coverage:
    """Read the coverage file."""
    rows, both = table.table("rows"), table.table("disagreements")
    return Coverage(
        rows={name: _read_row(rows.table(name), name) for name in rows.names()},
        disagreements={name: _read_disagreement(both.table(name), name) for name in both.names()},
    )


def _read_row(table: Table, name: str) -> Row:
    row = Row(
        id=name,
        says=table.text("says"),
        types=table.choices("types", Kind),
        gates=table.texts("gates"),
        reminders=table.texts("reminders"),
        passages=table.texts("passages"),
        routines=table.texts("routines"),
        left_out=table.text("left_out", default=""),
        note=table.text("note", default=""),
    )
    table.done()
    return row


def _read_disagreement(table: Table, name: str) -> Disagreement:
    found = Disagreement(
        id=name,
        topic=table.text("topic"),
        article=table.text("article"),
        others=table.text("others"),
        followed=table.text("followed"),
    )
    table.done()
    return found


def places(row: Row, library: Library) -> Mapping[Kind, tuple[str, ...]]:
    """Find where a row lives, by what it became; what has no place is left out of the mapping."""
    found = {
        Kind.EXERCISE: tuple(each.id for each in library.exercises.values() if row.id in each.seed_refs),
        Kind.REMINDER: (*row.reminders, *row.passages),
        Kind.CARD: tuple(card.id for card in library.cards.values() if row.id in card.seed_refs),
        Kind.GATE: row.gates,
        Kind.LEFT_OUT: (row.left_out,) if row.left_out else (),
    }
    return {kind: names for kind, names in found.items() if names}


def shown_on(disagreement: Disagreement, library: Library) -> tuple[str, ...]:
    """List the cards that tell both sides of a disagreement."""
    return tuple(card.id for card in library.cards.values() if disagreement.id in card.disagreements)


def check_coverage(coverage: Coverage, library: Library) -> Iterator[Problem]:
    """Find rows that are missing or empty, and names of what doesn't exist."""
    for name in (*ROWS, *DISAGREEMENTS):
        if name not in coverage.rows and name not in coverage.disagreements:
            yield _problem(name, "a row", "nothing")
    for row in coverage.rows.values():
        if row.id not in ROWS:
            yield _problem(row.id, "a row from S01 to S56", "another")
        if not row.types:
            yield _problem(row.id, "what it became", "nothing")
        here = places(row, library)
        for kind in row.types:
            if kind not in here:
                yield _problem(row.id, f"a place as {kind.value}", "none")
        yield from _unknown_names(row, library)
    for disagreement in coverage.disagreements.values():
        if not shown_on(disagreement, library):
            yield _problem(disagreement.id, "a card that tells both sides", "none")
    yield from _unknown_refs(library)


def _unknown_names(row: Row, library: Library) -> Iterator[Problem]:
    reminders = {name for language in library.languages.values() for name in language.reminders}
    kinds = (
        ("an exercise", row.gates, library.exercises),
        ("a reminder", row.reminders, reminders),
        ("a passage", row.passages, library.passages),
        ("a routine", row.routines, library.routines),
    )
    for what, names, known in kinds:
        for name in names:
            if name not in known:
                yield _problem(row.id, f"{what} that exists{nearest(name, known)}", f'"{name}"')


def _unknown_refs(library: Library) -> Iterator[Problem]:
    named = {f"exercises/{each.id}": each.seed_refs for each in library.exercises.values()}
    named |= {f"cards/{card.id}": (*card.seed_refs, *card.disagreements) for card in library.cards.values()}
    for place, refs in named.items():
        for ref in refs:
            if ref not in ROWS and ref not in DISAGREEMENTS:
                yield Problem(file=place, key_path="seed_refs", expected="a row that exists", found=ref)


def _problem(row: str, expected: str, found: str) -> Problem:
    return Problem(file="coverage.toml", key_path=row, expected=expected, found=found)
