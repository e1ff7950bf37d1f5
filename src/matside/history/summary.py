"""The rows of `matside history`: a day, a routine, how long, and what came of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from matside.history.store import PastSession
from matside.session.outcome import Result
from matside.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session in the table.

    Attributes:
        began: Aware, in the person's own time zone.
        state: "completed", "ended early", "unfinished" (killed, or still running), or "not begun" where the
            check's answers advised against it.
        done: Exercises done, of `planned` that were reached.
        notes: What else is worth a word: "2 made easier", "1 left out", "pain at plank".
    """

    began: datetime
    routine: str
    active_ms: Ms
    state: str
    done: int
    planned: int
    notes: tuple[str, ...]


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


def _state(session: PastSession) -> str:
    if any(outcome.result is Result.REFUSED for outcome in session.outcomes):
        return "not begun"
    if session.ended_at is None:
        return "unfinished"
    return "completed" if session.completed else "ended early"


def _notes(session: PastSession) -> list[str]:
    outcomes = session.outcomes
    easier = sum(1 for outcome in outcomes if 0 <= outcome.level_done < outcome.level_planned)
    left_out = sum(1 for outcome in outcomes if outcome.result in (Result.SKIPPED, Result.TOO_HARD))
    counted = ((easier, "made easier"), (left_out, "left out"))
    notes = [f"{count} {what}" for count, what in counted if count]
    notes += [f"pain at {outcome.exercise}" for outcome in outcomes if outcome.result is Result.PAIN]
    notes += [f"wants more of {outcome.exercise}" for outcome in outcomes if outcome.wants_harder]
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
