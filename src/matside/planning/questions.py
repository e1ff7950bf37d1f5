"""Which questions come before a session: all six, one, or none; by the person's stage and week."""

from dataclasses import dataclass

from matside.content.language import Library
from matside.content.routine import Check, Routine
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
        rests: She said today that the last time had left her sorer: today is a day of rest.
        locked: The last answer, or a red text, closed the sessions: all questions must be asked.
    """

    only_changes: bool = False
    flare: bool = False
    nothing: bool = False
    locked: bool = False
    rests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What to ask before a session.

    Attributes:
        check: Every one of these needs a clear "no".
        changed: One question in its place, whose "no" leads past it; None where all must be asked.
    """

    check: Check | None = None
    changed: Check | None = None


def questions(routine: Routine, library: Library, person: Person, asks: Asks) -> Questions:
    """Give the questions to ask before a routine."""
    if routine.check is None or asks.nothing:
        return Questions()
    stage, weeks = person.known_stage, person.weeks
    own = library.checks[routine.check]
    check = next((one for one in library.checks.values() if one.is_for(stage, weeks)), own)
    if asks.only_changes:
        return Questions(check=check, changed=library.checks[CHANGED])
    return Questions(check=check.plus(library.checks[FLARE]) if asks.flare else check)
