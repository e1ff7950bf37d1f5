"""The inbox of a live session: order, deadlines, and a computer that slept."""

import pytest

from matside.run import live_inbox
from matside.run.live_inbox import LiveInbox
from matside.run.message import Broken, InputEnded, Typed, Woke

TYPED = Typed(text="n")


@pytest.fixture
def clock(monkeypatch):
    """A session clock, and the sleep that only another clock sees, both set by hand."""

    class Clock:
        now_ms = 1_000
        asleep_s = 0.0

    monkeypatch.setattr(live_inbox, "_asleep_s", lambda: Clock.asleep_s)
    return Clock


def inbox_at(clock):
    return LiveInbox(lambda: clock.now_ms, sources={"keys"})


def test_message_comes_before_its_deadline_and_nothing_after_it(clock):
    inbox = inbox_at(clock)
    inbox.put(TYPED)
    assert inbox.wait(5_000) == (1_000, TYPED)
    assert inbox.wait(1_000) == (1_000, None)


def test_last_source_that_goes_is_told(clock):
    inbox = inbox_at(clock)
    inbox.lost("model", "none")
    inbox.gone("keys")
    told = [inbox.wait(5_000)[1], inbox.wait(5_000)[1]]
    assert told == [Broken(edge="model", problem="none"), InputEnded()]


def test_wait_that_comes_back_far_too_late_is_a_sleep_from_when_it_was_due(clock):
    inbox = inbox_at(clock)
    inbox.put(TYPED)
    clock.now_ms = 61_000
    assert inbox.wait(2_000) == (2_000, Woke(slept_ms=59_000))
    assert inbox.wait(2_500) == (61_000, TYPED), "what came meanwhile isn't lost"
    assert inbox.wait(61_000) == (61_000, None)


def test_sleep_in_which_the_clock_stood_still_is_noticed_too(clock):
    inbox = inbox_at(clock)
    clock.asleep_s = 3_600.0
    assert inbox.wait(1_000) == (1_000, Woke(slept_ms=3_600_000))
    assert inbox.wait(1_000) == (1_000, None)


def test_busy_computer_is_not_taken_for_one_that_slept(clock):
    inbox = inbox_at(clock)
    clock.now_ms, clock.asleep_s = 3_500, 0.01
    assert inbox.wait(1_500) == (3_500, None)
