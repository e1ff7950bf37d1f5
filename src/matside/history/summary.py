"""The rows of `matside history`: a day, a routine, how long, and what came of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from matside.history.store import PastSession
from matside.session.outcome import Result
from matside.units import Ms


class State(StrEnum):
    """How far a session came."""

    COMPLETED = "completed"
    ENDED_EARLY = "ended-early"
    UNFINISHED = "unfinished"
    """Killed, or still running."""
    NOT_BEGUN = "not-begun"
    """The answers before it advised against it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is worth a word beside the numbers.

    Attributes:
        kind: "easier", "left-out", "pain" or "harder".
        of: How many exercises; or which one, by its name.
    """

    kind: str
    of: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session in the table.

    Attributes:
        began: Aware, in the person's own time zone.
        done: Exercises done, of `planned` that were reached.
    """

    began: datetime
    routine: str
    active_ms: Ms
    state: State
    done: int
    planned: int
    notes: tuple[Remark, ...]


def rows(sessions: Sequence[PastSession], zone: tzinfo | None = None) -> list[Row]:
    """Make the table's rows, in the order given.

    Args:
        sessions: As the store lists them.
        zone: The person's time zone; None is the computer's own.
    """
    return [_row(session, zone) for session in sessions]


def _row(session: PastSession, zone: tzinfo | None) -> Row:
    exercises = [outcome for outcome in session.outcomes if outcome.item >= 0]
    return Row(
        began=session.started_at.astimezone(zone),
        routine=session.routine,
        active_ms=session.active_ms or _last_known_ms(session),
        state=_state(session),
        done=sum(1 for outcome in exercises if outcome.result is Result.DONE),
        planned=len(exercises),
        notes=tuple(_notes(session)),
    )


def _last_known_ms(session: PastSession) -> Ms:
    """The least that a session without an end must have lasted."""
    return max((outcome.at_ms for outcome in session.outcomes), default=0)


def _state(session: PastSession) -> State:
    if any(outcome.result is Result.REFUSED for outcome in session.outcomes):
        return State.NOT_BEGUN
    if session.ended_at is None:
        return State.UNFINISHED
    return State.COMPLETED if session.completed else State.ENDED_EARLY


def _notes(session: PastSession) -> list[Remark]:
    outcomes = session.outcomes
    easier = sum(1 for outcome in outcomes if 0 <= outcome.level_done < outcome.level_planned)
    left_out = sum(1 for outcome in outcomes if outcome.result in (Result.SKIPPED, Result.TOO_HARD))
    notes = [Remark(kind, count) for kind, count in (("easier", easier), ("left-out", left_out)) if count]
    notes += [Remark("pain", outcome.exercise) for outcome in outcomes if outcome.result is Result.PAIN]
    notes += [Remark("harder", outcome.exercise) for outcome in outcomes if outcome.wants_harder]
    return notes


def as_record(session: PastSession) -> dict[str, object]:
    """Give a session as plain data, for `matside history --json`; lengths in ms, times in UTC."""
    return {
        "id": session.id,
        "started_at": session.started_at.isoformat(),
        "ended_at": session.ended_at.isoformat() if session.ended_at else None,
        "routine": session.routine,
        "language": session.language,
        "completed": session.completed,
        "active_ms": session.active_ms,
        "paused_ms": session.paused_ms,
        "outcomes": [
            {
                "at_ms": outcome.at_ms,
                "item": outcome.item,
                "exercise": outcome.exercise,
                "result": outcome.result.value,
                "level_planned": outcome.level_planned,
                "level_done": outcome.level_done,
                "reps_done": outcome.reps_done,
                "reps_planned": outcome.reps_planned,
                "wants_harder": outcome.wants_harder,
            }
            for outcome in session.outcomes
        ],
    }
