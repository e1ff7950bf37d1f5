"""Which questions come before a session: all six, one, or none; by the person's stage and week."""

from dataclasses import dataclass

from matside.content.language import Library
from matside.content.routine import Check, Routine
from matside.planning.gates import is_open_to_all
from matside.planning.person import Person

CHANGED, FLARE = "changed", "flare"
"""Names of the two checks that aren't a stage's: "has anything changed since?", and "was it sorer?"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What her day so far leaves to be asked.

    Attributes:
        only_changes: All questions were answered with "no" earlier today, and nothing changed since.
        flare: She exercised a day or two ago and hasn't said yet how that went.
        passed: The check that she passed today, by its name; one question is enough only in its place.
        nothing: She said that she has answered that one question too.
        rests: She said today that the last time had left her sorer: today is a day of rest.
        locked: The last answer, or a red text, closed the sessions: all questions must be asked.
    """

    only_changes: bool = False
    passed: str | None = None
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
        passed: They were answered already; after a long pause they are asked again.
    """

    check: Check | None = None
    changed: Check | None = None
    passed: bool = False


def questions(routine: Routine, library: Library, person: Person, asks: Asks) -> Questions:
    """Give the questions to ask before a routine.

    A routine without a check asks nothing, unless the sessions are closed until everything was asked again;
    seated breathing, which is open to everybody, stays open then as well.
    """
    own = library.checks[routine.check] if routine.check is not None else None
    if own is None and (not asks.locked or is_open_to_all(routine, library)):
        return Questions()
    stage, weeks = person.known_stage, person.weeks
    check = next((one for one in library.checks.values() if one.is_for(stage, weeks)), own)
    if check is None:
        return Questions()
    if asks.only_changes and asks.passed == check.id:
        changed = None if asks.nothing else library.checks[CHANGED]
        return Questions(check=check, changed=changed, passed=asks.nothing)
    return Questions(check=check.plus(library.checks[FLARE]) if asks.flare else check)
