"""What a day's history leaves to be asked, and what it says about the ladders."""

from datetime import UTC, datetime, timedelta

import pytest

from matside.content.library import load_library
from matside.history.profile_store import profile_values, reset, write_profile
from matside.history.store import Store
from matside.planning.profile import Profile, Stage, from_values, to_values
from matside.planning.questions import Asks
from matside.planning.why import Because
from matside.run.recall import done_on, recall
from matside.session.outcome import CHECK_ITEM, SESSION_ITEM, Outcome, Result

LIBRARY = load_library()
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def outcome(exercise, result=Result.DONE, *, item=0, planned=2, done=None, reps=5, harder=False):
    return Outcome(
        at_ms=60_000,
        item=item,
        exercise=exercise,
        result=result,
        level_planned=planned,
        level_done=planned if done is None else done,
        reps_done=reps,
        reps_planned=5,
        wants_harder=harder,
    )


def check(result=Result.DONE, question=""):
    return outcome(f"check:general{question}", result, item=CHECK_ITEM)


RED = outcome("red:word", Result.RED, item=SESSION_ITEM)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.sqlite3"


def did(path, *outcomes, hours_ago=0.0, routine="back-care", stage="general"):
    at = NOW - timedelta(hours=hours_ago)
    with Store.open(path, now=lambda: at) as store:
        record = store.begin(started_at=at, routine=routine, language="en", stage=stage)
        for one in outcomes:
            record.record(one)
        record.finish(completed=True, active_ms=1, paused_ms=0)


def known(path):
    return recall(path, LIBRARY, NOW)


def test_nothing_known_asks_everything(path):
    assert known(path).asks == Asks()
    assert known(path).is_new


def test_questions_passed_today_leave_one(path):
    did(path, check(), outcome("bridge"), hours_ago=2)
    assert known(path).asks == Asks(only_changes=True, passed="general")


def test_questions_passed_yesterday_leave_all_and_how_the_night_was(path):
    did(path, check(), outcome("bridge"), hours_ago=20)
    assert known(path).asks == Asks(flare=True)


def test_how_the_night_was_is_asked_once(path):
    did(path, check(), outcome("bridge"), hours_ago=40)
    did(path, check(Result.REFUSED, ":chest"), hours_ago=16)
    assert known(path).asks == Asks(flare=True, locked=True)
    did(path, check(), outcome("bridge"), hours_ago=15)
    assert known(path).asks == Asks(flare=True)
    did(path, check(), hours_ago=1)
    assert known(path).asks == Asks(only_changes=True, passed="general")


@pytest.mark.parametrize(
    "ending", [check(Result.REFUSED, ":chest"), outcome("red:word", Result.RED, item=SESSION_ITEM)]
)
def test_a_yes_or_a_red_text_locks_until_all_questions_are_passed(path, ending):
    did(path, check(), outcome("bridge"), hours_ago=3)
    did(path, ending, hours_ago=2)
    assert known(path).asks.locked
    assert not known(path).asks.only_changes
    did(path, check(), outcome("bridge"), hours_ago=1)
    assert known(path).asks == Asks(only_changes=True, passed="general")


def test_a_red_text_in_the_session_that_passed_its_questions_locks(path):
    did(
        path,
        check(),
        outcome("bridge", Result.RED),
        outcome("red:word", Result.RED, item=SESSION_ITEM),
        hours_ago=1,
    )
    assert known(path).asks.locked


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=2_000)])
def test_questions_passed_by_a_clock_that_was_ahead_open_nothing(path, ahead):
    did(path, check(), hours_ago=-ahead / timedelta(hours=1))
    assert not known(path).asks.only_changes
    did(path, RED, hours_ago=1)
    assert known(path).asks.locked
    did(path, check(), hours_ago=0.5)
    assert known(path).asks == Asks(only_changes=True, passed="general")


def test_a_red_text_of_a_clock_that_was_ahead_locks_until_all_questions_are_passed(path):
    did(path, RED, hours_ago=-24 * 2_000)
    assert known(path).asks.locked
    did(path, check(), hours_ago=1)
    assert known(path).asks == Asks(only_changes=True, passed="general")


def test_a_red_text_in_a_session_that_was_gone_on_with_locks(path):
    """Begun first, ended last."""
    with Store.open(path, now=lambda: NOW - timedelta(minutes=1)) as store:
        begun = {"routine": "back-care", "language": "en", "stage": "general"}
        first = store.begin(started_at=NOW - timedelta(hours=3), **begun)
        did(path, check(), outcome("bridge"), hours_ago=2)
        first.record(RED)
        first.finish(completed=False, active_ms=1, paused_ms=0)
    assert known(path).asks.locked


def test_a_change_in_the_profile_asks_everything_again(path):
    did(path, check(), outcome("bridge"), hours_ago=2)
    with Store.open(path, now=lambda: NOW - timedelta(hours=1)) as store:
        write_profile(store, to_values(Profile(stage=Stage.GENERAL, flags=frozenset({"wrist"}))))
    assert not known(path).asks.only_changes


def test_a_flare_steps_the_last_day_down(path):
    did(path, check(), outcome("bridge", planned=3), hours_ago=30)
    did(path, check(Result.REFUSED, ":flare"), hours_ago=1)
    rung = known(path).today.ladder["bridge"]
    assert (rung.level, rung.because) == (2, Because.FLARE)
    assert known(path).asks.rests
    tomorrow = recall(path, LIBRARY, NOW + timedelta(days=1))
    assert not tomorrow.asks.rests


def test_a_reset_undoes_what_came_before_it_and_keeps_the_history(path):
    did(path, outcome("bridge", done=0), outcome("plank", item=1, done=1), hours_ago=5)
    assert set(known(path).today.ladder) == {"bridge", "plank"}
    with Store.open(path, now=lambda: NOW - timedelta(hours=1)) as store:
        reset(store, "bridge")
    assert set(known(path).today.ladder) == {"plank"}
    with Store.open(path, now=lambda: NOW) as store:
        reset(store, "")
    assert known(path).today.ladder == {}
    assert len(known(path).sessions) == 1


def test_the_day_is_counted_with_the_length_of_what_was_really_done(path):
    did(path, outcome("wall-stand", reps=8), routine="pregnancy-morning", hours_ago=3)
    did(path, outcome("wall-stand", reps=6), routine="pregnancy-evening", hours_ago=2)
    for hours in (1.5, 1, 0.5):
        did(path, outcome("wall-stand", planned=1, reps=6), routine="wall-minute", hours_ago=hours)
    done = done_on(known(path).sessions, LIBRARY, NOW)
    # The article's five minutes, as the brief counts them: 64 + 60 + 3 x 60 = 5:04.
    assert sum(one.reps * one.rep_ms for one in done) == 304_000


def test_the_first_week_ends_after_seven_days(path):
    assert known(path).today.first_week
    did(path, outcome("plank"), hours_ago=24 * 6)
    assert known(path).today.first_week
    did(path, outcome("plank"), hours_ago=24 * 7)
    assert not known(path).today.first_week


def test_a_profile_reads_back_as_it_was_written(path):
    profile = Profile(
        stage=Stage.POSTPARTUM, began=NOW.date(), flags=frozenset({"pgp"}), number="112", minutes=9
    )
    with Store.open(path) as store:
        write_profile(store, to_values(profile))
        assert from_values(profile_values(store)) == profile
        write_profile(store, to_values(Profile()))
        assert from_values(profile_values(store)) == Profile()
