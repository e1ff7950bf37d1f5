"""What is left of a library where some of it breaks a rule: everything that nothing broken is part of.

A broken exercise, or a broken routine, must not stop somebody from doing the others; and it must never be
done. So it is taken out, and what is wrong with it is kept for `matside doctor`.
"""

from collections.abc import Iterable
from dataclasses import replace

from matside.content.exercise import Exercise, Substitute
from matside.content.language import Library
from matside.content.length import routine_ms
from matside.content.lint import lint_exercise, lint_exercise_text
from matside.content.reader import Problem
from matside.content.routine import ExerciseItem, Routine

EXERCISES, ROUTINES, TEXTS = "exercises/", "routines/", "/exercises.toml"


def exercise_of(problem: Problem) -> str | None:
    """Name the exercise that a problem of reading lies in; None where it lies elsewhere."""
    if problem.file.startswith(EXERCISES):
        return problem.file.removeprefix(EXERCISES).removesuffix(".toml")
    if problem.file.endswith(TEXTS) and problem.key_path and not problem.key_path.startswith("schema"):
        return problem.key_path.partition(".")[0]
    return None


def routine_of(problem: Problem) -> str | None:
    """Name the routine that a problem of reading lies in; None where it lies elsewhere."""
    return (
        problem.file.removeprefix(ROUTINES).removesuffix(".toml")
        if problem.file.startswith(ROUTINES)
        else None
    )


def without_broken(library: Library, problems: list[Problem]) -> Library:
    """Take out what can't be used, each exercise with whatever leads to it.

    Args:
        library: As it was read; what couldn't be read is a stand-in in it.
        problems: What reading found; only those that lie in an exercise or a routine.
    """
    broken = {name for problem in problems if (name := exercise_of(problem)) is not None}
    gone = {name for problem in problems if (name := routine_of(problem)) is not None}
    found = list(problems)
    for exercise in library.exercises.values():
        if exercise.id not in broken and exercise.id in library.exercises:
            wrong = list(_rules_broken(exercise, library))
            found += wrong
            broken |= {exercise.id} if wrong else set()
    if not found:
        return library
    kept = {name: one for name, one in library.exercises.items() if name not in broken and one.id == name}
    left = replace(library, exercises={name: _without_substitutes(one, kept) for name, one in kept.items()})
    routines = {
        name: cut
        for name, one in library.routines.items()
        if name not in gone and (cut := _without_items(one, left)) is not None
    }
    return replace(left, routines=routines, problems=tuple(found))


def _rules_broken(exercise: Exercise, library: Library) -> Iterable[Problem]:
    yield from lint_exercise(exercise, library.exercises)
    for language in library.languages.values():
        text = language.exercises.get(exercise.id)
        if text is None:
            place = f"{language.code}{TEXTS}"
            yield Problem(file=place, key_path=exercise.id, expected="its words", found="nothing")
        else:
            yield from lint_exercise_text(exercise, text, language)


def _without_substitutes(exercise: Exercise, kept: dict[str, Exercise]) -> Exercise:
    """Let no gate offer what isn't there: then it offers nothing."""

    def there(other: Substitute | None) -> Substitute | None:
        return other if other is not None and other.exercise in kept else None

    gates = tuple(replace(gate, substitute=there(gate.substitute)) for gate in exercise.gates)
    return exercise if gates == exercise.gates else replace(exercise, gates=gates)


def _without_items(routine: Routine, library: Library) -> Routine | None:
    """Leave a routine's broken items out; None where nothing of it can be done any more."""
    items = tuple(
        replace(item, adjust=tuple(one for one in item.adjust if not _leads_astray(one.instead, library)))
        if isinstance(item, ExerciseItem)
        else item
        for item in routine.items
        if not isinstance(item, ExerciseItem) or item.exercise in library.exercises
    )
    if items == routine.items:
        return routine
    if not any(isinstance(item, ExerciseItem) for item in items):
        return None
    left = replace(routine, items=items)
    return replace(left, total_ms=routine_ms(left, library.exercises, library.passages))


def _leads_astray(instead: Substitute | None, library: Library) -> bool:
    return instead is not None and instead.exercise not in library.exercises
