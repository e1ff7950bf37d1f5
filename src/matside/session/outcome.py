"""What came of it: how an exercise ended, and the turns worth a line in the log."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from matside.session.cue import Cue, Silence
from matside.units import Ms


class Result(StrEnum):
    """How an exercise, or a check, ended.

    `REFUSED` stands with the check's question that wasn't answered "no", `RED` with what sent her for help:
    either keeps sessions from beginning until a check is passed.
    """

    DONE = "done"
    SKIPPED = "skipped"
    TOO_HARD = "too-hard"
    PAIN = "pain"
    ENDED = "ended"
    REFUSED = "refused"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one item of the plan ended; kept in the history.

    Attributes:
        item: Its place in the plan; -1 is the check, -2 the session as a whole, sent for help.
        exercise: Its name; of those two "check:" with check and question, and "red:" with the cause.
        level_planned: The level it began with; `level_done` the one it ended with, -1 when left out.
        reps_done: Repetitions finished, both sides and all sets together.
        wants_harder: "Too easy" was said.
    """

    at_ms: Ms
    item: int
    exercise: str
    result: Result
    level_planned: int
    level_done: int
    reps_done: int
    reps_planned: int
    wants_harder: bool


CHECK_ITEM = -1
SESSION_ITEM = -2


def apart(name: str, *, item: int, result: Result, at_ms: Ms) -> Outcome:
    """Give an outcome that belongs to no exercise."""
    return Outcome(
        at_ms=at_ms,
        item=item,
        exercise=name,
        result=result,
        level_planned=-1,
        level_done=-1,
        reps_done=0,
        reps_planned=0,
        wants_harder=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseBegan:
    """The session entered a phase; what the screen and the log call it."""

    at_ms: Ms
    phase: str
    length_ms: Ms | None
    item: int | None = None
    exercise: str | None = None
    level: int | None = None
    set_number: int | None = None
    rep: int | None = None
    side: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChanged:
    """The exercise moved on its ladder; `new` is -1 when it is left out."""

    at_ms: Ms
    exercise: str
    old: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A command that was understood and makes no sense now."""

    at_ms: Ms
    command: str
    reason: str


Effect: TypeAlias = Cue | Silence | PhaseBegan | LevelChanged | Outcome | Refused
