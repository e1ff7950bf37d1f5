"""What must hold for every session, whatever is said when: shipped routines, all languages, the real loop."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matside.say.line import Say
from matside.session.command import Command, Situation
from matside.session.cue import Priority
from matside.understand.phrasebook import Phrasebook
from stage import library, plan_of, play, pressed, said, sounded, watch

LANGUAGES = ["en", "ko"]
ROUTINES = ["breathe", "evening", "morning"]


def phrases(language):
    book = Phrasebook.of(library().languages[language].phrasebook)
    return sorted({phrase for situation in Situation for phrase in book.by_situation[situation]})


@st.composite
def sessions(draw):
    language = draw(st.sampled_from(LANGUAGES))
    routine = draw(st.sampled_from(ROUTINES))
    checked = draw(st.booleans())
    moments = draw(st.lists(st.floats(0, 700, allow_nan=False), max_size=14))
    keys = sorted(Phrasebook.of(library().languages[language].phrasebook).keys.values())
    words = st.sampled_from(phrases(language)).map(lambda text: (said, text))
    anything = st.one_of(words, st.sampled_from([*keys, " ", "\n"]).map(lambda key: (pressed, key)))
    script = [make(at_s, text) for at_s in moments for make, text in [draw(anything)]]
    return plan_of(routine, checked=checked), script, language


@settings(max_examples=60, deadline=None)
@given(sessions())
def test_every_session_ends_and_its_events_are_in_order(session):
    events, _, _ = watch(*session)
    assert [event["kind"] for event in events].count("end") == 1
    assert events[-1]["kind"] == "end"
    times = [event["t_ms"] for event in events]
    assert times == sorted(times)


@settings(max_examples=60, deadline=None)
@given(sessions())
def test_never_two_lines_at_once_none_late_and_none_cut_but_by_the_more_urgent(session):
    _, orders, silences = watch(*session)
    told = sounded(orders)
    spans = sorted((say.at_ms, end_ms) for say, end_ms, _ in told if end_ms > say.at_ms)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    for say, _, hush in told:
        line = say.line
        assert line.at_ms <= say.at_ms <= line.latest_ms
        assert line.end_by_ms is None or say.end_ms <= line.end_by_ms
        if hush is not None and hush.at_ms not in silences:
            later = [one for one in orders[orders.index(hush) :] if isinstance(one, Say)]
            assert later
            assert later[0].line.priority > line.priority


@settings(max_examples=40, deadline=None)
@given(sessions())
def test_every_line_that_sounded_is_told_at_its_onset(session):
    events, orders, _ = watch(*session)
    told = [(e["t_ms"], e.get("text", "")) for e in events if e["kind"] in {"line", "tone"}]
    spoken = sounded(orders)
    began = Counter((say.at_ms, say.line.text) for say, end_ms, _ in spoken if end_ms > say.at_ms)
    # What is hushed in the millisecond of its onset may have been told already.
    hushed = Counter((say.at_ms, say.line.text) for say, end_ms, _ in spoken if end_ms <= say.at_ms)
    assert began <= Counter(told) <= began + hushed


@settings(max_examples=30, deadline=None)
@given(sessions())
def test_the_same_session_twice_is_the_same_session(session):
    assert watch(*session) == watch(*session)


@settings(max_examples=40, deadline=None)
@given(sessions(), st.floats(0, 500))
def test_stop_silences_at_once_whatever_was_said_before(session, at_s):
    plan, script, language = session
    stop = Phrasebook.of(library().languages[language].phrasebook).phrases[Command.STOP][0]
    earlier = [(at_ms, message) for at_ms, message in script if at_ms < at_s * 1000 - 1_000]
    events, orders, silences = watch(plan, [*earlier, said(at_s, stop)], language)
    taken = [event for event in events if event["kind"] == "command" and event["name"] == "stop"]
    if not any(event["t_ms"] == round(at_s * 1000) for event in taken):
        return  # the session was over by then
    at_ms = round(at_s * 1000)
    assert at_ms in silences
    for say, end_ms, _ in sounded(orders):
        assert not say.at_ms < at_ms < end_ms
        assert (
            not at_ms <= say.at_ms < at_ms + 300 or say.line.priority >= Priority.REPLY or end_ms <= say.at_ms
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("routine", ROUTINES)
def test_left_alone_a_session_takes_exactly_its_stated_length(routine, language):
    events = play(plan_of(routine), language=language)
    phases = [event for event in events if event["kind"] == "phase"]
    assert phases[-1]["t_ms"] + phases[-1]["length_ms"] == library().routines[routine].total_ms
    assert events[-1]["completed"] is True
