"""Which routine suits a person at this hour, in the minutes that she has."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from matside.content.language import Library
from matside.content.routine import PartOfDay, Routine
from matside.planning.gates import ending_flag, is_offered, is_open_to_all
from matside.planning.lay_out import CHECK_MS, lay_out_for
from matside.planning.person import Person
from matside.planning.questions import Questions
from matside.planning.tailor import Today
from matside.units import Ms

EVENING_FROM_HOUR = 17


class Cause(StrEnum):
    """Why there is no session; each has a sentence in every language's planning texts."""

    UNKNOWN_STAGE = "unknown-stage"
    UNKNOWN_WEEKS = "unknown-weeks"
    UNKNOWN_BIRTH = "unknown-birth"
    FLAG = "flag"
    NOT_OFFERED = "not-offered"
    NOTHING_LEFT = "nothing-left"
    SCREENING = "screening"
    UNSCREENED = "unscreened"
    REST_DAY = "rest-day"
    LOW_MOOD = "low-mood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No session, and why.

    Attributes:
        flag: The body flag that it is about.
        instead: Another routine's id that she may do.
    """

    cause: Cause
    flag: str | None = None
    instead: str | None = None


def part_of_day(hour: int) -> PartOfDay:
    """Give the part of the day that an hour, 0 to 23, belongs to."""
    return PartOfDay.EVENING if hour >= EVENING_FROM_HOUR else PartOfDay.MORNING


def refusal(routine: Routine | None, library: Library, person: Person) -> Refusal | None:
    """Tell why a person can't do a routine, or any at all where None is given; None where she can.

    What nobody needs to be asked for, the seated breathing, is open to everybody.
    """
    lacks = person.lacks
    if lacks is not None and (routine is None or not is_open_to_all(routine, library)):
        return Refusal(cause=Cause(f"unknown-{lacks}"), instead=open_routine(library))
    flag = ending_flag(library.exercises.values(), person)
    if flag is not None:
        return Refusal(cause=Cause.FLAG, flag=flag)
    if routine is not None and not is_offered(routine.offers, person):
        other = choose(library, person, None, None)
        return Refusal(cause=Cause.NOT_OFFERED, instead=other.id if isinstance(other, Routine) else None)
    return None


def open_routine(library: Library) -> str | None:
    """Give the first routine that everybody may do, of whom nothing is known."""
    return next((one.id for one in library.routines.values() if is_open_to_all(one, library)), None)


def choose(library: Library, person: Person, part: PartOfDay | None, most_ms: Ms | None) -> Routine | Refusal:
    """Choose a routine.

    Args:
        library: What there is.
        person: For whom.
        part: The part of the day; None leaves it open.
        most_ms: How long it may take, its questions included; None takes the whole form.
    """
    refused = refusal(None, library, person)
    if refused is not None:
        return refused
    offered = [one for one in library.routines.values() if one.offers and is_offered(one.offers, person)]
    heads = [one for one in offered if one.short_of is None and not one.on_request]
    ranked = sorted(heads, key=lambda one: (_rank(one, part), -one.rank))
    if not ranked:
        return Refusal(cause=Cause.NOT_OFFERED, instead=open_routine(library))
    best = ranked[0]
    if most_ms is None:
        return best
    # A short form may hold nothing but what a flag rules out, or what needs a thing that isn't there.
    offered = [one for one in offered if one is best or not _is_empty(one, library, person)]
    family = [one for one in offered if one is best or one.short_of == best.id]
    return _longest(family, most_ms) or _longest(offered, most_ms) or min(family, key=length_ms)


def _rank(routine: Routine, part: PartOfDay | None) -> int:
    if routine.part_of_day is part:
        return 0
    return 1 if routine.part_of_day is None else 2


def _is_empty(routine: Routine, library: Library, person: Person) -> bool:
    return lay_out_for(routine, library, Today(person=person), asked=Questions()).is_empty


def _longest(routines: Iterable[Routine], most_ms: Ms) -> Routine | None:
    fitting = [one for one in routines if not one.on_request and length_ms(one) <= most_ms]
    return max(fitting, key=length_ms, default=None)


def length_ms(routine: Routine) -> Ms:
    """Give a routine's stated length, its questions included."""
    return routine.total_ms + (CHECK_MS if routine.check else 0)
