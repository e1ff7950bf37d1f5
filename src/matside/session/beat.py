"""A beat: one stretch of active time with the cues that belong to it."""

from dataclasses import dataclass, replace

from matside.session.cue import Meaning, Priority, Tone, ToneKind
from matside.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A cue's window in active time; see `matside.session.cue.Cue`."""

    at_ms: Ms
    latest_ms: Ms
    end_by_ms: Ms | None
    priority: Priority
    meaning: Meaning

    def shifted(self, by_ms: Ms) -> "Point":
        """Give the same point earlier or later."""
        return replace(
            self,
            at_ms=self.at_ms + by_ms,
            latest_ms=self.latest_ms + by_ms,
            end_by_ms=None if self.end_by_ms is None else self.end_by_ms + by_ms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far the work has come: set and side count from 1, `reps_done` from 0 within the side."""

    set_number: int = 1
    side: int = 1
    reps_done: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One stretch of active time.

    Attributes:
        kind: setup, adjust, move, hold, return, rest, switch, set-rest, exit or talk.
        place: Where in the work it is, for beats of the work.
        phase: Which phase of the repetition, for beats of the work.
        closes_rep: The repetition is finished when this beat ends.
    """

    kind: str
    start_ms: Ms
    end_ms: Ms
    points: tuple[Point, ...] = ()
    place: Place | None = None
    phase: int | None = None
    cue: str | None = None
    closes_rep: bool = False

    @property
    def length_ms(self) -> Ms:
        """How long it lasts."""
        return self.end_ms - self.start_ms

    def shifted(self, by_ms: Ms) -> "Beat":
        """Give the same beat earlier or later, cues and all."""
        points = tuple(point.shifted(by_ms) for point in self.points)
        return replace(self, start_ms=self.start_ms + by_ms, end_ms=self.end_ms + by_ms, points=points)


def tone_point(kind: ToneKind, *, at_ms: Ms, end_by_ms: Ms) -> Point:
    """Give a tone that sounds now or not at all."""
    return Point(
        at_ms=at_ms,
        latest_ms=at_ms + 120,
        end_by_ms=end_by_ms,
        priority=Priority.TONE,
        meaning=Tone(kind=kind),
    )
