"""What a turn makes of the movement that is on: the way back out of it, and the way to another rung."""

from dataclasses import replace

from matside.content.exercise import Level, PhaseKind
from matside.session.beat import Beat, Place, Point
from matside.session.beats import adjust_beat, exit_beat, return_beat, setup_beat
from matside.session.cue import FirstSide, Priority, SwitchSide
from matside.session.outcome import PhaseBegan
from matside.session.plan import PlanExercise
from matside.units import Ms

SIDE_AGAIN_AFTER_MS: Ms = 1_200
"""After the two words that say it is easier now."""
EXIT_KINDS = frozenset({"exit", "talk"})
GAP_KINDS = frozenset({"switch", "set-rest"})
BRIDGE_KINDS = frozenset({"setup", "adjust"})


def way_back(item: PlanExercise, level: Level, beat: Beat, active_ms: Ms) -> list[Beat]:
    """Give the beats that bring a movement to its end: the rest of a return, or a return from here."""
    if beat.phase is None or beat.place is None:
        return []
    # A return may still be one of the rung above: its kind is the beat's own, not this level's.
    if beat.kind == PhaseKind.RETURN:
        return [replace(beat, start_ms=active_ms, points=(), closes_rep=True)]
    if beat.kind == PhaseKind.REST:
        return []
    for number in range(beat.phase + 1, len(level.phases)):
        if level.phases[number].kind is PhaseKind.RETURN:
            return [return_beat(item, level, beat.place, number, start_ms=active_ms)]
    return []


def rest_before_work(row: list[Beat]) -> list[Beat]:
    """Give what comes before the next repetition: the rest of this one, and a way to another rung."""
    count = 1 + next((at for at, beat in enumerate(row) if beat.closes_rep or beat.phase is None), 0)
    for ahead in (1, 2):
        way = [beat.kind for beat in row[count : count + ahead]]
        if way and way[-1] in BRIDGE_KINDS and set(way[:-1]) <= EXIT_KINDS:
            return row[: count + ahead]
    return row[:count]


def rest_of_gap(beat: Beat, active_ms: Ms) -> Beat:
    """Give what is left of a rest or a change of sides, and say the side again: it may have been cut off."""
    if beat.kind != "switch" or beat.place is None:
        return replace(beat, start_ms=active_ms)
    side = Point(
        at_ms=active_ms + SIDE_AGAIN_AFTER_MS,
        latest_ms=active_ms + 3 * SIDE_AGAIN_AFTER_MS,
        end_by_ms=None,
        priority=Priority.POSITION,
        meaning=SwitchSide(side=beat.place.side),
    )
    return replace(beat, start_ms=active_ms, points=(side,))


def place_after(beat: Beat, tail: list[Beat]) -> Place:
    """Give where the work goes on after a broken-off or a finished repetition."""
    place = (tail[-1].place if tail else None) or beat.place
    if place is None:
        return Place()
    return replace(place, reps_done=place.reps_done + 1) if beat.phase is not None else place


def bridge_beats(item: PlanExercise, old: Level, new: Level, current: Beat, *, start_ms: Ms) -> list[Beat]:
    """Give the way from one rung to the next: a moment to adjust, or a change of position with its time."""
    if new.position is old.position:
        beat = adjust_beat(item, old, new, start_ms=start_ms)
        # Before the first repetition she may still be on her way into the position.
        missing_ms = current.end_ms - beat.end_ms if current.kind == "setup" else 0
        return [replace(beat, end_ms=beat.end_ms + max(0, missing_ms))]
    beats: list[Beat] = []
    if old.exit_ms:
        beats.append(exit_beat(old.position, start_ms=start_ms, length_ms=old.exit_ms))
        start_ms = beats[-1].end_ms
    setup = setup_beat(item, new, start_ms=start_ms, moves=True, introduce=False)
    if current.place is not None:
        side = FirstSide(side=current.place.side)
        points = (
            replace(point, meaning=side) if isinstance(point.meaning, FirstSide) else point
            for point in setup.points
        )
        setup = replace(setup, points=tuple(points))
    return [*beats, setup]


def phase_of(beat: Beat, item: PlanExercise | None, *, index: int, number: int) -> PhaseBegan:
    """Give what the screen and the log are told where a beat begins, on this item and rung."""
    place = beat.place
    return PhaseBegan(
        at_ms=beat.start_ms,
        phase=beat.kind,
        length_ms=beat.length_ms,
        item=index,
        exercise=item.exercise.id if item else None,
        level=number if item else None,
        set_number=place.set_number if place else None,
        rep=place.reps_done + 1 if place else None,
        side=place.side if place and item and item.at(number).sides > 1 else None,
    )
