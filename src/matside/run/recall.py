"""What is known of the person on one day: her profile, where she stands, and what must be asked first."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from matside.content.language import Library
from matside.content.length import level_of
from matside.content.routine import ExerciseItem, Routine
from matside.errors import MatsideError
from matside.history.profile_store import profile_changed_at, profile_values, resets
from matside.history.store import PastSession, Store
from matside.planning.adapt import Attempt, ladder_of
from matside.planning.daily import Done
from matside.planning.profile import Profile, from_values, person_on
from matside.planning.questions import FLARE, Asks
from matside.planning.tailor import Today
from matside.session.outcome import Outcome, Result
from matside.units import Ms

SESSIONS_READ = 2_000
"""Years of daily sessions; a longer history changes no ladder."""
FLARE_ASKED_WITHIN = timedelta(days=3)
CHECK = "check:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A person on one day.

    Attributes:
        sessions: The newest first.
        is_new: Nothing was ever told or done.
    """

    profile: Profile
    today: Today
    asks: Asks = field(default_factory=Asks)
    sessions: Sequence[PastSession] = ()

    @property
    def is_new(self) -> bool:
        """Whether she was never asked."""
        return self.profile.asked_on is None and not self.sessions


def recall(history: Path, library: Library, now: datetime) -> Recalled:
    """Read what is known.

    Args:
        history: The person's file; it need not exist.
        library: For what a ladder's next rung needs.
        now: The wall clock, aware, in the person's own time zone.

    Raises:
        MatsideError: The file is damaged, or a profile in it is.
        EdgeError: The file can't be read.
    """
    values: dict[str, str] = {}
    sessions: list[PastSession] = []
    undone: list[tuple[str, datetime]] = []
    changed_at = None
    if history.exists():
        with Store.open(history) as store:
            values, sessions = profile_values(store), store.history(SESSIONS_READ)
            undone, changed_at = resets(store), profile_changed_at(store)
    try:
        profile = from_values(values)
    except (ValueError, TypeError) as error:
        raise MatsideError(
            f"The profile in {history} can't be read: {error}.",
            hint="Answer the questions again: matside profile ask. Your history isn't touched.",
        ) from error
    exercises = library.exercises
    done = _done(sessions)
    today = Today(
        person=person_on(profile, now.date()),
        ladder=ladder_of(
            _attempts(sessions, undone, now),
            flares=_flares(sessions, now),
            clean_days={name: one.levels[0].promote_after_clean_days for name, one in exercises.items()},
        ),
        met=done,
        new=frozenset(exercises) - done,
        first_week=_is_first_week(sessions, now),
        baby_tips=profile.baby_tips,
    )
    asks = asks_of(sessions, now, changed_at=changed_at)
    return Recalled(profile=profile, today=today, asks=asks, sessions=sessions)


def done_on(sessions: Sequence[PastSession], library: Library, now: datetime) -> list[Done]:
    """Give what was done on this day, by the person's own calendar."""
    return [
        Done(
            exercise=one.exercise,
            level=one.level_done,
            reps=one.reps_done,
            rep_ms=_rep_ms(one, library.routines.get(session.routine), library),
        )
        for session in sessions
        if _day(session, now) == now.date()
        for one in session.outcomes
        if _is_exercise(one)
    ]


def _rep_ms(outcome: Outcome, routine: Routine | None, library: Library) -> Ms:
    """Give the length of a repetition as the session's own variant has it; 0 where it is known no more."""
    exercise = library.exercises.get(outcome.exercise)
    if exercise is None or not 0 <= outcome.level_done < len(exercise.levels):
        return 0
    items = routine.items if routine else ()
    fitting = (one for one in items if isinstance(one, ExerciseItem) and one.exercise == outcome.exercise)
    item = next(fitting, ExerciseItem(exercise=outcome.exercise, level=outcome.level_done))
    return level_of(replace(item, level=outcome.level_done), library.exercises).rep_ms


def asks_of(sessions: Sequence[PastSession], now: datetime, *, changed_at: datetime | None) -> Asks:
    """Tell what must be asked before the next session.

    All questions, unless they were passed today, nothing ended a session with a red text or a "yes" since,
    and nothing in the profile changed since. A session from the future, of a clock that was ahead, passed
    nothing.
    """
    flare, locked = _is_flare_due(sessions, now), _is_locked(sessions, now)
    rests = now.date() in _flares(sessions, now)
    if locked:
        return Asks(flare=flare, locked=True, rests=rests)
    for session in sorted(sessions, key=lambda one: one.id, reverse=True):
        if _day(session, now) != now.date() or session.started_at > now:
            break
        if any(_passed(outcome) for outcome in session.outcomes):
            known = changed_at is None or changed_at < session.started_at
            passed = next(one.exercise for one in session.outcomes if _passed(one)).removeprefix(CHECK)
            return Asks(only_changes=known, passed=passed, flare=flare and not known, rests=rests)
    return Asks(flare=flare, rests=rests)


def _is_locked(sessions: Sequence[PastSession], now: datetime) -> bool:
    """Tell whether the last word on any day was a "yes" to a question, or a red text.

    It must not have been either by the clock or by the order in which sessions were begun: clocks have been
    wrong, and a session that was begun before may have been gone on with after.
    """
    words = [
        (session.id, _said_at(session, outcome, closes=closes), closes)
        for session in sessions
        for outcome in session.outcomes
        if (closes := outcome.result in {Result.REFUSED, Result.RED}) or _passed(outcome)
    ]
    begun = max(((number, closes) for number, _, closes in words), default=(0, False))
    timed = max(((at, closes) for _, at, closes in words if at <= now), default=(now, False))
    return begun[1] or timed[1]


def _said_at(session: PastSession, outcome: Outcome, *, closes: bool) -> datetime:
    """Give when it was said; of what closes, which ends its session, the end, which a resumed one has too."""
    at = session.started_at + timedelta(milliseconds=outcome.at_ms)
    if session.ended_at is None:
        return at
    return session.ended_at if closes else min(at, session.ended_at)


def _passed(outcome: Outcome) -> bool:
    return outcome.exercise.startswith(CHECK) and outcome.result is Result.DONE


def _is_exercise(outcome: Outcome) -> bool:
    return outcome.item >= 0


def _done(sessions: Sequence[PastSession]) -> frozenset[str]:
    outcomes = (outcome for session in sessions for outcome in session.outcomes if _is_exercise(outcome))
    return frozenset(one.exercise for one in outcomes if one.result is Result.DONE)


def _is_first_week(sessions: Sequence[PastSession], now: datetime) -> bool:
    """Tell whether her first session with exercises lies less than a week back, or is yet to come."""
    days = [_day(session, now) for session in sessions if any(map(_is_exercise, session.outcomes))]
    return not days or now.date() - min(days) < timedelta(days=7)


def _day(session: PastSession, now: datetime) -> date:
    return session.started_at.astimezone(now.tzinfo).date()


def _attempts(
    sessions: Sequence[PastSession], undone: Sequence[tuple[str, datetime]], now: datetime
) -> list[Attempt]:
    """Give what counts for the ladders, the oldest first: nothing from before a reset."""
    since: dict[str, datetime] = {}
    for exercise, at in undone:
        since[exercise] = max(at, since.get(exercise, at))
    found = []
    for session in sorted(sessions, key=lambda one: one.started_at):
        for outcome in session.outcomes:
            limits = [since[key] for key in ("", outcome.exercise) if key in since]
            at = session.started_at + timedelta(milliseconds=outcome.at_ms)
            if not _is_exercise(outcome) or any(at < limit for limit in limits):
                continue
            found.append(
                Attempt(
                    on=_day(session, now),
                    exercise=outcome.exercise,
                    level_planned=outcome.level_planned,
                    level_done=outcome.level_done,
                    result="pain" if outcome.result is Result.RED else outcome.result.value,
                    wants_harder=outcome.wants_harder,
                    after_birth=session.stage == "postpartum",
                )
            )
    return found


def _flares(sessions: Sequence[PastSession], now: datetime) -> list[date]:
    return [
        _day(session, now)
        for session in sessions
        if any(
            one.exercise.endswith(f":{FLARE}") and one.result is Result.REFUSED for one in session.outcomes
        )
    ]


def _is_flare_due(sessions: Sequence[PastSession], now: datetime) -> bool:
    """Tell whether the last day with exercise lies a day or more back, and wasn't asked about since."""
    days = [_day(session, now) for session in sessions if any(map(_is_exercise, session.outcomes))]
    last = max(days, default=None)
    if last is None or not timedelta(days=1) <= now.date() - last <= FLARE_ASKED_WITHIN:
        return False
    return not any(
        _passed(outcome) or outcome.exercise.endswith(f":{FLARE}")
        for session in sessions
        if _day(session, now) > last
        for outcome in session.outcomes
    )
