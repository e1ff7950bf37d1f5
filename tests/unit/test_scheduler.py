from matside.say.line import Hush, Line, Say
from matside.say.scheduler import Scheduler, Unsaid
from matside.session.cue import HalfWay, Priority, Tone, ToneKind

LEAD_MS = 50


def line(name, at_ms, length_ms=1_000, *, late_ms=0, end_by_ms=None, priority=Priority.REP):
    return Line(
        text=name,
        tone=None,
        length_ms=length_ms,
        at_ms=at_ms,
        latest_ms=at_ms + late_ms,
        end_by_ms=end_by_ms,
        priority=priority,
        meaning=HalfWay(),
    )


def says(orders):
    return [(order.line.text, order.at_ms) for order in orders if isinstance(order, Say)]


def play(*offers, until_ms=60_000, lead_ms=LEAD_MS):
    scheduler = Scheduler(lead_ms)
    orders = []
    for now, offered in sorted(offers, key=lambda pair: pair[0]):
        orders += scheduler.advance(now - 1)
        scheduler.offer(offered, now)
    orders += scheduler.advance(until_ms)
    return orders, scheduler


def test_a_line_is_ordered_its_lead_before_its_onset_and_not_earlier():
    scheduler = Scheduler(LEAD_MS)
    scheduler.offer(line("lift", 2_000), 0)
    assert scheduler.deadline == 1_950
    assert scheduler.advance(1_949) == []
    assert says(scheduler.advance(1_950)) == [("lift", 2_000)]


def test_onset_and_end_are_deadlines_too():
    scheduler = Scheduler(LEAD_MS)
    scheduler.offer(line("lift", 2_000), 0)
    seen = []
    while (deadline := scheduler.deadline) is not None:
        seen.append(deadline)
        scheduler.advance(deadline)
    assert seen == [1_950, 2_000, 3_000]
    assert scheduler.idle(3_000)


def test_two_lines_keep_a_gap_where_the_window_allows():
    orders, _ = play((0, line("first", 100)), (0, line("second", 200, late_ms=2_000)))
    assert says(orders) == [("first", 100), ("second", 1_220)]


def test_the_gap_shrinks_before_a_line_is_lost():
    orders, _ = play((0, line("first", 100)), (0, line("second", 1_100)))
    assert says(orders) == [("first", 100), ("second", 1_100)]


def test_a_line_that_cannot_start_in_time_is_dropped_not_delayed():
    orders, scheduler = play((0, line("first", 100)), (0, line("second", 500, late_ms=100)))
    assert says(orders) == [("first", 100)]
    assert [gone.line.text for gone in scheduler.unsaid()] == ["second"]


def test_a_line_that_cannot_end_in_time_is_dropped():
    late = line("second", 500, late_ms=5_000, end_by_ms=2_000)
    orders, _ = play((0, line("first", 100)), (0, late))
    assert says(orders) == [("first", 100)]


def test_a_line_offered_after_its_window_is_dropped_and_the_scheduler_is_idle():
    scheduler = Scheduler(LEAD_MS)
    scheduler.offer(line("late", 1_000), 3_000)
    assert scheduler.advance(3_000) == []
    assert scheduler.idle(3_000)
    assert scheduler.deadline is None


def test_a_lesser_line_does_not_run_into_a_more_urgent_one():
    count = line("one", 500, 600, priority=Priority.COUNT)
    safety = line("careful", 1_000, priority=Priority.SAFETY)
    orders, _ = play((0, count), (0, safety))
    assert says(orders) == [("careful", 1_000)]


def test_a_lesser_line_waits_behind_a_more_urgent_one_when_its_window_allows():
    count = line("one", 500, 600, late_ms=2_000, priority=Priority.COUNT)
    safety = line("careful", 1_000, priority=Priority.SAFETY)
    orders, _ = play((0, count), (0, safety))
    assert says(orders) == [("careful", 1_000), ("one", 2_120)]


def test_among_equals_the_earlier_offered_wins():
    orders, _ = play((0, line("first", 1_000)), (1, line("second", 900)))
    assert says(orders) == [("first", 1_000)]


def test_a_more_urgent_line_waits_for_a_lesser_one_to_end_when_it_can():
    reply = line("four minutes", 1_500, late_ms=2_000, priority=Priority.REPLY)
    orders, _ = play((0, line("lift", 1_000)), (1_500, reply))
    assert orders[-1] == Say(line=reply, at_ms=2_120)
    assert not any(isinstance(order, Hush) for order in orders)


def test_a_more_urgent_line_cuts_a_lesser_one_when_it_cannot_wait():
    reply = line("four minutes", 1_500, late_ms=100, priority=Priority.REPLY)
    orders, scheduler = play((0, line("lift", 1_000)), (1_500, reply))
    assert [type(order) for order in orders] == [Say, Hush, Say]
    assert orders[1] == Hush(at_ms=1_500)
    assert orders[2].at_ms == 1_550
    cut = scheduler.unsaid()
    assert cut == [Unsaid(line=orders[0].line, at_ms=1_500, played_ms=500)]


def test_an_equal_or_lesser_line_never_cuts():
    again = line("again", 1_500, late_ms=100, priority=Priority.REP)
    orders, _ = play((0, line("lift", 1_000)), (1_500, again))
    assert says(orders) == [("lift", 1_000)]


def test_stop_cuts_at_once_even_though_it_could_wait():
    stop = line("Stopped.", 1_200, late_ms=9_000, priority=Priority.STOP)
    orders, _ = play((0, line("lift", 1_000, 3_000)), (1_200, stop))
    assert orders[1] == Hush(at_ms=1_200)
    assert orders[2] == Say(line=stop, at_ms=1_250)


def test_stop_does_not_cut_stop():
    stop = line("Stopped.", 1_000, priority=Priority.STOP)
    choices = line("Say one.", 1_100, late_ms=5_000, priority=Priority.STOP)
    orders, _ = play((0, stop), (0, choices))
    assert says(orders) == [("Stopped.", 1_000), ("Say one.", 2_120)]


def test_a_cut_spares_what_has_ended_by_then():
    safety = line("careful", 1_000, 500, priority=Priority.SAFETY)
    rep = line("lift", 1_501, 1_000, priority=Priority.REP)
    position = line("sit", 1_540, late_ms=0, priority=Priority.POSITION)
    orders, _ = play((0, safety), (0, rep), (1_470, position))
    assert says(orders) == [("careful", 1_000), ("lift", 1_501), ("sit", 1_540)]
    assert orders[2] == Hush(at_ms=1_500)


def test_silence_drops_what_waits_and_cuts_what_sounds():
    scheduler = Scheduler(LEAD_MS)
    scheduler.offer(line("lift", 1_000), 0)
    scheduler.offer(line("lower", 5_000), 0)
    assert says(scheduler.advance(1_200)) == [("lift", 1_000)]
    scheduler.silence(1_300)
    assert scheduler.advance(1_300) == [Hush(at_ms=1_300)]
    assert scheduler.idle(1_300)
    assert [(gone.line.text, gone.played_ms) for gone in scheduler.unsaid()] == [("lower", 0), ("lift", 300)]


def test_what_is_offered_after_a_silence_at_the_same_time_is_kept():
    scheduler = Scheduler(LEAD_MS)
    scheduler.silence(1_000)
    scheduler.offer(line("Paused.", 1_000, late_ms=500), 1_000)
    assert scheduler.advance(1_000) == [
        Hush(at_ms=1_000),
        Say(line=line("Paused.", 1_000, late_ms=500), at_ms=1_050),
    ]


def test_started_reports_each_onset_once_in_order_of_time():
    _, scheduler = play((0, line("first", 1_000)), (0, line("second", 3_000)))
    assert [say.line.text for say in scheduler.started(2_000)] == ["first"]
    assert [say.line.text for say in scheduler.started(9_000)] == ["second"]
    assert scheduler.started(9_000) == []


def test_a_line_cut_before_its_onset_never_counts_as_started():
    scheduler = Scheduler(LEAD_MS)
    scheduler.offer(line("lift", 1_000), 0)
    scheduler.advance(960)
    scheduler.silence(970)
    scheduler.advance(970)
    assert scheduler.started(5_000) == []


def test_speaking_tells_what_sounds_now():
    scheduler = Scheduler(LEAD_MS)
    scheduler.offer(line("lift", 1_000), 0)
    scheduler.advance(970)
    assert scheduler.speaking(970) is None
    assert scheduler.speaking(1_000).line.text == "lift"
    assert scheduler.speaking(2_000) is None


def test_tones_take_their_turn_like_words():
    tone = Line(
        text="",
        tone=ToneKind.TICK,
        length_ms=80,
        at_ms=1_500,
        latest_ms=1_500,
        end_by_ms=None,
        priority=Priority.TONE,
        meaning=Tone(kind=ToneKind.TICK),
    )
    orders, _ = play((0, line("lift", 1_000)), (0, tone))
    assert says(orders) == [("lift", 1_000)]
