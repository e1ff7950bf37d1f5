"""A routine as data: which exercises and spoken passages, in which order, and how long in all."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from matside.content.exercise import Birth, Position, Stage, Substitute, Wording
from matside.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """How an item differs for some people. Every one that fits is applied, in order; None changes nothing.

    It can't lift anybody over a gate: gates and flags are applied after it.

    Attributes:
        flag: A body flag that it is for.
        weeks_min: Completed weeks from which it holds, up to and with `weeks_max`.
        births: Ways of birth that it is for.
        instead: Another exercise in this place.
        drop: Leave the item out.
    """

    stage: Stage | None = None
    flag: str | None = None
    weeks_min: int | None = None
    weeks_max: int | None = None
    births: tuple[Birth, ...] = ()
    level: int | None = None
    reps: int | None = None
    variant: str | None = None
    instead: Substitute | None = None
    drop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Whom a routine is for: people whom every given condition fits.

    Attributes:
        days_min: Whole days since the birth.
        without_flags: Body flags with which it isn't offered.
    """

    stage: Stage
    weeks_min: int | None = None
    weeks_max: int | None = None
    days_min: int | None = None
    births: tuple[Birth, ...] = ()
    check_done: bool | None = None
    without_flags: tuple[str, ...] = ()


class PartOfDay(StrEnum):
    """When a routine belongs; None of them where it fits any hour."""

    MORNING = "morning"
    EVENING = "evening"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseItem:
    """An exercise in a routine; what is None comes from the level itself."""

    exercise: str
    level: int
    reps: int | None = None
    sets: int | None = None
    setup_ms: Ms | None = None
    exit_ms: Ms | None = None
    variant: str | None = None
    adjust: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageItem:
    """A spoken passage in a routine: a welcome, a settling, a close."""

    passage: str


EQUIPMENT_CUE = "equipment"
"""A passage line with this cue has no words of its own: the things to have within reach are named there."""

RoutineItem: TypeAlias = ExerciseItem | PassageItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """A session's recipe.

    Attributes:
        check: The check whose questions must all be answered "no" first; None where nothing need be asked.
            Of a person whose stage is known, the check of that stage is asked in its place.
        total_ms: The stated length, the check's questions left out; the linter holds the items to it.
        aliases: Further names that a person may ask for it by.
        offers: Whom it is for; with none it is for everybody whom the gates let do its exercises.
        short_of: The routine that it is the short form of.
        on_request: It is never chosen by itself, only asked for by name.
    """

    id: str
    items: tuple[RoutineItem, ...]
    total_ms: Ms
    check: str | None = None
    aliases: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    short_of: str | None = None
    part_of_day: PartOfDay | None = None
    on_request: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineText:
    """A routine's words in one language."""

    name: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageLine:
    """One line of a passage, `at_ms` after its beginning."""

    at_ms: Ms
    cue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words with silence between them, at fixed times; may move the body to a position."""

    id: str
    length_ms: Ms
    lines: tuple[PassageLine, ...]
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Yes/no questions before a session. Every one needs an explicit "no"; anything else is no session."""

    id: str
    questions: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageText:
    """A passage's words in one language: cue key to wording."""

    cues: Mapping[str, Wording]
