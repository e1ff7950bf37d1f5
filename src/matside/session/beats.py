"""An item laid out as a row of beats that follow each other without a gap, in *active* time.

Active time is the clock that stands still while the session is paused. What is said in a set-up may wait for
its turn as long as the set-up lasts; what belongs to a movement sits at that movement (`cueing.py`). Nothing
here knows how long a text is: a point is a window, and whoever knows the rendered length decides what fits.
"""

from collections.abc import Iterator

from matside.content.exercise import Level, Phase, Position
from matside.content.routine import EQUIPMENT_CUE, Passage, PassageLine
from matside.session.beat import Beat, Place, Point, tone_point
from matside.session.cue import (
    ComingUp,
    Encourage,
    Fade,
    FirstSide,
    GetReady,
    LeavePosition,
    Meaning,
    PassageCue,
    Priority,
    Rest,
    SafetyNote,
    SetUp,
    SwitchSide,
    TakePosition,
    ToneKind,
)
from matside.session.cueing import (
    LEAD_AFTER_COUNT_MS,
    LEAD_MS,
    PACED_KINDS,
    Spot,
    has_room_for_notes,
    movement,
    safety_keys,
)
from matside.session.plan import PlanExercise
from matside.units import Ms

ADJUST_MS: Ms = 3_000
ADJUST_WITH_WORDS_MS: Ms = 6_000
FIRST_WORDS_MS: Ms = 1_000
CLOSING_LEAD_MS: Ms = 350
"""The end of an item is known only when it comes; a mouth needs this long to sound a tone on its sample."""


def passage_beats(passage: Passage, *, start_ms: Ms, equipment: tuple[str, ...]) -> list[Beat]:
    """Lay out a passage; the reserved key "equipment" stands for the list of things to get ready."""
    ends = [line.at_ms for line in passage.lines[1:]] + [passage.length_ms]
    points = [
        Point(
            at_ms=start_ms + line.at_ms,
            latest_ms=start_ms + line.at_ms + 2_500,
            end_by_ms=start_ms + end,
            priority=Priority.POSITION,
            meaning=meaning,
        )
        for line, end in zip(passage.lines, ends, strict=True)
        if (meaning := passage_meaning(passage, line, equipment=equipment)) is not None
    ]
    return [Beat(kind="talk", start_ms=start_ms, end_ms=start_ms + passage.length_ms, points=tuple(points))]


def passage_meaning(
    passage: Passage, line: PassageLine, *, equipment: tuple[str, ...]
) -> PassageCue | GetReady | None:
    """Give what a passage's line says; None where it would name things to get ready and there are none."""
    if line.cue != EQUIPMENT_CUE:
        return PassageCue(passage=passage.id, key=line.cue)
    return GetReady(equipment=equipment) if equipment else None


def setup_beat(item: PlanExercise, level: Level, *, start_ms: Ms, moves: bool, introduce: bool) -> Beat:
    """Lay out the set-up: the name, how to get into position, what to mind, which side begins.

    Args:
        item: The planned item.
        level: The rung to get ready for.
        start_ms: Active time of its beginning.
        moves: The body isn't in the position yet.
        introduce: It begins the exercise; otherwise it leads to an easier rung in the middle of it.
    """
    length_ms = item.setup_ms if introduce else level.setup_ms
    name = item.exercise.id
    meanings: list[tuple[Meaning, Priority]] = []
    if introduce and not item.goes_on:
        meanings.append((ComingUp(exercise=name, first_time=item.first_time), Priority.POSITION))
    if introduce and item.note is not None:
        exercise, key = item.note
        meanings.append((SafetyNote(exercise=exercise, key=key), Priority.POSITION))
    if moves:
        meanings.append((TakePosition(position=level.position), Priority.POSITION))
    notes = safety_keys(item, "setup") + ([] if has_room_for_notes(level) else safety_keys(item, "first-rep"))
    meanings += [(SetUp(exercise=name, key=key), Priority.POSITION) for key in level.setup_cues[:1]]
    if level.sides > 1:
        # Without its side a movement can't begin, so it comes before the details.
        meanings.append((FirstSide(side=1), Priority.POSITION))
    # What to mind comes before the details, which may be dropped; it cuts nobody off.
    meanings += [(SafetyNote(exercise=name, key=key), Priority.POSITION) for key in dict.fromkeys(notes)]
    meanings += [(SetUp(exercise=name, key=key), Priority.POSITION) for key in level.setup_cues[1:]]
    end_ms = start_ms + length_ms
    quiet_ms = 1_800 if length_ms >= 4_000 else 900
    slot_ms = max(0, length_ms - quiet_ms - FIRST_WORDS_MS) // (len(meanings) + 1)
    points = [
        Point(
            at_ms=start_ms + FIRST_WORDS_MS + place * slot_ms,
            latest_ms=end_ms - quiet_ms,
            end_by_ms=end_ms - quiet_ms + 400,
            priority=priority,
            meaning=meaning,
        )
        for place, (meaning, priority) in enumerate(meanings)
    ]
    if length_ms >= 4_000:
        points.append(tone_point(ToneKind.START, at_ms=end_ms - 1_300, end_by_ms=end_ms - LEAD_MS))
    return Beat(kind="setup", start_ms=start_ms, end_ms=end_ms, points=tuple(points))


def adjust_beat(item: PlanExercise, old: Level, new: Level, *, start_ms: Ms) -> Beat:
    """Lay out the short gap in which an exercise becomes easier without a change of position."""
    fresh = [key for key in new.setup_cues if key not in old.setup_cues]
    length_ms = ADJUST_WITH_WORDS_MS if fresh else ADJUST_MS
    points = [
        Point(
            at_ms=start_ms + 400 + place * 1_500,
            latest_ms=start_ms + length_ms - 1_000,
            end_by_ms=start_ms + length_ms - LEAD_MS + 200,
            priority=Priority.POSITION,
            meaning=SetUp(exercise=item.exercise.id, key=key),
        )
        for place, key in enumerate(fresh)
    ]
    return Beat(kind="adjust", start_ms=start_ms, end_ms=start_ms + length_ms, points=tuple(points))


def exit_beat(position: Position, *, start_ms: Ms, length_ms: Ms) -> Beat:
    """Lay out the time to leave a position, staged and never skipped."""
    point = Point(
        at_ms=start_ms + 400,
        latest_ms=start_ms + max(1_500, length_ms // 2),
        end_by_ms=start_ms + length_ms,
        priority=Priority.SAFETY,
        meaning=LeavePosition(position=position),
    )
    return Beat(kind="exit", start_ms=start_ms, end_ms=start_ms + length_ms, points=(point,))


def left_by(beat: Beat) -> Position | None:
    """Give the position that a beat is the way out of, if any."""
    meanings = [point.meaning for point in beat.points if beat.kind == "exit"]
    return next((meaning.position for meaning in meanings if isinstance(meaning, LeavePosition)), None)


def work_beats(
    item: PlanExercise, level: Level, *, start_ms: Ms, place: Place, pace_percent: int
) -> list[Beat]:
    """Lay out the work from a place on: repetitions, switches and rests.

    Args:
        item: The planned item, for its doses.
        level: The rung to work on.
        start_ms: Active time of the first beat.
        place: What has been done already.
        pace_percent: 100 is the pace as written; only movements change with it, never holds or rests.
    """
    reps, sets = item.reps_at(level.number), max(item.sets_at(level.number), place.set_number)
    beats: list[Beat] = []
    clock_ms = start_ms
    for set_number in range(place.set_number, sets + 1):
        first_side = place.side if set_number == place.set_number else 1
        for side in range(first_side, level.sides + 1):
            fresh = (set_number, side) != (place.set_number, place.side)
            if fresh and side > 1:
                beats.append(_switch(level, Place(set_number=set_number, side=side), start_ms=clock_ms))
                clock_ms = beats[-1].end_ms
            for done in range(0 if fresh else place.reps_done, reps):
                here = Place(set_number=set_number, side=side, reps_done=done)
                beats += _rep(item, level, here, start_ms=clock_ms, pace_percent=pace_percent)
                clock_ms = beats[-1].end_ms
        if set_number < sets and level.rest_ms:
            beats.append(_set_rest(item, level, Place(set_number=set_number + 1), start_ms=clock_ms))
            clock_ms = beats[-1].end_ms
    return beats


def return_beat(item: PlanExercise, level: Level, place: Place, phase: int, *, start_ms: Ms) -> Beat:
    """Lay out one phase by itself, cued at once: the way back when a movement is broken off."""
    row = level.phases[phase]
    point = Point(
        at_ms=start_ms,
        latest_ms=start_ms + 1_800,
        end_by_ms=start_ms + row.length_ms,
        priority=Priority.REP,
        meaning=movement(item, row, Fade.SHORT),
    )
    return Beat(
        kind=row.kind.value,
        start_ms=start_ms,
        end_ms=start_ms + row.length_ms,
        points=(point,),
        place=place,
        phase=phase,
        cue=row.cue,
        closes_rep=True,
    )


def closing_points(item: PlanExercise, *, at_ms: Ms, eased: bool) -> tuple[Point, ...]:
    """Give what ends the work: a tone, what to mind, a warm word where there is room."""
    tone = tone_point(ToneKind.END, at_ms=at_ms + CLOSING_LEAD_MS, end_by_ms=at_ms + 2 * CLOSING_LEAD_MS)
    notes = [
        Point(
            at_ms=at_ms + 2 * CLOSING_LEAD_MS,
            latest_ms=at_ms + 3_500,
            end_by_ms=None,
            priority=Priority.SAFETY,
            meaning=SafetyNote(exercise=item.exercise.id, key=key),
        )
        for key in safety_keys(item, "end")
    ]
    warm = Point(
        at_ms=at_ms + 2 * CLOSING_LEAD_MS,
        latest_ms=at_ms + 1_200,
        end_by_ms=at_ms + 3_200,
        priority=Priority.ENCOURAGEMENT,
        meaning=Encourage(eased=eased),
    )
    return (tone, *notes) if notes else (tone, warm)


def _rep(
    item: PlanExercise, level: Level, place: Place, *, start_ms: Ms, pace_percent: int
) -> Iterator[Beat]:
    clock_ms = start_ms
    for number, phase in enumerate(level.phases):
        length_ms = paced_ms(phase, pace_percent)
        end_ms = clock_ms + length_ms
        spot = Spot(item=item, level=level, place=place, number=number, start_ms=clock_ms, end_ms=end_ms)
        yield Beat(
            kind=phase.kind.value,
            start_ms=clock_ms,
            end_ms=end_ms,
            points=tuple(spot.points()),
            place=place,
            phase=number,
            cue=phase.cue,
            closes_rep=number == len(level.phases) - 1,
        )
        clock_ms = end_ms


def _switch(level: Level, place: Place, *, start_ms: Ms) -> Beat:
    end_ms = start_ms + level.switch_ms
    points = (
        tone_point(ToneKind.SWITCH, at_ms=start_ms, end_by_ms=start_ms + 400),
        Point(
            at_ms=start_ms + 450,
            latest_ms=start_ms + 1_500,
            end_by_ms=end_ms - LEAD_AFTER_COUNT_MS,
            priority=Priority.POSITION,
            meaning=SwitchSide(side=place.side),
        ),
    )
    return Beat(kind="switch", start_ms=start_ms, end_ms=end_ms, points=points, place=place)


def _set_rest(item: PlanExercise, level: Level, place: Place, *, start_ms: Ms) -> Beat:
    end_ms = start_ms + level.rest_ms
    points = [
        Point(
            at_ms=start_ms + 300,
            latest_ms=start_ms + 1_500,
            end_by_ms=end_ms - LEAD_MS,
            priority=Priority.POSITION,
            meaning=Rest(length_ms=level.rest_ms),
        )
    ]
    points += [
        Point(
            at_ms=start_ms + level.rest_ms // 2,
            latest_ms=end_ms - 2_000,
            end_by_ms=end_ms - LEAD_MS,
            priority=Priority.SAFETY,
            meaning=SafetyNote(exercise=item.exercise.id, key=key),
        )
        for key in safety_keys(item, "each-set")
    ]
    return Beat(kind="set-rest", start_ms=start_ms, end_ms=end_ms, points=tuple(points), place=place)


def paced_ms(phase: Phase, pace_percent: int) -> Ms:
    """Give a phase's length at a pace; a faster pace never lengthens a hold and a slower one neither."""
    if phase.kind not in PACED_KINDS:
        return phase.length_ms
    return phase.length_ms * 100 // pace_percent
