"""Whether an interrupted session may still be gone on with."""

from datetime import datetime

from matside.planning.admission import Standing, admission
from matside.planning.gates import grant, highest_allowed, is_open_to_all
from matside.planning.person import contradictions, later
from matside.planning.questions import Asks, questions
from matside.planning.tailor import Tailored
from matside.run.journal import Written
from matside.run.recall import asks_of, recall
from matside.run.request import Request, fingerprint
from matside.settings import Paths


def may_still(request: Request, written: Written, paths: Paths) -> bool:
    """Tell whether it is what it was, and she may still do all of it.

    A week may have passed, a flag or a red text come between, matside have been brought up to date.
    What she is asked after a long pause is the questions of that day, so they must be today's as well.
    """
    if fingerprint(request.plan()) != written.header.plan:
        return False
    now = datetime.now().astimezone()
    routine, library, then = request.routine.routine, request.routine.library, request.today.person
    found = recall(paths.history, library, now)
    is_told = found.profile.closes_or_opens
    person = later(then, (now - written.header.started_at).days)
    if found.profile.asked_on is not None or found.today.person.lacks is None:
        person = found.today.person
    if person.known_stage is not then.known_stage or contradictions(person):
        return False
    if questions(routine, library, person, Asks()) != questions(routine, library, then, Asks()):
        return False
    others = [session for session in found.sessions if session.id != written.header.record]
    asks = asks_of(others, now, changed_at=None)
    standing = Standing(person=person, profile=found.profile if is_told else None, asks=asks, on=now.date())
    is_locked = asks.locked and not is_open_to_all(routine, library)
    if is_locked or admission(routine, library, standing) is not None:
        return False
    steps = (step for step in request.laid().steps if isinstance(step, Tailored))
    rules = library.rules.values()
    return all(
        step.level <= grant(step.exercise, person).level
        and step.level <= highest_allowed(step.exercise.levels, rules, person)
        for step in steps
    )
