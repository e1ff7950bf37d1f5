"""When a reminder is due: never in quiet hours, never late, on its days only."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matside.content.library import load_library
from matside.errors import UsageError
from matside.remind.schedule import (
    BREAK_EVERY_MIN,
    DAYS,
    LATE,
    NIGHT,
    Quiet,
    breaks,
    in_words,
    is_due,
    read_days,
    read_quiet,
    read_time,
    timed,
)

clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
quiets = (
    st.tuples(clock_times, clock_times).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Quiet(*pair))
)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
EN = load_library().languages["en"].screens


def at(hour, minute=0, *, days=0):
    return MONDAY + timedelta(days=days, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("text", "expected"), [("07:30", time(7, 30)), ("7:30", time(7, 30)), ("23:59", time(23, 59))]
)
def test_a_time_is_read(text, expected):
    assert read_time(text) == expected


@pytest.mark.parametrize(
    "text", ["", "7", "24:00", "7:60", "7:5", "7pm", "half past", "-1:00", "07:30:00", "٠٧:٣٠"]
)
def test_what_is_no_time_is_told_with_an_example(text):
    with pytest.raises(UsageError) as caught:
        read_time(text)
    assert "07:30" in caught.value.hint


@pytest.mark.parametrize("text", ["", "21:00", "21-8", "08:00-08:00", "21:00-25:00", "21:00-08:00-09:00"])
def test_impossible_quiet_hours_are_told(text):
    with pytest.raises(UsageError):
        read_quiet(text)


@given(quiets, clock_times)
def test_quiet_hours_are_either_side_of_midnight_and_nothing_else(quiet, moment):
    inverse = Quiet(quiet.end, quiet.start)
    assert (moment in quiet) is not (moment in inverse)
    assert read_quiet(str(quiet)) == quiet


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily", DAYS),
        ("mon-fri", DAYS[:5]),
        ("Monday-Friday", DAYS[:5]),
        ("weekend", ("sat", "sun")),
        ("sat-mon", ("mon", "sat", "sun")),
        ("wed, mon", ("mon", "wed")),
        ("mon-tue,sun", ("mon", "tue", "sun")),
    ],
)
def test_days_are_read(text, expected):
    assert read_days(text) == expected


@pytest.mark.parametrize("text", ["", "mo", "mon-", "mon--fri", "someday", "mon;fri", "월"])
def test_what_are_no_days_is_told(text):
    with pytest.raises(UsageError, match="no days"):
        read_days(text)


@pytest.mark.parametrize("every_min", BREAK_EVERY_MIN)
@given(quiet=quiets)
def test_breaks_keep_out_of_the_quiet_hours_and_apart(every_min, quiet):
    try:
        reminder = breaks(every_min, DAYS, quiet)
    except UsageError:
        return
    assert reminder.times
    assert not [moment for moment in reminder.times if moment in quiet]
    assert len(reminder.times) <= 48
    minutes = sorted(moment.hour * 60 + moment.minute for moment in reminder.times)
    assert all(later - former >= every_min for former, later in pairwise(minutes))


def test_breaks_go_from_an_hour_after_the_night_to_the_hour_before_it():
    assert breaks(60, DAYS, NIGHT).times == tuple(time(hour) for hour in range(9, 21))


def test_a_named_time_is_hers_even_at_night_unless_she_asks_for_quiet_too():
    assert timed("evening", (time(22),), DAYS, None).times == (time(22),)
    with pytest.raises(UsageError, match="22:00 lies in the quiet hours"):
        timed("evening", (time(22),), DAYS, NIGHT)


def test_times_are_put_in_order_and_each_is_kept_once():
    assert timed("pelvic-floor", (time(19), time(9), time(19)), DAYS, None).times == (time(9), time(19))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(7, 30), True),
        (at(7, 29) + timedelta(seconds=30), True),
        (at(7, 30) + LATE, True),
        (at(7, 41), False),
        (at(7, 28), False),
        (at(7, 30, days=5), False),
        (at(19), False),
    ],
)
def test_it_rings_at_its_time_and_never_late(now, due):
    assert is_due(timed("morning", (time(7, 30),), read_days("mon-fri"), None), now) is due


def test_just_after_midnight_it_is_still_yesterdays():
    reminder = timed("evening", (time(23, 55),), ("mon",), None)
    assert is_due(reminder, at(0, 4, days=1))
    assert not is_due(reminder, at(0, 4, days=2))


@given(quiets, st.integers(0, 7 * 24 * 60))
def test_nothing_rings_in_quiet_hours(quiet, minute):
    now = MONDAY + timedelta(minutes=minute)
    try:
        reminder = breaks(30, DAYS, quiet)
    except UsageError:
        return
    assert not (now.time() in quiet and is_due(reminder, now))


def test_it_is_said_in_words():
    assert (
        in_words(breaks(60, DAYS, NIGHT), EN) == "every 60 minutes, 09:00 to 20:00, daily, quiet 21:00-08:00"
    )
    assert in_words(timed("morning", (time(7, 30),), DAYS[:5], None), EN) == "07:30, weekdays"
    assert in_words(timed("morning", (time(7, 30),), ("mon", "wed"), None), EN) == "07:30, mon, wed"
