"""Whether there may be a session today: one answer for the plan, the start and a resume.

Everything that can close a session stands here, so that no way into one misses any of it. Gates of single
exercises come after it.
"""

from dataclasses import dataclass
from datetime import date

from matside.content.language import Library
from matside.content.routine import Routine
from matside.planning.choose import Cause, Refusal, open_routine, refusal
from matside.planning.gates import is_open_to_all
from matside.planning.person import Person
from matside.planning.profile import Profile, Screened
from matside.planning.questions import Asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that decides about a session as a whole.

    Attributes:
        profile: What she told; None where she never told anything.
        asks: What her history leaves to be asked.
        on: Today, by her own calendar.
    """

    person: Person
    profile: Profile | None
    asks: Asks
    on: date


def admission(routine: Routine | None, library: Library, standing: Standing) -> Refusal | None:
    """Tell why there is no session, of a routine or of any; None where there may be one.

    Args:
        routine: None asks whether any is open.
        library: For what is open to everybody.
        standing: For whom, and on which day.
    """
    profile, person = standing.profile, standing.person
    if profile is not None and profile.low_on == standing.on:
        return Refusal(cause=Cause.LOW_MOOD)
    if profile is not None and profile.screened is Screened.LIMITED:
        return Refusal(cause=Cause.SCREENING)
    closed = refusal(routine, library, person)
    if closed is not None and closed.cause is not Cause.NOT_OFFERED:
        return closed
    if routine is not None and is_open_to_all(routine, library):
        return closed
    instead = open_routine(library)
    if profile is not None and person.lacks is None and not profile.may_train:
        return Refusal(cause=Cause.UNSCREENED, instead=instead)
    return Refusal(cause=Cause.REST_DAY, instead=instead) if standing.asks.rests else closed
