"""What a screen may show of a session: plain values at one moment."""

from dataclasses import dataclass

from matside.content.exercise import Position
from matside.session.beats import left_by
from matside.session.command import Situation
from matside.session.cue import CheckEnds, GetHelp
from matside.session.transitions import Mode
from matside.session.walk import Walk
from matside.units import Db, Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session at one moment.

    Attributes:
        position: Where the body is, or is going to; on the way out of one, the one that it leaves.
        beat: The kind of the beat that is on; `cue` the key of what to do in it.
        beat_left_ms: Active time until the beat ends.
        left_ms: Active time until the session ends, as things stand.
        question: The question of the check that waits for its answer.
        advice: What she is told to do instead of exercising.
        done: Items behind; `total` all of them.
    """

    mode: Mode
    situation: Situation
    exercise: str | None
    passage: str | None
    level: int | None
    position: Position | None
    beat: str | None
    cue: str | None
    beat_left_ms: Ms
    beat_length_ms: Ms
    left_ms: Ms
    total_ms: Ms
    done: int
    total: int
    rep: int | None
    reps: int | None
    set_number: int | None
    sets: int | None
    side: int | None
    pace_percent: int
    asleep: bool = False
    volume_db: Db = 0.0
    question: str | None = None
    advice: GetHelp | CheckEnds | None = None


def view_of(walk: Walk, *, mode: Mode, situation: Situation, active_ms: Ms) -> SessionView:
    """Look at a walk; what the session itself knows (sleep, volume, question) is filled in by it."""
    on = not walk.over and walk.index >= 0
    beat = walk.beat if on else None
    item = walk.exercise
    place = beat.place if beat else None
    level = item.at(walk.level) if item else None
    leaves = left_by(beat) if beat else None  # after "too hard" the level is the next one already
    return SessionView(
        mode=mode,
        situation=situation,
        exercise=item.exercise.id if item else None,
        passage=walk.passage_id,
        level=level.number if level else None,
        position=leaves or (level.position if level else None),
        beat=beat.kind if beat else None,
        cue=beat.cue if beat else None,
        beat_left_ms=max(0, beat.end_ms - active_ms) if beat else 0,
        beat_length_ms=beat.length_ms if beat else 0,
        left_ms=walk.remaining_ms(active_ms),
        total_ms=walk.plan.total_ms,
        done=max(0, walk.index),
        total=len(walk.plan.items),
        rep=place.reps_done + 1 if place and beat and beat.phase is not None else None,
        reps=item.reps_at(walk.level) if item else None,
        set_number=place.set_number if place else None,
        sets=item.sets_at(walk.level) if item else None,
        side=place.side if place and level and level.sides > 1 else None,
        pace_percent=walk.pace_percent,
    )
