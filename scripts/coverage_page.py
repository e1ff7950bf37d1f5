"""The page that says, row by row, what became of the article that started this project."""

import sys
from collections import Counter
from collections.abc import Iterable

from matside.content.coverage import Coverage, Disagreement, Kind, Row, check_coverage, places, shown_on
from matside.content.language import Library
from matside.content.library import load_coverage, load_library

INTRO = """\
# What became of the article

matside began with a public article on back pain in pregnancy and after birth. Here is every statement of
it, in our own words, and what it became: a guided exercise, a reminder, an information card (`matside
learn`), a gate that blocks or changes what is offered, or nothing, for the stated reason. Several rows
became more than one of them. None of the article's text is used, and its publishers have nothing to do
with this program.

The page is written from `src/matside/content/data/`: exercises and cards name the rows that they answer,
and `coverage.toml` knows the rest. It can't be written while a row has no place.
"""
DISAGREEMENTS = """\
## Where the article and other sources differ

Both sides are told on the cards named last; exercises show theirs in [exercises.md](exercises.md).
"""
WORDS = {
    Kind.EXERCISE: "exercise",
    Kind.REMINDER: "reminder",
    Kind.CARD: "card",
    Kind.GATE: "gate",
    Kind.LEFT_OUT: "left out",
}


def coverage_page() -> str:
    """Write the page.

    Raises:
        SystemExit: A row has no place, or names what doesn't exist.
    """
    library, coverage = load_library(), load_coverage()
    problems = [str(problem) for problem in check_coverage(coverage, library)]
    if problems:
        sys.exit("docs/coverage.md can't be written:\n" + "\n".join(problems))
    return _page(coverage, library)


def _page(coverage: Coverage, library: Library) -> str:
    counts = Counter(kind for row in coverage.rows.values() for kind in places(row, library))
    parts = [INTRO, "| became | rows |\n| --- | --- |"]
    parts += [f"| {WORDS[kind]} | {counts[kind]} |" for kind in Kind]
    parts += ["\n## Row by row\n", "| row | the article says | became | where |\n| --- | --- | --- | --- |"]
    parts += [_row(row, library) for row in coverage.rows.values()]
    parts += [f"\n{DISAGREEMENTS}"]
    parts += ["| | about | the article | others | here | cards |\n| --- | --- | --- | --- | --- | --- |"]
    parts += [_disagreement(each, library) for each in coverage.disagreements.values()]
    return "\n".join(parts) + "\n"


def _row(row: Row, library: Library) -> str:
    here = places(row, library)
    where = [_where(kind, names, library) for kind, names in here.items() if kind is not Kind.LEFT_OUT]
    if row.routines:
        where.append("sessions " + ", ".join(f"`{name}`" for name in row.routines))
    told = "; ".join(where) + ("." if where else "")
    told = " ".join(part for part in (told, row.left_out, row.note) if part)
    return _cells((row.id, row.says, ", ".join(WORDS[kind] for kind in here), told))


def _where(kind: Kind, names: Iterable[str], library: Library) -> str:
    if kind is Kind.EXERCISE:
        links = [f"[`{name}`](exercises.md#{_anchor(name, library)})" for name in names]
    else:
        links = [f"`{name}`" for name in names]
    return f"{WORDS[kind]} {', '.join(links)}"


def _anchor(name: str, library: Library) -> str:
    """Give the anchor of an exercise's heading, as it stands in exercises.md."""
    title = f"{library.languages['en'].exercises[name].name} {name}".lower()
    kept = "".join(letter for letter in title if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _disagreement(each: Disagreement, library: Library) -> str:
    cards = ", ".join(f"`{name}`" for name in shown_on(each, library))
    return _cells((each.id, each.topic, each.article, each.others, each.followed, cards))


def _cells(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
