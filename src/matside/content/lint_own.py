"""What a person's own routine must keep beside the promises of all: nobody has measured or reviewed it."""

from collections.abc import Iterator

from matside.content.exercise import Exercise
from matside.content.language import Library
from matside.content.length import routine_ms
from matside.content.lint import lint_gates, lint_routine
from matside.content.parse_routine import LONGEST_ROUTINE_S
from matside.content.reader import Problem
from matside.content.routine import ExerciseItem, Routine

MOST_OF_A_DOSE = 3
"""So many times the level's own repetitions at the most: matside's judgement, for want of any source."""


def lint_own_routine(routine: Routine, library: Library) -> Iterator[Problem]:
    """Check a routine that came from a file of the person's.

    Offers alone don't open anything: without a check only what everybody may do is in it.
    """
    found = list(lint_routine(routine, library))
    yield from found
    if found:
        return
    if routine.offers and routine.check is None:
        yield from lint_gates(routine, library)
    for index, item in enumerate(routine.items):
        if isinstance(item, ExerciseItem):
            yield from _lint_dose(item, library.exercises[item.exercise], f"{routine.id}#items[{index}]")
    total_s = routine_ms(routine, library.exercises, library.passages) / 1_000
    if total_s > LONGEST_ROUTINE_S:
        expected = f"at most {LONGEST_ROUTINE_S} seconds of items in all"
        yield _problem(f"{routine.id}#items", expected, f"{total_s:g}")


def _lint_dose(item: ExerciseItem, exercise: Exercise, where: str) -> Iterator[Problem]:
    """Check how much is asked of an exercise that isn't for everybody."""
    for level_of, reps in [(item.level, item.reps), *((one.level, one.reps) for one in item.adjust)]:
        number = item.level if level_of is None else level_of
        if number <= exercise.open_level:
            continue
        level = exercise.levels[number]
        most = MOST_OF_A_DOSE * level.reps * level.sets
        asked = (reps or item.reps or level.reps) * (item.sets or level.sets)
        if asked > most:
            yield _problem(f"{where}.reps", f"at most {most} repetitions, all sets together", str(asked))


def _problem(where: str, expected: str, found: str) -> Problem:
    name, _, key_path = where.partition("#")
    return Problem(file=f"routines/{name}", key_path=key_path, expected=expected, found=found)
