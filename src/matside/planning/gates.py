"""What a person may do: every gate is a grant, a block wins, and what isn't granted is closed.

Theory of operation. Of all gates that fit the person, the one with the highest level counts, unless any of
them blocks. Then each body flag that she has may lower the level, block the exercise, or end the day's
sessions. Nothing is granted to somebody of whom something that must be known isn't: only gates of the stage
"unknown" fit her. Source of the order: the safety brief's rule that gates fail closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from matside.content.exercise import Birth, Exercise, Gate, Level, Position, Substitute
from matside.content.language import Library
from matside.content.length import level_of
from matside.content.routine import Adjustment, ExerciseItem, Offer, Routine
from matside.content.rule import Rule
from matside.planning.person import Person

BLOCKED = -1


class _Weeks(Protocol):
    @property
    def weeks_min(self) -> int | None: ...
    @property
    def weeks_max(self) -> int | None: ...
    @property
    def births(self) -> tuple[Birth, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """How far up an exercise's ladder a person may go.

    Attributes:
        level: The highest rung, -1 where the exercise is closed to her.
        flag: The body flag that lowered it; None where a gate decided.
        substitute: What the deciding gate offers in its place.
        message: Cue key of the reason, in the exercise's own words.
    """

    level: int
    flag: str | None = None
    substitute: Substitute | None = None
    message: str | None = None


def grant(exercise: Exercise, person: Person) -> Grant:
    """Tell how far a person may go in an exercise today."""
    fitting = [gate for gate in exercise.gates if _fits_gate(gate, person)]
    if not fitting:
        return Grant(level=BLOCKED)
    blocks = [gate for gate in fitting if gate.max_level == BLOCKED]
    gate = blocks[0] if blocks else max(fitting, key=lambda one: one.max_level)
    level, flag, message = gate.max_level, None, gate.message
    for rule in exercise.contraindications:
        if rule.flag not in person.flags:
            continue
        cap = rule.cap_level if rule.action == "cap" and rule.cap_level is not None else BLOCKED
        if cap < level:
            level, flag, message = cap, rule.flag, rule.message
    return Grant(level=level, flag=flag, substitute=gate.substitute, message=message)


def ending_flag(exercises: Iterable[Exercise], person: Person) -> str | None:
    """Give a flag that she has and that any exercise ends sessions for: it isn't a matter of one exercise."""
    rules = (rule for exercise in exercises for rule in exercise.contraindications)
    ending = {rule.flag for rule in rules if rule.action == "end-session"}
    return min(ending & person.flags, default=None)


def highest_allowed(levels: Sequence[Level], rules: Iterable[Rule], person: Person) -> int:
    """Give the highest rung with no rung at or below it in a position that a rule closes to her; -1 for none.

    The rungs below count too: "too hard" leads down to them.
    """
    holding = [rule for rule in rules if rule.stage is person.known_stage and _is_in(rule, person)]
    closed = {position for rule in holding for position in rule.positions}
    first = next((place for place, level in enumerate(levels) if level.position in closed), len(levels))
    return first - 1


def _is_in(rule: Rule, person: Person) -> bool:
    return _is_within(person.weeks, rule.weeks_min, rule.weeks_max)


def is_open_to_all(routine: Routine, library: Library) -> bool:
    """Tell whether everybody may do all of a routine: seated, unasked, and granted to whom nobody asked."""
    items = [item for item in routine.items if isinstance(item, ExerciseItem)]
    if not items or routine.check is not None:
        return False
    if any(item.exercise not in library.exercises for item in items):
        return False
    nobody = Person()
    return all(
        level_of(item, library.exercises).position is Position.SEATED
        and item.level <= grant(library.exercises[item.exercise], nobody).level
        for item in items
    )


def is_offered(offers: tuple[Offer, ...], person: Person) -> bool:
    """Tell whether a routine is for her; one without offers is for everybody."""
    return not offers or any(_fits_offer(offer, person) for offer in offers)


def applies(adjustment: Adjustment, person: Person) -> bool:
    """Tell whether an adjustment of a routine's item is for her."""
    if adjustment.stage is not None and adjustment.stage is not person.known_stage:
        return False
    if adjustment.flag is not None and adjustment.flag not in person.flags:
        return False
    return _fits_weeks(adjustment, person)


def _fits_gate(gate: Gate, person: Person) -> bool:
    if gate.stage is not person.known_stage or not _fits_weeks(gate, person):
        return False
    if gate.check_done is not None and gate.check_done is not person.check_done:
        return False
    return set(gate.needs) <= person.experience


def _fits_offer(offer: Offer, person: Person) -> bool:
    if offer.stage is not person.known_stage or not _fits_weeks(offer, person):
        return False
    if offer.check_done is not None and offer.check_done is not person.check_done:
        return False
    if offer.days_min is not None and person.days is not None and person.days < offer.days_min:
        return False
    return not set(offer.without_flags) & person.flags


def _fits_weeks(condition: _Weeks, person: Person) -> bool:
    if condition.births and person.birth not in condition.births:
        return False
    return _is_within(person.weeks, condition.weeks_min, condition.weeks_max)


def _is_within(weeks: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return weeks is not None and (low or 0) <= weeks and (high is None or weeks <= high)
