"""Which questions come before a session: all six, one, or none; by the person's stage and week."""

from dataclasses import dataclass, replace

from matside.content.language import Library
from matside.content.routine import Check, Routine
from matside.planning.gates import fits_weeks
from matside.planning.person import Person

CHANGED, FLARE = "changed", "flare"
"""Names of the two checks that aren't a stage's: "has anything changed since?", and "was it sorer?"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What her day so far leaves to be asked.

    Attributes:
        only_changes: All questions were answered with "no" earlier today, and nothing changed since.
        flare: She exercised a day or two ago and hasn't said yet how that went.
        nothing: She said that she has answered them.
    """

    only_changes: bool = False
    flare: bool = False
    nothing: bool = False


def questions(routine: Routine, library: Library, person: Person, asks: Asks) -> Check | None:
    """Give the questions to ask before a routine; None where there are none."""
    if routine.check is None or asks.nothing:
        return None
    check = _of_stage(routine.check, library, person)
    if asks.only_changes and CHANGED in library.checks:
        return replace(library.checks[CHANGED], then=check)
    if asks.flare and FLARE in library.checks:
        return replace(check, questions=check.questions + library.checks[FLARE].questions)
    return check


def _of_stage(own: str, library: Library, person: Person) -> Check:
    """Give the questions of her stage and week; the routine's own where no stage has any."""
    fitting = (
        check
        for check in library.checks.values()
        if check.stage is not None and fits_weeks(check.stage, check.weeks_min, check.weeks_max, person)
    )
    return next(fitting, library.checks[own])
