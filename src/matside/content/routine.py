"""A routine as data: which exercises and spoken passages, in which order, and how long in all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from matside.content.exercise import Position, Wording
from matside.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseItem:
    """An exercise in a routine; what is None comes from the level itself."""

    exercise: str
    level: int
    reps: int | None = None
    sets: int | None = None
    setup_ms: Ms | None = None
    exit_ms: Ms | None = None


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
        total_ms: The stated length, the check's questions left out; the linter holds the items to it.
    """

    id: str
    items: tuple[RoutineItem, ...]
    total_ms: Ms
    check: str | None = None


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
