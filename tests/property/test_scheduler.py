"""What must hold for every script of offers and silences."""

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from matside.say.line import Hush, Line, Say
from matside.say.scheduler import Scheduler
from matside.session.cue import HalfWay, Priority

LEADS_MS = st.sampled_from([0, 20, 60, 150])
HORIZON_MS = 12_000


@dataclass(frozen=True)
class Offered:
    now: int
    line: Line | None


@st.composite
def lines(draw, now):
    at_ms = now + draw(st.integers(-200, 2_500))
    late_ms = draw(st.one_of(st.just(0), st.integers(0, 3_000)))
    length_ms = draw(st.integers(1, 2_500))
    end_by_ms = draw(st.one_of(st.none(), st.integers(at_ms, at_ms + 6_000)))
    return Line(
        text=f"{draw(st.integers(0, 10**6))}",
        tone=None,
        length_ms=length_ms,
        at_ms=at_ms,
        latest_ms=at_ms + late_ms,
        end_by_ms=end_by_ms,
        priority=draw(st.sampled_from(list(Priority))),
        meaning=HalfWay(),
    )


@st.composite
def scripts(draw):
    times = sorted(draw(st.lists(st.integers(0, 6_000), max_size=14)))
    is_silence = st.integers(0, 11).map(lambda n: n == 0)
    return [Offered(now, None if draw(is_silence) else draw(lines(now))) for now in times]


def run(script, lead_ms, steps=()):
    """Play the script, with `advance` called at the steps too, and keep every order with its time."""
    scheduler = Scheduler(lead_ms)
    orders = []
    moments = sorted({*steps, HORIZON_MS, *(event.now for event in script)})
    for now in moments:
        for event in script:
            if event.now == now and event.line is None:
                scheduler.silence(now)
            elif event.now == now:
                scheduler.offer(event.line, now)
        orders += scheduler.advance(now)
    return orders, scheduler


def spans(orders):
    """Give every Say with the time it really ended, after all cuts that follow it."""
    sounded = []
    for order in orders:
        match order:
            case Say():
                sounded.append([order, order.end_ms, None])
            case Hush():
                for entry in sounded:
                    if entry[1] > order.at_ms:
                        entry[1] = max(order.at_ms, entry[0].at_ms)
                        entry[2] = order
    return sounded


@settings(max_examples=400, deadline=None)
@given(scripts(), LEADS_MS)
def test_never_two_lines_at_once(script, lead_ms):
    sounded = sorted((say.at_ms, end) for say, end, _ in spans(run(script, lead_ms)[0]) if end > say.at_ms)
    assert all(end <= start for (_, end), (start, _) in pairwise(sounded))


@settings(max_examples=400, deadline=None)
@given(scripts(), LEADS_MS)
def test_no_line_leaves_its_window(script, lead_ms):
    for order in run(script, lead_ms)[0]:
        if isinstance(order, Say):
            line = order.line
            assert line.at_ms <= order.at_ms <= line.latest_ms
            assert line.end_by_ms is None or order.end_ms <= line.end_by_ms


@settings(max_examples=400, deadline=None)
@given(scripts(), LEADS_MS)
def test_no_line_is_cut_but_by_a_more_urgent_one_or_by_silence(script, lead_ms):
    orders, _ = run(script, lead_ms)
    silences = {event.now for event in script if event.line is None}
    for say, _, hush in spans(orders):
        if hush is not None and hush.at_ms not in silences:
            cutter = next(o for o in orders[orders.index(hush) :] if isinstance(o, Say))
            assert cutter.line.priority > say.line.priority


@settings(max_examples=400, deadline=None)
@given(scripts(), LEADS_MS, st.lists(st.integers(0, HORIZON_MS), max_size=30))
def test_slicing_time_differently_changes_nothing(script, lead_ms, steps):
    whole, _ = run(script, lead_ms)
    sliced, _ = run(script, lead_ms, steps)
    assert sliced == whole


@settings(max_examples=200, deadline=None)
@given(scripts(), LEADS_MS)
def test_following_the_deadlines_gives_every_order_in_time_and_comes_to_rest(script, lead_ms):
    scheduler = Scheduler(lead_ms)
    events, now, orders = list(script), 0, []
    while events or scheduler.deadline is not None:
        deadline = scheduler.deadline
        times = [t for t in (deadline, events[0].now if events else None) if t is not None]
        now = max(now, min(times))
        while events and events[0].now <= now:
            event = events.pop(0)
            if event.line is None:
                scheduler.silence(now)
            else:
                scheduler.offer(event.line, now)
        fresh = scheduler.advance(now)
        assert all(order.at_ms >= now for order in fresh)
        assert all(order.at_ms == now + lead_ms for order in fresh if isinstance(order, Say))
        assert scheduler.deadline is None or scheduler.deadline > now
        orders += fresh
    assert scheduler.idle(now)
    assert orders == run(script, lead_ms)[0]


@settings(max_examples=200, deadline=None)
@given(scripts(), LEADS_MS)
def test_every_line_is_either_said_or_accounted_for(script, lead_ms):
    orders, scheduler = run(script, lead_ms)
    said = [say.line for say, _, hush in spans(orders) if hush is None]
    gone = [unsaid.line for unsaid in scheduler.unsaid()]
    key = str
    assert sorted(map(key, said + gone)) == sorted(key(e.line) for e in script if e.line is not None)


@settings(max_examples=200, deadline=None)
@given(scripts(), LEADS_MS)
def test_started_reports_exactly_the_lines_that_sounded(script, lead_ms):
    orders, scheduler = run(script, lead_ms)
    sounded = sorted((say.at_ms, say.line.text) for say, end, _ in spans(orders) if end > say.at_ms)
    assert [(say.at_ms, say.line.text) for say in scheduler.started(HORIZON_MS)] == sounded
