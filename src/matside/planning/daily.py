"""What of the day's doses is done, and what is left: the same day's outcomes give the same answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from matside.content.dose import DailyDose, Unit
from matside.content.language import Library
from matside.planning.gates import grant
from matside.planning.person import Person
from matside.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something that was done today.

    Attributes:
        reps: Repetitions finished, both sides together.
        rep_ms: The length of one of them, of the variant that was done.
    """

    exercise: str
    level: int
    reps: int
    rep_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A dose and how far it has come, in the dose's own unit."""

    dose: DailyDose
    done: int

    @property
    def left(self) -> int:
        """What is left of it."""
        return max(0, self.dose.per_day - self.done)


def tallies(library: Library, person: Person, done: Iterable[Done]) -> list[Tally]:
    """Count the day's doses; one whose exercise is closed to her isn't among them."""
    finished = list(done)
    return [
        Tally(dose=dose, done=sum(_amount(one, dose, library) for one in finished))
        for dose in library.doses.values()
        if _is_open(dose, library, person)
    ]


def _is_open(dose: DailyDose, library: Library, person: Person) -> bool:
    exercises = [library.exercises[name] for name in dose.exercises if name in library.exercises]
    return any(grant(exercise, person).level >= dose.from_level for exercise in exercises)


def _amount(done: Done, dose: DailyDose, library: Library) -> int:
    exercise = library.exercises.get(done.exercise)
    if done.exercise not in dose.exercises or exercise is None or done.reps < 1:
        return 0
    if not dose.from_level <= done.level < len(exercise.levels):
        return 0
    match dose.unit:
        case Unit.REPS:
            return done.reps
        case Unit.SETS:
            return 1
        case Unit.SECONDS:
            return done.reps * done.rep_ms // 1_000
