"""The cues of a repetition: what is said or sounded in each phase, and in which window.

Theory of operation. A movement's cue begins before its movement (the lead) and has ended before the
movement's midpoint; counts sit on their seconds. The wording fades: the first repetition in full, the next
two short, then tones alone, "half-way" and "last one" where they belong.

Figures from guidance on spoken cues: a lead of 0.6-1.0 s; the last two seconds counted in phases over 3 s;
"keep breathing" in the middle of holds over 6 s.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from matside.content.exercise import Breath, Counting, Level, Phase, PhaseKind
from matside.session.beat import Place, Point
from matside.session.cue import (
    Count,
    Fade,
    HalfWay,
    KeepBreathing,
    LastOne,
    Meaning,
    Movement,
    Priority,
    SafetyNote,
)
from matside.session.plan import PlanExercise
from matside.units import Ms

LEAD_MS: Ms = 800
LEAD_AFTER_COUNT_MS: Ms = 350
COUNTED_FROM_MS: Ms = 3_000
LONG_HOLD_MS: Ms = 6_000
ROOM_FOR_NOTES_MS: Ms = 5_000
FULL_REPS = 1
SHORT_REPS = 3
HALF_WAY_FROM_REPS = 5
PACED_KINDS = frozenset({PhaseKind.MOVE, PhaseKind.RETURN})


def safety_keys(item: PlanExercise, when: str) -> list[str]:
    """Give the keys of the safety texts that belong to a moment."""
    return [note.cue for note in item.exercise.safety_cues if note.when == when]


def movement(item: PlanExercise, phase: Phase, fade: Fade) -> Movement:
    """Give a phase's meaning."""
    return Movement(exercise=item.exercise.id, key=phase.cue, kind=phase.kind, breath=phase.breath, fade=fade)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One phase of one repetition at its time."""

    item: PlanExercise
    level: Level
    place: Place
    number: int
    start_ms: Ms
    end_ms: Ms

    @property
    def phase(self) -> Phase:
        """The phase as the level has it."""
        return self.level.phases[self.number]

    @property
    def length_ms(self) -> Ms:
        """Its length at the pace that it is walked at."""
        return self.end_ms - self.start_ms

    def points(self) -> Iterator[Point]:
        """Give the cues of this phase."""
        yield from self._movement()
        yield from self._middle()
        yield from self._counts()
        yield from self._first_rep_notes()

    def _movement(self) -> Iterator[Point]:
        meaning = self._meaning()
        if meaning is None:
            return
        counted = self.number > 0 and _is_counted(self.level.phases[self.number - 1])
        # A bare tone marks the turn of the breath itself; words come ahead of it.
        lead_ms = 0 if _is_tone(meaning) else LEAD_AFTER_COUNT_MS if counted else LEAD_MS
        yield Point(
            at_ms=self.start_ms - lead_ms,
            latest_ms=self.start_ms + 250,
            end_by_ms=self.start_ms + max(self.length_ms // 2, 900),
            priority=Priority.REP,
            meaning=meaning,
        )

    def _middle(self) -> Iterator[Point]:
        if self.phase.kind is not PhaseKind.HOLD or self.length_ms <= LONG_HOLD_MS:
            return
        notes = safety_keys(self.item, "long-hold")
        middle_ms = self.start_ms + self.length_ms // 2
        yield Point(
            at_ms=middle_ms,
            latest_ms=middle_ms + 400,
            end_by_ms=self.end_ms - 2_200,
            priority=Priority.REP,
            meaning=SafetyNote(exercise=self.item.exercise.id, key=notes[0]) if notes else KeepBreathing(),
        )

    def _meaning(self) -> Meaning | None:
        phase, place = self.phase, self.place
        reps = self.item.reps_at(self.level.number)
        rep = place.reps_done + 1
        if self.number == 0 and rep == reps and reps > 1:
            return LastOne()
        if self.number == 0 and reps >= HALF_WAY_FROM_REPS and place.reps_done == (reps + 1) // 2:
            return HalfWay()
        if rep <= FULL_REPS and place.set_number == 1 and place.side == 1:
            return movement(self.item, phase, Fade.FULL)
        if rep <= SHORT_REPS or (rep == reps and reps <= SHORT_REPS + 1):
            return movement(self.item, phase, Fade.SHORT)
        if phase.kind not in PACED_KINDS and phase.breath is Breath.FREE:
            return None
        return movement(self.item, phase, Fade.TONE)

    def _counts(self) -> Iterator[Point]:
        if not _is_counted(self.phase) or self.length_ms < COUNTED_FROM_MS:
            return
        for number in (2, 1):
            at_ms = self.end_ms - number * 1_000
            yield Point(
                at_ms=at_ms,
                latest_ms=at_ms + 150,
                end_by_ms=at_ms + (1_000 if number > 1 else 650),
                priority=Priority.COUNT,
                meaning=Count(number=number),
            )

    def _first_rep_notes(self) -> Iterator[Point]:
        """Give what to mind in the first repetition, within its longest phase."""
        longest = max(range(len(self.level.phases)), key=lambda index: self.level.phases[index].length_ms)
        if self.place != Place() or self.number != longest or not has_room_for_notes(self.level):
            return
        # The middle of a long hold has its own reminder, which would cut a note that is still being said.
        is_long = self.phase.kind is PhaseKind.HOLD and self.length_ms > LONG_HOLD_MS
        for key in safety_keys(self.item, "first-rep"):
            yield Point(
                at_ms=self.start_ms + self.length_ms * (20 if is_long else 35) // 100,
                latest_ms=self.end_ms - 1_200,
                end_by_ms=self.end_ms - LEAD_AFTER_COUNT_MS,
                priority=Priority.COUNT,
                meaning=SafetyNote(exercise=self.item.exercise.id, key=key),
            )


def has_room_for_notes(level: Level) -> bool:
    """Tell whether a phase is long enough to say what to mind within it; else the set-up says it."""
    return max(phase.length_ms for phase in level.phases) >= ROOM_FOR_NOTES_MS


def _is_tone(meaning: Meaning) -> bool:
    return isinstance(meaning, Movement) and meaning.fade is Fade.TONE


def _is_counted(phase: Phase) -> bool:
    return phase.counting is not Counting.NONE and phase.length_ms >= COUNTED_FROM_MS
