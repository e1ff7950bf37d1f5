"""A routine becomes a plan: levels chosen, doses filled in, exits only where the position changes."""

from collections.abc import Mapping

from matside.content.exercise import Level, Position
from matside.content.language import Library
from matside.content.routine import ExerciseItem, PassageItem, Routine, RoutineItem
from matside.session.plan import Plan, PlanExercise, PlanItem, PlanPassage


def lay_out(
    routine: Routine,
    library: Library,
    *,
    met: frozenset[str] = frozenset(),
    levels: Mapping[str, int] | None = None,
    checked: bool = False,
) -> Plan:
    """Lay a routine out.

    Args:
        routine: What to do.
        library: Where its exercises and passages are.
        met: Exercises that the person knows; their introduction is left out.
        levels: The highest level for an exercise, where it is lower than the routine's.
        checked: The check's questions were answered already.
    """
    items: list[PlanItem] = []
    known = set(met)
    for place, item in enumerate(routine.items):
        match item:
            case PassageItem():
                items.append(PlanPassage(passage=library.passages[item.passage]))
            case ExerciseItem():
                later = _next_position(routine.items[place + 1 :], library)
                cap = (levels or {}).get(item.exercise, item.level)
                first_time = item.exercise not in known
                items.append(_dose(item, library, cap=cap, first_time=first_time, later=later))
                known.add(item.exercise)
    return Plan(
        routine=routine.id,
        items=tuple(items),
        equipment=_equipment(items),
        check=library.checks[routine.check] if routine.check and not checked else None,
    )


def _dose(
    item: ExerciseItem, library: Library, *, cap: int, first_time: bool, later: Position | None
) -> PlanExercise:
    exercise = library.exercises[item.exercise]
    number = max(0, min(item.level, cap))
    level: Level = exercise.levels[number]
    as_written = number == item.level
    exit_ms = item.exit_ms if as_written and item.exit_ms is not None else level.exit_ms
    return PlanExercise(
        exercise=exercise,
        level=number,
        reps=min(item.reps or level.reps, level.reps) if not as_written else item.reps or level.reps,
        sets=item.sets or level.sets,
        setup_ms=item.setup_ms if as_written and item.setup_ms is not None else level.setup_ms,
        exit_ms=exit_ms,
        first_time=first_time,
        exits=exit_ms > 0 and later is not None and later != level.position,
    )


def _next_position(items: tuple[RoutineItem, ...], library: Library) -> Position | None:
    for item in items:
        match item:
            case ExerciseItem():
                return library.exercises[item.exercise].levels[item.level].position
            case PassageItem():
                position = library.passages[item.passage].position
                if position is not None:
                    return position
    return None


def _equipment(items: list[PlanItem]) -> tuple[str, ...]:
    needed: dict[str, None] = {}
    for item in items:
        if isinstance(item, PlanExercise):
            for thing in item.exercise.equipment:
                if thing.required or (thing.else_level is not None and thing.else_level < item.level):
                    needed.setdefault(thing.item)
    return tuple(needed)
