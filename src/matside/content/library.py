"""Everything that ships, loaded once; and the routine files that a person brings."""

import functools
from collections.abc import Callable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

from matside.content.broken import exercise_of, routine_of, without_broken
from matside.content.coverage import COVERAGE_SCHEMA, Coverage, read_coverage
from matside.content.document import ContentProblems, decode
from matside.content.dose import read_dose
from matside.content.exercise import Exercise
from matside.content.language import Language, Library
from matside.content.parse import EXERCISE_SCHEMA, read_exercise, read_schema
from matside.content.parse_card import (
    ABOUT_SCHEMA,
    CARD_TEXTS_SCHEMA,
    CARDS_SCHEMA,
    REMINDER_TEXTS_SCHEMA,
    read_about,
    read_card,
    read_card_text,
    read_reminder_text,
)
from matside.content.parse_language import (
    read_exercise_text,
    read_line,
    read_passage_text,
    read_phrasebook,
    read_positions,
    read_routine_text,
)
from matside.content.parse_routine import ROUTINE_SCHEMA, read_check, read_passage, read_routine
from matside.content.reader import Problem, Table
from matside.content.review import REVIEW_SCHEMA, REVIEWED, Review, read_review
from matside.content.routine import Routine
from matside.content.rule import RULES_SCHEMA, read_rule
from matside.content.screening import read_screening

Read = TypeVar("Read")

LANGUAGE_FILES = {
    "language": "language/1",
    "lines": "lines/1",
    "questions": "questions/1",
    "phrasebook": "phrasebook/1",
    "planning": "planning/1",
    "screens": "screens/1",
    "screening": "screening-texts/1",
    "about": ABOUT_SCHEMA,
}
"""A language's files whose tables are known by name, with their schemas; the others are read key by key."""


@functools.cache
def load_library() -> Library:
    """Load all content that ships with the program; the second call costs nothing.

    Raises:
        ContentProblems: The installation is damaged.
    """
    return load_folder(resources.files("matside.content") / "data")


def load_coverage() -> Coverage:
    """Load what became of every row of the article; nothing but the documents needs it.

    Raises:
        ContentProblems: The file can't be used.
    """
    return _load_one("coverage.toml", COVERAGE_SCHEMA, read_coverage)


def load_review() -> Review:
    """Load what a clinician must decide, and who has signed what; nothing but the documents needs it.

    Raises:
        ContentProblems: The file can't be used.
    """
    return _load_one("review.toml", REVIEW_SCHEMA, read_review)


def _load_one(name: str, schema: str, read: Callable[[Table], Read]) -> Read:
    problems: list[Problem] = []
    table = _open(resources.files("matside.content") / "data" / name, problems)
    read_schema(table, schema)
    found = read(table)
    table.done()
    if problems:
        raise ContentProblems(problems)
    return found


def drafts(library: Library) -> tuple[str, ...]:
    """List the exercises and cards that no clinician has reviewed; the program says so while any is left."""
    reviews = {exercise.id: exercise.review_status for exercise in library.exercises.values()}
    reviews |= {card.id: card.review_status for card in library.cards.values()}
    return tuple(name for name, status in reviews.items() if status != REVIEWED)


def load_folder(data: Traversable) -> Library:
    """Load a whole folder of content.

    An exercise or a routine that breaks a rule is left out, and told in the library's problems.

    Raises:
        ContentProblems: With everything that is wrong, where it is in a file that all of them need.
    """
    problems: list[Problem] = []
    library = Library(
        exercises=_load_all(data / "exercises", problems, _exercise),
        passages=_load_keyed(data / "passages.toml", "passages/1", problems, read_passage),
        checks=_load_keyed(data / "checks.toml", "checks/1", problems, read_check),
        routines=_load_all(data / "routines", problems, _routine),
        languages=_load_languages(data / "languages", problems),
        screening=_load_keyed(data / "screening.toml", "screening/1", problems, read_screening),
        rules=_load_keyed(data / "rules.toml", RULES_SCHEMA, problems, read_rule),
        doses=_load_keyed(data / "doses.toml", "doses/1", problems, read_dose),
        cards=_load_keyed(data / "cards.toml", CARDS_SCHEMA, problems, read_card),
    )
    elsewhere = [one for one in problems if exercise_of(one) is None and routine_of(one) is None]
    if elsewhere:
        raise ContentProblems(problems)
    return without_broken(library, problems)


def _open(file: Traversable, problems: list[Problem], *, folder: str = "") -> Table:
    name = f"{folder}/{file.name}" if folder else file.name
    try:
        values = decode(file.read_bytes(), name)
    except OSError as error:
        problems.append(
            Problem(file=name, key_path="", expected="a file", found=error.strerror or str(error))
        )
        values = {}
    except ContentProblems as error:
        problems.extend(error.problems)
        values = {}
    return Table(values, problems, file=name)


def _load_all(
    folder: Traversable, problems: list[Problem], read: Callable[[Table], Read]
) -> Mapping[str, Read]:
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name.removesuffix(".toml"),
    )
    opened = {file: _open(file, problems, folder=folder.name) for file in files}
    return MappingProxyType({file.name.removesuffix(".toml"): read(table) for file, table in opened.items()})


def _exercise(table: Table) -> Exercise:
    read_schema(table, EXERCISE_SCHEMA)
    exercise = read_exercise(table)
    table.done()
    return exercise


def _routine(table: Table) -> Routine:
    read_schema(table, ROUTINE_SCHEMA)
    routine = read_routine(table)
    table.done()
    return routine


def _load_keyed(
    file: Traversable,
    schema: str,
    problems: list[Problem],
    read: Callable[[Table, str], Read],
    *,
    folder: str = "",
) -> Mapping[str, Read]:
    table = _open(file, problems, folder=folder)
    read_schema(table, schema)
    return MappingProxyType({key: read(table.table(key), key) for key in table.names() if key != "schema"})


def _load_languages(folder: Traversable, problems: list[Problem]) -> Mapping[str, Language]:
    codes = sorted(entry.name for entry in folder.iterdir() if (entry / "language.toml").is_file())
    return MappingProxyType({code: _load_language(folder / code, problems) for code in codes})


def _load_language(folder: Traversable, problems: list[Problem]) -> Language:
    files = {name: _open(folder / f"{name}.toml", problems, folder=folder.name) for name in LANGUAGE_FILES}
    for name, schema in LANGUAGE_FILES.items():
        read_schema(files[name], schema)
    about, lines = files["language"], files["lines"]

    def texts(name: str, schema: str, read: Callable[[Table], Read]) -> Mapping[str, Read]:
        file = folder / f"{name}.toml"
        return _load_keyed(file, schema, problems, lambda table, _: read(table), folder=folder.name)

    language = Language(
        code=about.id("code"),
        name=about.text("name"),
        voices=about.table("voices").each(Table.texts),
        rate_wpm=about.whole("rate_wpm", 60, 400),
        model=about.text("model"),
        banned=about.texts("banned"),
        never=about.table("never").each(Table.texts),
        lines=lines.table("lines").each(read_line),
        phrasebook=read_phrasebook(files["phrasebook"]),
        exercises=texts("exercises", "exercise-texts/1", read_exercise_text),
        passages=texts("passages", "passage-texts/1", read_passage_text),
        routines=texts("routines", "routine-texts/1", read_routine_text),
        positions=read_positions(lines.table("positions")),
        exits=read_positions(lines.table("exits")),
        equipment=lines.table("equipment").each(Table.text),
        questions=files["questions"].table("questions").each(Table.wording),
        planning=files["planning"].table("planning").each(Table.text),
        screens=files["screens"].table("screens").each(Table.text),
        screening=files["screening"].table("screening").each(Table.text),
        cards=texts("cards", CARD_TEXTS_SCHEMA, read_card_text),
        about=read_about(files["about"]),
        reminders=texts("reminders", REMINDER_TEXTS_SCHEMA, read_reminder_text),
    )
    for name, table in files.items():
        if name != "phrasebook":  # its reader is done with it
            table.done()
    return language
