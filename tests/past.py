"""What lies behind a person: sessions written into her history."""

from datetime import UTC, datetime, timedelta

from matside.history.store import Store
from matside.session.outcome import CHECK_ITEM, SESSION_ITEM, Outcome, Result


def passed_check(home, *, stage, check=None, exercise="bridge"):
    """Write a session of a minute ago in which all questions were answered with "no"."""
    at = datetime.now(UTC) - timedelta(minutes=1)
    path = home / "data" / "history.sqlite3"

    def outcome(name, item):
        return Outcome(
            at_ms=1,
            item=item,
            exercise=name,
            result=Result.DONE,
            level_planned=1,
            level_done=1,
            reps_done=1,
            reps_planned=1,
            wants_harder=False,
        )

    with Store.open(path) as store:
        record = store.begin(started_at=at, routine="back-care", language="en", stage=stage)
        record.record(outcome(f"check:{check or stage}", CHECK_ITEM))
        record.record(outcome(exercise, 1))


def ended_by(home, exercise, *, item, result):
    """Write a session of just now that one outcome ended."""
    with Store.open(home / "data" / "history.sqlite3") as store:
        record = store.begin(
            started_at=datetime.now(UTC), routine="back-care", language="en", stage="general"
        )
        record.record(
            Outcome(
                at_ms=1,
                item=item,
                exercise=exercise,
                result=result,
                level_planned=-1,
                level_done=-1,
                reps_done=0,
                reps_planned=0,
                wants_harder=False,
            )
        )


def red_text(home):
    """Write a session of just now that a red word ended."""
    ended_by(home, "red:word", item=SESSION_ITEM, result=Result.RED)
