from datetime import UTC, datetime, timedelta, timezone

from matside.history.store import PastSession
from matside.history.summary import Remark, as_record, rows
from matside.session.outcome import Outcome, Result

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


def outcome(item: int, result: Result, exercise: str = "plank", **more) -> Outcome:
    values = {"level_planned": 1, "level_done": 1, "reps_done": 4, "reps_planned": 4, "wants_harder": False}
    return Outcome(at_ms=1000 * (item + 1), item=item, exercise=exercise, result=result, **{**values, **more})


def session(
    *outcomes: Outcome, completed: bool = True, ended: bool = True, active_ms: int = 300_000
) -> PastSession:
    return PastSession(
        id=1,
        started_at=START,
        routine="morning",
        language="en",
        completed=completed,
        ended_at=START + timedelta(minutes=5) if ended else None,
        active_ms=active_ms if ended else 0,
        paused_ms=0,
        outcomes=outcomes,
    )


def test_a_completed_session_counts_what_was_done():
    (row,) = rows([session(outcome(0, Result.DONE), outcome(1, Result.DONE, level_done=0))])
    assert (row.state, row.done, row.planned, row.notes) == ("completed", 2, 2, (Remark("easier", 1),))


def test_what_was_left_out_or_hurt_or_was_too_easy_is_noted():
    (row,) = rows(
        [
            session(
                outcome(0, Result.SKIPPED),
                outcome(1, Result.TOO_HARD, level_done=-1),
                outcome(2, Result.PAIN, "bridge", level_done=-1),
                outcome(3, Result.DONE, "cat-curl", wants_harder=True),
                completed=False,
            )
        ]
    )
    assert row.state == "ended-early"
    assert (row.done, row.planned) == (1, 4)
    assert row.notes == (
        Remark("left-out", 2),
        Remark("pain", "bridge"),
        Remark("harder", "cat-curl"),
    )


def test_a_killed_session_is_unfinished_and_as_long_as_its_last_outcome():
    (row,) = rows([session(outcome(0, Result.DONE), outcome(1, Result.DONE), ended=False)])
    assert (row.state, row.active_ms) == ("unfinished", 2000)


def test_a_session_that_the_check_advised_against_was_not_begun():
    (row,) = rows([session(outcome(-1, Result.REFUSED, "general"), completed=False)])
    assert (row.state, row.done, row.planned) == ("not-begun", 0, 0)


def test_times_are_in_the_zone_of_the_person():
    (row,) = rows([session()], timezone(timedelta(hours=9)))
    assert row.began.isoformat() == "2026-03-01T16:30:00+09:00"


def test_the_record_for_scripts_is_plain_data():
    record = as_record(session(outcome(0, Result.DONE)))
    assert record["started_at"] == "2026-03-01T07:30:00+00:00"
    assert record["outcomes"][0]["result"] == "done"
