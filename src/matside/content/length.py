"""How long a routine takes as written."""

from collections.abc import Mapping, Sequence

from matside.content.exercise import Exercise, Level, Position
from matside.content.routine import ExerciseItem, Passage, PassageItem, Routine, RoutineItem
from matside.units import Ms

Exercises = Mapping[str, Exercise]
Passages = Mapping[str, Passage]


def routine_ms(routine: Routine, exercises: Exercises, passages: Passages) -> Ms:
    """Add up a routine: set-up, work, rests, switches, and exits where the position changes.

    The check's questions are left out. Everything that the routine names must be there.
    """
    return sum(
        _item_ms(item, routine.items[place + 1 :], exercises, passages)
        for place, item in enumerate(routine.items)
    )


def level_of(item: ExerciseItem, exercises: Exercises) -> Level:
    """Give the rung that an item names, of its variant where it names one."""
    exercise = exercises[item.exercise]
    variant = next((one for one in exercise.variants if one.id == item.variant), None)
    return (exercise.varied(variant) if variant else exercise).levels[item.level]


def _item_ms(item: RoutineItem, later: Sequence[RoutineItem], exercises: Exercises, passages: Passages) -> Ms:
    match item:
        case PassageItem():
            return passages[item.passage].length_ms
        case ExerciseItem():
            level = level_of(item, exercises)
            setup_ms = level.setup_ms if item.setup_ms is None else item.setup_ms
            exit_ms = level.exit_ms if item.exit_ms is None else item.exit_ms
            following = _first_position(later, exercises, passages)
            leaves = following is not None and following != level.position
            work_ms = level.work_ms(reps=item.reps or level.reps, sets=item.sets or level.sets)
            return setup_ms + work_ms + (exit_ms if leaves else 0)


def _first_position(
    items: Sequence[RoutineItem], exercises: Exercises, passages: Passages
) -> Position | None:
    """Find where the body goes next; a passage without a position leaves it where it is."""
    for item in items:
        match item:
            case ExerciseItem():
                return level_of(item, exercises).position
            case PassageItem():
                position = passages[item.passage].position
                if position is not None:
                    return position
    return None
