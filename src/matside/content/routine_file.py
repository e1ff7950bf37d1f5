"""Routine and exercise files that a person brings: read, checked against the library, and joined to it."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from matside.content.document import ContentProblems, decode, read_bytes, read_document
from matside.content.exercise import Exercise, ExerciseText
from matside.content.language import Language, Library
from matside.content.length import routine_ms
from matside.content.library import load_library
from matside.content.lint import lint_exercise, lint_routine, missing_words, words_out_of_place
from matside.content.lint_own import lint_own_routine
from matside.content.parse import EXERCISE_SCHEMA, read_exercise, read_schema
from matside.content.parse_language import read_exercise_text, read_routine_text
from matside.content.parse_routine import ROUTINE_SCHEMA, read_routine
from matside.content.reader import Problem, Table, nearest, visible
from matside.content.routine import Routine, RoutineText
from matside.errors import UsageError

Texts = Mapping[str, ExerciseText]
"""An exercise's words by language code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineFile:
    """A routine that was asked for, wherever it came from.

    Attributes:
        library: The shipped library with the file's own exercises and words added.
        path: The file; None for a routine that ships.
        text: The file's text, so that an interrupted session can go on when the file has changed since.
    """

    routine: Routine
    library: Library
    path: Path | None = None
    text: str = ""


def find_routine(name_or_path: str, library: Library, *, language: str | None = None) -> RoutineFile:
    """Find a routine by its name, or read it from a file.

    The language is the one that will be spoken: the file's own exercises must bring words for it.

    Raises:
        UsageError: Neither a routine nor a file has that name.
        ContentProblems: The file can't be used.
    """
    name = name_or_path.strip().lower()
    shipped = library.routines.get(name) or _by_alias(name, library)
    if shipped is not None:
        return RoutineFile(routine=shipped, library=library)
    path = Path(name_or_path)
    if path.suffix == ".toml" or "/" in name_or_path or "\\" in name_or_path or _is_there(path):
        return read_routine_file(path, library, language=language)
    raise UsageError(
        f'There is no routine "{visible(name_or_path)}"{nearest(name_or_path.lower(), library.routines)}.',
        hint="`matside routines` lists them; the path of a routine file does too.",
    )


def _by_alias(name: str, library: Library) -> Routine | None:
    return next((one for one in library.routines.values() if name in one.aliases), None)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_routine_file(path: Path, library: Library, *, language: str | None = None) -> RoutineFile:
    """Read a person's routine, with the exercises of its own that it may hold.

    The language is the one that will be spoken: own exercises must bring words for it; None asks for words
    in at least one language.

    Raises:
        ContentProblems: With everything that is wrong with the file.
    """
    return parse_routine_file(read_bytes(path), path, library, language=language)


def parse_routine_file(
    content: bytes, path: Path, library: Library, *, language: str | None = None
) -> RoutineFile:
    """Parse the content of a person's routine; see `read_routine_file`.

    Raises:
        ContentProblems: With everything that is wrong with it.
    """
    problems: list[Problem] = []
    file = visible(str(path), 200)
    table = Table(decode(content, file), problems, file=file)
    read_schema(table, ROUTINE_SCHEMA)
    routine = read_routine(table)
    names = _routine_texts(table.table_or_none("text"))
    own: list[tuple[Exercise, Texts]] = []
    for inline in table.tables("exercise"):
        if inline.has("schema"):
            read_schema(inline, EXERCISE_SCHEMA)
        own.append((read_exercise(inline), _exercise_texts(inline.table_or_none("text"))))
        inline.done()
    table.done()
    joined = _join(library, routine, names, own)
    if problems:
        problems += _unknown_names(routine, joined, problems, file=file)
    _raise_any(problems)
    problems += _check_own(own, library, joined, file=file, language=language)
    problems += [dataclasses.replace(found, file=file) for found in lint_own_routine(routine, joined)]
    _raise_any(problems)
    if not routine.total_ms:
        total_ms = routine_ms(routine, joined.exercises, joined.passages)
        routine = dataclasses.replace(routine, total_ms=total_ms)
    joined = dataclasses.replace(joined, routines={**joined.routines, routine.id: routine})
    text = content.decode("utf-8-sig")
    return RoutineFile(routine=routine, library=joined, path=path, text=text)


def _unknown_names(routine: Routine, joined: Library, problems: list[Problem], *, file: str) -> list[Problem]:
    """Tell what a file names that isn't there, where its form has problems already.

    No more than that can be told then: stand-ins would cause problems that aren't there.
    """
    told = {problem.key_path for problem in problems}
    has_bad_exercise = any(path.startswith("exercise[") for path in told)
    return [
        dataclasses.replace(found, file=file)
        for found in lint_routine(dataclasses.replace(routine, total_ms=0), joined)
        if found.key_path not in told and found.found != '""'
        if not (has_bad_exercise and found.key_path.endswith((".level", ".exercise")))
    ]


def _raise_any(problems: list[Problem]) -> None:
    if problems:
        raise ContentProblems(problems)


def _exercise_texts(table: Table | None) -> Texts:
    return {code: read_exercise_text(table.table(code)) for code in table.names()} if table else {}


def _routine_texts(table: Table | None) -> Mapping[str, RoutineText]:
    return {code: read_routine_text(table.table(code)) for code in table.names()} if table else {}


def _join(
    library: Library, routine: Routine, names: Mapping[str, RoutineText], own: list[tuple[Exercise, Texts]]
) -> Library:
    """Add a file's exercises and words to a library; a name missing in one language is taken from another."""
    fallback = next(iter(names.values()), RoutineText(name=routine.id, summary=""))
    languages: dict[str, Language] = {}
    for code, language in library.languages.items():
        texts = {exercise.id: texts[code] for exercise, texts in own if code in texts}
        languages[code] = dataclasses.replace(
            language,
            exercises={**texts, **language.exercises},
            routines={**language.routines, routine.id: names.get(code, fallback)},
        )
    exercises = {exercise.id: exercise for exercise, _ in own}
    return dataclasses.replace(library, exercises={**exercises, **library.exercises}, languages=languages)


def _check_own(
    own: list[tuple[Exercise, Texts]],
    library: Library,
    joined: Library,
    *,
    file: str,
    language: str | None,
) -> Iterable[Problem]:
    """Check a file's own exercises: new names, whole ladders, words without commands in them."""
    seen: set[str] = set()
    for index, (exercise, texts) in enumerate(own):
        path = f"exercise[{index}]"
        if exercise.id in library.exercises or exercise.id in seen:
            yield _problem(file, f"{path}.id", "an id that no other exercise has", f'"{exercise.id}"')
        seen.add(exercise.id)
        for found in lint_exercise(exercise, joined.exercises):
            yield dataclasses.replace(found, file=file, key_path=f"{path}.{found.key_path}")
        if not texts and language is None:
            yield _problem(file, f"{path}.text", "words in at least one language", "nothing")
        if language is not None and language not in texts:
            yield _problem(file, f"{path}.text.{language}", f'words in "{language}"', "nothing")
        for code, text in texts.items():
            yield from _check_text(exercise, text, joined, file=file, path=f"{path}.text.{code}")


def _problem(file: str, key_path: str, expected: str, found: str) -> Problem:
    return Problem(file=file, key_path=key_path, expected=expected, found=found)


def _check_text(
    exercise: Exercise, text: ExerciseText, library: Library, *, file: str, path: str
) -> Iterable[Problem]:
    yield from missing_words(exercise, text, file, path)
    language = library.languages.get(path.rpartition(".")[2])
    if language is not None:
        yield from words_out_of_place(text, language, file, path)


def validate_files(paths: Iterable[Path]) -> list[Problem]:
    """Check routine and exercise files, each by the schema that it names.

    Returns:
        Everything that is wrong with any of them, in the order of the files.
    """
    library = load_library()
    problems: list[Problem] = []
    for path in paths:
        try:
            if read_document(path).get("schema") == EXERCISE_SCHEMA:
                _check_exercise_file(path, library)
            else:
                read_routine_file(path, library)
        except ContentProblems as error:
            problems += error.problems
    return problems


def _check_exercise_file(path: Path, library: Library) -> None:
    problems: list[Problem] = []
    file = visible(str(path), 200)
    table = Table(read_document(path), problems, file=file)
    read_schema(table, EXERCISE_SCHEMA)
    exercise = read_exercise(table)
    texts = _exercise_texts(table.table_or_none("text"))
    table.done()
    _raise_any(problems)
    known = {**library.exercises, exercise.id: exercise}
    problems += [dataclasses.replace(found, file=file) for found in lint_exercise(exercise, known)]
    for code, text in texts.items():
        problems += _check_text(exercise, text, library, file=file, path=f"text.{code}")
    _raise_any(problems)
