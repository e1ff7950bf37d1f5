"""A routine becomes a plan: cut to the person, doses filled in, exits only where the position changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from matside.content.exercise import Position, Stage
from matside.content.language import Library
from matside.content.routine import Check, Passage, PassageItem, Routine
from matside.planning.questions import Questions
from matside.planning.tailor import LeftOut, Tailored, Today, as_written, tailor
from matside.planning.why import Because, Why
from matside.session.plan import Plan, PlanExercise, PlanItem, PlanPassage
from matside.units import Ms

CHECK_MS: Ms = 55_000
"""What the questions take, as the session tables count them: six of them, each with its answer."""

WITH_BABY_TIP = "-baby"
"""Ends the name of a passage that says the same with another tip."""

Step: TypeAlias = Tailored | Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A plan and how it came about.

    Attributes:
        whys: One a plan item; None for a passage.
        left_out: Items of the routine that aren't in the plan.
    """

    plan: Plan
    steps: tuple[Step, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no exercise is left in it: passages alone are no session."""
        return not any(isinstance(step, Tailored) for step in self.steps)


def lay_out(
    routine: Routine,
    library: Library,
    *,
    met: frozenset[str] = frozenset(),
    levels: Mapping[str, int] | None = None,
    checked: bool = False,
) -> Plan:
    """Lay a routine out as it is written, for nobody in particular: a rehearsal.

    Args:
        routine: What to do.
        library: Where its exercises and passages are.
        met: Exercises that the person knows; their introduction is left out.
        levels: The highest level for an exercise, where it is lower than the routine's.
        checked: The check's questions were answered already.
    """
    steps: list[Step] = []
    for item in routine.items:
        if isinstance(item, PassageItem):
            steps.append(library.passages[item.passage])
            continue
        step = as_written(item, library)
        cap = (levels or {}).get(item.exercise, item.level)
        steps.append(_capped(step, cap))
    check = library.checks[routine.check] if routine.check and not checked else None
    return _plan(routine, steps, met=met, check=check)


def lay_out_for(routine: Routine, library: Library, today: Today, *, asked: Questions) -> Laid:
    """Lay a routine out for one person and one day.

    Args:
        routine: What to do.
        library: Where its exercises and passages are.
        today: For whom.
        asked: The questions that come first.
    """
    steps: list[Step] = []
    left_out: list[LeftOut] = []
    for item in routine.items:
        if isinstance(item, PassageItem):
            steps.append(_passage(item.passage, library, today))
            continue
        cut = tailor(item, library, today)
        if isinstance(cut, LeftOut):
            left_out.append(cut)
        else:
            steps.append(_first_day(cut, today))
    plan = _plan(routine, steps, met=today.met, check=asked.check, missing=today.person.missing)
    general = today.person.known_stage is Stage.GENERAL
    plan = replace(plan, changed=asked.changed, passed=asked.passed, general=general)
    return Laid(plan=plan, steps=tuple(steps), left_out=tuple(left_out))


def _passage(name: str, library: Library, today: Today) -> Passage:
    """Give a passage, in its form with a tip on caring for a baby where she asked for such."""
    with_tip = library.passages.get(f"{name}{WITH_BABY_TIP}") if today.baby_tips else None
    return with_tip or library.passages[name]


def _capped(step: Tailored, cap: int) -> Tailored:
    return replace(step, level=max(0, min(step.level, cap)))


def _first_day(step: Tailored, today: Today) -> Tailored:
    """Take the smaller dose of a first day, where the exercise has one."""
    reps = step.rung.first_day_reps
    if reps is None or step.exercise.id not in today.new:
        return step
    why = step.why if step.why.because is not Because.ROUTINE else Why(because=Because.FIRST_DAY)
    return replace(
        step, item=replace(step.item, reps=reps, level=step.level), why=why, replaced=step.replaced
    )


def _plan(
    routine: Routine,
    steps: Sequence[Step],
    *,
    met: frozenset[str],
    check: Check | None,
    missing: frozenset[str] = frozenset(),
) -> Plan:
    items: list[PlanItem] = []
    known = set(met)
    for place, step in enumerate(steps):
        if isinstance(step, Passage):
            items.append(PlanPassage(passage=step))
            continue
        later = _next_position(steps[place + 1 :])
        dose = _dose(step, first_time=step.exercise.id not in known, later=later)
        before = items[-1] if items else None
        goes_on = isinstance(before, PlanExercise) and before.exercise.id == step.exercise.id
        items.append(replace(dose, goes_on=goes_on))
        known.add(step.exercise.id)
    equipment = tuple(thing for thing in _equipment(items) if thing not in missing)
    return Plan(routine=routine.id, items=tuple(items), equipment=equipment, check=check)


def _dose(step: Tailored, *, first_time: bool, later: Position | None) -> PlanExercise:
    item, level, as_said = step.item, step.rung, step.is_as_written
    exit_ms = item.exit_ms if as_said and item.exit_ms is not None else level.exit_ms
    reps = item.reps or level.reps
    return PlanExercise(
        exercise=step.exercise,
        level=step.level,
        reps=reps if as_said else min(reps, level.reps),
        sets=item.sets or level.sets,
        setup_ms=item.setup_ms if as_said and item.setup_ms is not None else level.setup_ms,
        exit_ms=exit_ms,
        first_time=first_time,
        exits=exit_ms > 0 and later is not None and later != level.position,
        note=step.note,
    )


def _next_position(steps: Sequence[Step]) -> Position | None:
    for step in steps:
        position = step.position if isinstance(step, Passage) else step.rung.position
        if position is not None:
            return position
    return None


def _equipment(items: Sequence[PlanItem]) -> tuple[str, ...]:
    needed: dict[str, None] = {}
    for item in items:
        if isinstance(item, PlanExercise):
            for thing in item.exercise.equipment:
                if thing.required or (thing.else_level is not None and thing.else_level < item.level):
                    needed.setdefault(thing.item)
    return tuple(needed)
