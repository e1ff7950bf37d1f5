"""Who is on the mat today, as far as it decides what she may do. Values only; nothing here reads a clock."""

from dataclasses import dataclass, replace

from matside.content.exercise import Birth, Stage

LAST_WEEK_OF_PREGNANCY = 45
"""Completed weeks; a pregnancy of more isn't one that matside can plan for."""
LAST_WEEK_AFTER_BIRTH = 104
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Everything that gates, flags and offers look at.

    Attributes:
        stage: What she said of herself; `UNKNOWN` until she did.
        weeks: Completed weeks of pregnancy, or since the birth; None where she didn't say.
        days: Whole days since the birth, where a date is known.
        birth: How the last birth went; needed after a birth.
        check_done: Her postnatal check has happened and nobody told her to wait.
        flags: Body flags that she has now.
        missing: Things that she doesn't have: "ball", "bed-or-mat".
        experience: What she has done before: "trained", "ball-used".
    """

    stage: Stage = Stage.UNKNOWN
    weeks: int | None = None
    days: int | None = None
    birth: Birth | None = None
    check_done: bool = False
    flags: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    experience: frozenset[str] = frozenset()

    @property
    def lacks(self) -> str | None:
        """Name the first thing that must be known before any session; None where all of it is."""
        if self.stage is Stage.UNKNOWN:
            return "stage"
        if self.stage is not Stage.GENERAL and self.weeks is None:
            return "weeks"
        if self.stage is Stage.POSTPARTUM and self.birth is None:
            return "birth"
        return None

    @property
    def known_stage(self) -> Stage:
        """Give the stage that gates may believe: `UNKNOWN` where anything that they need isn't known."""
        return self.stage if self.lacks is None else Stage.UNKNOWN


def later(person: Person, days: int) -> Person:
    """Give who she is so many days later, where nothing else is known: as strictly as it may be.

    A week that has begun counts as a whole one of pregnancy. After a birth time opens more, so there it
    stands still.
    """
    if person.stage is not Stage.PREGNANT or person.weeks is None or days <= 0:
        return person
    return replace(person, weeks=person.weeks + -(-days // DAYS_A_WEEK))


def contradictions(person: Person) -> tuple[str, ...]:
    """Find answers that can't all be true, each as the key of a sentence that asks again.

    Returns:
        Keys under `contradictions` of a language's planning texts; empty where the answers fit together.
    """
    found = []
    if person.stage is Stage.PREGNANT:
        if person.weeks is not None and not 0 <= person.weeks <= LAST_WEEK_OF_PREGNANCY:
            found.append("weeks-of-pregnancy")
        if person.birth is not None or person.check_done:
            found.append("birth-while-pregnant")
    if person.stage is Stage.POSTPARTUM and person.weeks is not None:
        if not 0 <= person.weeks <= LAST_WEEK_AFTER_BIRTH:
            found.append("weeks-after-birth")
        elif person.days is not None and person.days // DAYS_A_WEEK != person.weeks:
            found.append("days-and-weeks")
    if person.stage in {Stage.GENERAL, Stage.UNKNOWN} and (
        person.weeks is not None or person.birth is not None or person.check_done
    ):
        found.append("weeks-without-stage")
    return tuple(found)
