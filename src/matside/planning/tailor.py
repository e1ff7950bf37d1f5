"""One item of a routine, cut to one person: which exercise, which rung, which variant, and why.

Theory of operation. The routine proposes; then, in this order, its own adjustments, the person's ladder, the
gates with her flags, and the things that she has may only replace, lower or drop it. The gates come after
everything that could raise a level, so nothing gets past them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from matside.content.exercise import Exercise, Level, Substitute, Variant
from matside.content.language import Library
from matside.content.routine import ExerciseItem
from matside.planning import gates
from matside.planning.adapt import Rung
from matside.planning.person import Person
from matside.planning.why import Because, Why

MOST_REPLACEMENTS = 3
"""A stand-in may have a stand-in; a chain that is longer is a ring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A person and what her history says, on one day.

    Attributes:
        ladder: Where she stands on an exercise's ladder, where that differs from the routine's.
        met: Exercises that need no introduction.
        new: Exercises whose first day this is: the smaller dose of the first day holds.
        first_week: She began within the last seven days.
        baby_tips: She asked for tips on caring for a baby; passages that have a form with one take it.
    """

    person: Person
    ladder: Mapping[str, Rung] = field(default_factory=dict)
    met: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    first_week: bool = False
    baby_tips: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tailored:
    """An item as she will do it.

    Attributes:
        item: The item after the routine's adjustments; its doses hold on its own rung only.
        exercise: The exercise, with the variant's rungs in place.
        level: The rung that it begins on.
        variant: The variant's id, where there is one.
        replaced: The exercise of the routine that this one stands in for.
        has_doses: The routine's doses are meant for this exercise, not for one that a gate replaced.
        note: A text of an exercise that says why, as (exercise, cue key).
    """

    item: ExerciseItem
    exercise: Exercise
    level: int
    why: Why
    variant: str | None = None
    replaced: str | None = None
    has_doses: bool = True
    note: tuple[str, str] | None = None

    @property
    def rung(self) -> Level:
        """The rung that it begins on."""
        return self.exercise.levels[self.level]

    @property
    def is_as_written(self) -> bool:
        """Whether the routine's own doses hold."""
        return self.has_doses and self.level == self.item.level


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An item that isn't for her today."""

    exercise: str
    why: Why


Cut: TypeAlias = Tailored | LeftOut


def as_written(item: ExerciseItem, library: Library) -> Tailored:
    """Give an item as the routine has it, for a rehearsal: nobody does it, so no gate is asked."""
    exercise = library.exercises[item.exercise]
    variant = next((one for one in exercise.variants if one.id == item.variant), None)
    return Tailored(
        item=item,
        exercise=exercise.varied(variant) if variant else exercise,
        level=item.level,
        why=Why(because=Because.ROUTINE),
        variant=item.variant,
    )


def tailor(item: ExerciseItem, library: Library, today: Today) -> Cut:
    """Cut an item to a person."""
    adjusted, why = _adjust(item, today)
    if adjusted is None:
        return LeftOut(exercise=item.exercise, why=why)
    replaced = item.exercise if adjusted.exercise != item.exercise else None
    has_doses = True
    for _ in range(MOST_REPLACEMENTS):
        exercise = library.exercises.get(adjusted.exercise)
        if exercise is None:
            break
        wanted, why = _on_her_ladder(adjusted, exercise, today, why)
        granted = gates.grant(exercise, today.person)
        if granted.level >= wanted or granted.substitute is None or not _is_better(granted, library, today):
            wish = _Wish(wanted, why, replaced, granted, has_doses)
            return _granted(adjusted, exercise, today, wish, library)
        replaced, has_doses = replaced or item.exercise, False
        why = Why(because=Because.REPLACED, replaced=replaced)
        adjusted = ExerciseItem(exercise=granted.substitute.exercise, level=granted.substitute.level)
    return LeftOut(exercise=item.exercise, why=Why(because=Because.CLOSED))


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an item would be, before the gates and her things have their say."""

    level: int
    why: Why
    replaced: str | None
    granted: gates.Grant
    has_doses: bool


def _adjust(item: ExerciseItem, today: Today) -> tuple[ExerciseItem | None, Why]:
    why = Why(because=Because.ROUTINE)
    for one in item.adjust:
        if not gates.applies(one, today.person) or (one.first_week and not today.first_week):
            continue
        why = Why(because=Because.FIRST_WEEK if one.first_week else Because.ADJUSTED, flag=one.flag)
        if one.drop:
            return None, why
        if one.instead is not None:
            item = _stand_in(item, one.instead)
        item = replace(
            item,
            level=item.level if one.level is None else one.level,
            reps=item.reps if one.reps is None else one.reps,
            setup_ms=item.setup_ms if one.setup_ms is None else one.setup_ms,
            variant=item.variant if one.variant is None else one.variant,
        )
    return item, why


def _stand_in(item: ExerciseItem, other: Substitute) -> ExerciseItem:
    """Put another exercise in an item's place; the doses of the one that stood here don't hold for it."""
    return ExerciseItem(
        exercise=other.exercise, level=other.level, setup_ms=item.setup_ms, exit_ms=item.exit_ms
    )


def _on_her_ladder(item: ExerciseItem, exercise: Exercise, today: Today, why: Why) -> tuple[int, Why]:
    rung = today.ladder.get(exercise.id)
    if rung is None:
        return item.level, why
    level = max(item.level, rung.level) if rung.is_raise else min(item.level, rung.level)
    if rung.is_hers:
        level = rung.level
    level = min(level, len(exercise.levels) - 1)
    return level, why if level == item.level else Why(because=rung.because, on=rung.since)


def _is_better(granted: gates.Grant, library: Library, today: Today) -> bool:
    """Tell whether the stand-in of a gate may itself be done."""
    if granted.flag is not None or granted.substitute is None:
        return False
    other = library.exercises.get(granted.substitute.exercise)
    return other is not None and gates.grant(other, today.person).level > gates.BLOCKED


def _granted(item: ExerciseItem, exercise: Exercise, today: Today, wish: _Wish, library: Library) -> Cut:
    granted, why, level = wish.granted, wish.why, wish.level
    note = None
    if granted.level < level:
        level = granted.level
        why = Why(because=Because.FLAG if granted.flag else Because.GATE, flag=granted.flag)
        note = (exercise.id, granted.message) if granted.message else None
    missing = today.person.missing
    variant = _variant(exercise, item.variant, today.person)
    exercise = exercise.varied(variant) if variant else exercise
    allowed = gates.highest_allowed(exercise.levels, library.rules.values(), today.person)
    if allowed < level:
        level, why, note = allowed, Why(because=Because.GATE), None
    for thing in exercise.equipment:
        if thing.item not in missing or (variant is not None and thing.item in variant.missing):
            continue
        most = thing.else_level if thing.else_level is not None else -1 if thing.required else level
        if most < level:
            level, why, note = most, Why(because=Because.EQUIPMENT, thing=thing.item), None
    if level < 0:
        closed = Why(because=Because.CLOSED) if why.because is Because.GATE else why
        return LeftOut(exercise=wish.replaced or exercise.id, why=closed)
    if variant is not None and why.because is Because.ROUTINE and item.variant != variant.id:
        why = _why_varied(variant, today.person)
    return Tailored(
        item=item,
        exercise=exercise,
        level=level,
        why=replace(why, replaced=wish.replaced),
        variant=variant.id if variant else None,
        replaced=wish.replaced,
        has_doses=wish.has_doses,
        note=note,
    )


def _variant(exercise: Exercise, name: str | None, person: Person) -> Variant | None:
    """Choose a variant: the one that her body calls for first, then her things', then the routine's."""
    return (
        _first(one for one in exercise.variants if set(one.flags) & person.flags)
        or _first(one for one in exercise.variants if set(one.missing) & person.missing)
        or _first(one for one in exercise.variants if one.id == name)
        or _first(one for one in exercise.variants if one.births and person.birth in one.births)
    )


def _first(variants: Iterable[Variant]) -> Variant | None:
    return next(iter(variants), None)


def _why_varied(variant: Variant, person: Person) -> Why:
    things, flags = sorted(set(variant.missing) & person.missing), sorted(set(variant.flags) & person.flags)
    if things:
        return Why(because=Because.EQUIPMENT, thing=things[0])
    if flags:
        return Why(because=Because.FLAG, flag=flags[0])
    return Why(because=Because.GATE)
