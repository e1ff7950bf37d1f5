"""A session laid out for one person and one day: what is left to decide is only what she says."""

from dataclasses import dataclass
from typing import TypeAlias

from matside.content.exercise import Exercise, Level, Position
from matside.content.routine import Check, Passage
from matside.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanExercise:
    """An exercise with its dose.

    Attributes:
        level: Where it begins on its ladder.
        reps: Repetitions a side and set at that level.
        setup_ms: Time to get ready at that level.
        first_time: Whether its introduction is said.
        exits: Whether the position is left at the end, because the next item has another.
        note: A text that says why it differs from the routine, as (exercise, cue key); said in the set-up.
        goes_on: The item before it is the same exercise, so its name isn't said again.
    """

    exercise: Exercise
    level: int
    reps: int
    sets: int
    setup_ms: Ms
    exit_ms: Ms
    first_time: bool
    exits: bool
    note: tuple[str, str] | None = None
    goes_on: bool = False

    def at(self, level: int) -> Level:
        """Give the rung of the ladder with this number."""
        return self.exercise.levels[level]

    def reps_at(self, level: int) -> int:
        """Give the repetitions a side and set on a rung: its own dose, or the planned one where smaller."""
        return self.reps if level == self.level else min(self.reps, self.at(level).reps)

    def sets_at(self, level: int) -> int:
        """Give the sets on a rung."""
        return self.sets if level == self.level else min(self.sets, self.at(level).sets)

    @property
    def length_ms(self) -> Ms:
        """The planned length, set-up and exit included."""
        work_ms = self.at(self.level).work_ms(reps=self.reps, sets=self.sets)
        return self.setup_ms + work_ms + (self.exit_ms if self.exits else 0)

    @property
    def position(self) -> Position:
        """Where the body is, as planned."""
        return self.at(self.level).position


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPassage:
    """A spoken passage."""

    passage: Passage

    @property
    def length_ms(self) -> Ms:
        """The passage's length."""
        return self.passage.length_ms

    @property
    def position(self) -> Position | None:
        """The position that the passage leads into, if any."""
        return self.passage.position


PlanItem: TypeAlias = PlanExercise | PlanPassage


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the session will do, item by item.

    Attributes:
        check: Questions that must all be answered "no" before the first item; None where nothing is asked.
        changed: Asked in place of the check where that was passed earlier in the day: a "no" leads past it,
            anything else to the check. After a long pause the check itself is asked again.
        passed: The check was passed before; it is asked only after a long pause.
        general: She is neither pregnant nor after a birth: what sends for help names no midwife.
        emergency_number: What the person would call, as it was typed; named in the texts that send for help.
        equipment: What to have within reach.
    """

    routine: str
    items: tuple[PlanItem, ...]
    equipment: tuple[str, ...] = ()
    check: Check | None = None
    changed: Check | None = None
    passed: bool = False
    general: bool = False
    emergency_number: str | None = None

    @property
    def total_ms(self) -> Ms:
        """The planned length without the check, whose length is hers to decide."""
        return sum(item.length_ms for item in self.items)

    @property
    def ends_in_exercise(self) -> bool:
        """Whether no passage closes it."""
        return isinstance(self.items[-1], PlanExercise)
