"""Where a person stands on each ladder, from what she did: the same history gives the same answer.

Theory of operation. What was too hard stays down: the rung where an exercise ended is a cap from then on.
Pain, and a flare on the day after, take one rung off. "Too easy" alone changes nothing; together with three
different days on which that rung was done to its end, without a flare on the next day, it offers the next
rung, after a birth at most one a week. Gates aren't looked at here: they cap whatever comes out.

Source of the numbers: the ladder rules of the safety brief (section 2.0), our own judgement on the safe side.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from matside.planning.why import Because

CLEAN_DAYS = 3
BETWEEN_RAISES_AFTER_BIRTH = timedelta(days=7)
TOO_HARD, PAIN, DONE = "too-hard", "pain", "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An exercise done, or begun, on one day.

    Attributes:
        on: The day, by the person's own calendar.
        level_done: Where it ended; -1 where it was left out.
        result: As in the history: "done", "skipped", "too-hard", "pain", "ended".
        after_birth: It was within the year after a birth.
    """

    on: date
    exercise: str
    level_planned: int
    level_done: int
    result: str
    wants_harder: bool = False
    after_birth: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A place on a ladder that differs from the routine's own.

    Attributes:
        is_raise: It lifts the routine's level; otherwise it caps it.
        is_hers: She chose it herself; it counts as it is.
        since: The day that it goes back to.
    """

    level: int
    because: Because
    since: date | None = None
    is_raise: bool = False
    is_hers: bool = False


@dataclass(slots=True)
class _Ladder:
    """What is known of one exercise while its history is read."""

    rung: Rung | None = None
    clean: dict[int, set[date]] = field(default_factory=dict)
    wants: set[int] = field(default_factory=set)
    raised_on: date | None = None
    last: Attempt | None = None

    def read(self, attempt: Attempt, clean_days: int) -> None:
        self.last = attempt
        planned, done = attempt.level_planned, attempt.level_done
        if attempt.result == PAIN:
            self._lower(max(0, planned - 1), Because.PAIN, attempt.on)
        elif done < planned or attempt.result == TOO_HARD:
            self._lower(max(0, done), Because.TOO_HARD, attempt.on)
        elif attempt.result == DONE:
            self.clean.setdefault(planned, set()).add(attempt.on)
        if attempt.wants_harder and attempt.result == DONE and done >= planned:
            self.wants.add(planned)
        self._offer(planned, attempt, clean_days)

    def flare(self, on: date) -> None:
        """Take one rung off, and let the day before not count as clean."""
        if self.last is None:
            return
        for days in self.clean.values():
            days.discard(self.last.on)
        self._lower(max(0, self.last.level_planned - 1), Because.FLARE, on)

    def _lower(self, level: int, because: Because, on: date) -> None:
        self.rung = Rung(level=level, because=because, since=on)
        self.clean.clear()
        self.wants.clear()

    def _offer(self, level: int, attempt: Attempt, clean_days: int) -> None:
        if level not in self.wants or len(self.clean.get(level, ())) < clean_days:
            return
        lately = self.raised_on is not None and attempt.on - self.raised_on < BETWEEN_RAISES_AFTER_BIRTH
        if attempt.after_birth and lately:
            return
        self.rung = Rung(level=level + 1, because=Because.RAISED, since=attempt.on, is_raise=True)
        self.raised_on = attempt.on
        self.wants.clear()


def ladder_of(
    attempts: Sequence[Attempt],
    *,
    flares: Iterable[date] = (),
    clean_days: Mapping[str, int] | None = None,
) -> dict[str, Rung]:
    """Read a history.

    Args:
        attempts: In any order; those of one day in the order in which they happened. What a reset undoes
            is left out of them.
        flares: Days on which she said that the last time had left her sorer.
        clean_days: Exercise to the clean days that its next rung needs, where it isn't three.

    Returns:
        Exercise to its rung; what isn't there stands where the routine has it.
    """
    ladders: dict[str, _Ladder] = {}
    flare_days = sorted(set(flares))
    for attempt in sorted(attempts, key=lambda one: one.on):
        while flare_days and flare_days[0] <= attempt.on:
            _flare(ladders, flare_days.pop(0))
        needed = (clean_days or {}).get(attempt.exercise, CLEAN_DAYS)
        ladders.setdefault(attempt.exercise, _Ladder()).read(attempt, needed)
    for day in flare_days:
        _flare(ladders, day)
    return {name: ladder.rung for name, ladder in ladders.items() if ladder.rung is not None}


def _flare(ladders: Mapping[str, _Ladder], on: date) -> None:
    """Step down what was done on the last day before; the rest had no part in it."""
    days = [ladder.last.on for ladder in ladders.values() if ladder.last is not None and ladder.last.on < on]
    for ladder in ladders.values():
        if days and ladder.last is not None and ladder.last.on == max(days):
            ladder.flare(on)
