"""A routine as data: which exercises and spoken passages, in which order, and how long in all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
        first_week: It holds in the first week of her sessions only.
        instead: Another exercise in this place.
        drop: Leave the item out.
    """

    stage: Stage | None = None
    flag: str | None = None
    weeks_min: int | None = None
    weeks_max: int | None = None
    births: tuple[Birth, ...] = ()
    first_week: bool = False
    level: int | None = None
    reps: int | None = None
    setup_ms: Ms | None = None
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
        rank: Where several are offered, the highest is chosen.
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
    rank: int = 0


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


class Advice(StrEnum):
    """What follows where a question isn't answered "no": a coach line under `get-help` or `check-ends`."""

    EMERGENCY = "emergency"
    MATERNITY_NOW = "maternity-call-now"
    SAME_DAY = "call-same-day"
    SOMEBODY_FIRST = "see-somebody-first"
    REST_TODAY = "rest-today"
    REST_DAY = "rest-day"
    OTHER_STAGE = "other-stage"
    ASK_ALL = "ask-all"


RED_ADVICE = frozenset({Advice.EMERGENCY, Advice.MATERNITY_NOW})
"""Advice that can't wait: it is a red text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A yes/no question. Only an explicit "no" leads past it.

    Attributes:
        on_yes: What follows from a yes, and from an answer that isn't heard clearly twice.
        follow_up: A second question after a yes; a yes to it, or no clear answer, keeps `on_yes`.
        milder: What follows instead from a "no" to the second question; it isn't a pass either.
        once: It is about last time, so it isn't asked again within a session.
    """

    key: str
    on_yes: Advice
    follow_up: str | None = None
    milder: Advice | None = None
    once: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Everything that it may ask."""
        return (self.key, self.follow_up) if self.follow_up else (self.key,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Yes/no questions before a session. Every one needs an explicit "no"; anything else is no session.

    Attributes:
        stage: Whom it is for, from `weeks_min` up to and with `weeks_max` completed weeks; None where it
            is for nobody by itself, but asked before or beside another.
    """

    id: str
    questions: tuple[Question, ...]
    sources: tuple[str, ...]
    stage: Stage | None = None
    weeks_min: int | None = None
    weeks_max: int | None = None

    def is_for(self, stage: Stage, weeks: int | None) -> bool:
        """Tell whether it is the check of a person; weeks that aren't known fit no bound."""
        if stage is not self.stage:
            return False
        if self.weeks_min is None and self.weeks_max is None:
            return True
        return weeks is not None and (self.weeks_min or 0) <= weeks <= (
            weeks if self.weeks_max is None else self.weeks_max
        )

    def plus(self, other: "Check") -> "Check":
        """Give this check with the questions of another after its own."""
        return replace(self, questions=(*self.questions, *other.questions))


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageText:
    """A passage's words in one language: cue key to wording."""

    cues: Mapping[str, Wording]
