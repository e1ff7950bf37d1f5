"""Promises of the session that hold for any plan and anything that is said."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matside.session.command import Command
from matside.session.cue import Cue, Silence
from matside.session.machine import Session
from matside.session.outcome import Outcome, PhaseBegan, Result
from matside.session.transitions import Mode
from plans import CHECKED_PLAN, PLAN

MOMENT = st.integers(0, 400_000)
SCRIPT = st.lists(st.tuples(MOMENT, st.sampled_from(Command)), max_size=25).map(
    lambda script: sorted(script, key=lambda spoken: spoken[0])
)
END_MS = 3_000_000


def play(plan, script, *, stops=(), until_ms=END_MS):
    """Run a session over a script and give every effect in order."""
    session = Session(plan)
    effects = []
    moments = [(at_ms, command) for at_ms, command in script] + [(at_ms, None) for at_ms in stops]
    for at_ms, command in sorted(moments, key=lambda moment: (moment[0], moment[1] is not None)):
        effects += session.advance(at_ms) if command is None else session.apply(command, at_ms)
    effects += session.advance(until_ms)
    return session, effects


def cues(effects):
    return [effect for effect in effects if isinstance(effect, Cue)]


def moved(effect, by_ms):
    changes = {"at_ms": effect.at_ms + by_ms}
    if isinstance(effect, Cue):
        changes["latest_ms"] = effect.latest_ms + by_ms
        changes["end_by_ms"] = None if effect.end_by_ms is None else effect.end_by_ms + by_ms
    return replace(effect, **changes)


def test_an_undisturbed_session_lasts_exactly_as_long_as_its_plan():
    session = Session(PLAN)
    session.advance(PLAN.total_ms - 1)
    assert not session.finished
    session.advance(PLAN.total_ms)
    assert session.finished
    assert session.completed
    assert session.active_ms == PLAN.total_ms


@settings(max_examples=60, deadline=None)
@given(SCRIPT, st.lists(MOMENT, max_size=30))
def test_advancing_in_any_number_of_steps_equals_one_step(script, stops):
    _, whole = play(PLAN, script)
    _, sliced = play(PLAN, script, stops=stops)
    assert sorted(map(repr, sliced)) == sorted(map(repr, whole))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, PLAN.total_ms - 1), st.integers(0, 59_999))
def test_a_pause_shifts_everything_later_by_exactly_its_length(at_ms, length_ms):
    plain = Session(PLAN)
    before = plain.advance(at_ms)
    heard = [cue for cue in cues(before) if cue.at_ms <= at_ms]
    after = [effect for effect in before if isinstance(effect, Cue) and effect.at_ms > at_ms]
    after += [effect for effect in plain.advance(PLAN.total_ms) if isinstance(effect, (Cue, Outcome))]

    session = Session(PLAN)
    session.apply(Command.PAUSE, at_ms)
    resumed_ms = at_ms + length_ms
    session.advance(resumed_ms)
    later = session.apply(Command.RESUME, resumed_ms) + session.advance(PLAN.total_ms + length_ms)

    expected = [moved(effect, length_ms) for effect in after]
    assert session.completed
    assert heard is not None
    missing = [effect for effect in expected if effect not in later]
    assert missing == []


@settings(max_examples=150, deadline=None)
@given(SCRIPT, st.booleans())
def test_active_and_waited_time_make_up_all_time_and_never_go_back(script, checked):
    session = Session(CHECKED_PLAN if checked else PLAN)
    active_ms = 0
    for at_ms, command in script:
        session.apply(command, at_ms)
        assert session.active_ms + session.waited_ms == at_ms
        assert session.active_ms >= active_ms
        active_ms = session.active_ms


@settings(max_examples=200, deadline=None)
@given(SCRIPT, MOMENT)
def test_stop_always_stops_the_movement(script, later_ms):
    session = Session(PLAN)
    for at_ms, command in script:
        session.apply(command, at_ms)
    at_ms = (script[-1][0] if script else 0) + later_ms
    session.advance(at_ms)
    if session.finished:
        return
    effects = session.apply(Command.STOP, at_ms)
    assert session.mode is not Mode.RUNNING
    assert any(isinstance(effect, Silence) for effect in effects)


@settings(max_examples=200, deadline=None)
@given(SCRIPT)
def test_nothing_but_three_clear_answers_leads_past_the_questions(script):
    answered = [(at_ms, command) for at_ms, command in script if command is not Command.NO]
    _, effects = play(CHECKED_PLAN, answered)
    began = {effect.exercise for effect in effects if isinstance(effect, PhaseBegan)}
    talked = {effect.phase for effect in effects if isinstance(effect, PhaseBegan)}
    assert began <= {None}
    assert "talk" not in talked


def test_three_clear_answers_open_the_session():
    session, effects = play(CHECKED_PLAN, [(at_ms, Command.NO) for at_ms in (12_000, 20_000, 30_000)])
    assert session.completed
    assert session.active_ms == CHECKED_PLAN.total_ms
    assert any(isinstance(effect, PhaseBegan) and effect.phase == "talk" for effect in effects)


@settings(max_examples=200, deadline=None)
@given(SCRIPT)
def test_every_cue_has_a_window_that_can_be_kept(script):
    _, effects = play(PLAN, script)
    for cue in cues(effects):
        assert cue.at_ms <= cue.latest_ms
        assert cue.end_by_ms is None or cue.at_ms < cue.end_by_ms


@settings(max_examples=200, deadline=None)
@given(SCRIPT)
def test_no_item_ends_better_than_it_was_done_and_levels_only_fall(script):
    _, effects = play(PLAN, script)
    for outcome in (effect for effect in effects if isinstance(effect, Outcome)):
        assert outcome.level_done <= outcome.level_planned
        if outcome.result is Result.DONE and outcome.reps_done == 0:
            assert any(command is Command.DONE for _, command in script)


@settings(max_examples=150, deadline=None)
@given(SCRIPT)
def test_the_view_can_be_shown_at_any_moment(script):
    session = Session(PLAN)
    for at_ms, command in script:
        session.apply(command, at_ms)
        view = session.view()
        assert view.left_ms >= 0
        assert view.beat_left_ms <= view.beat_length_ms


@settings(max_examples=100, deadline=None)
@given(SCRIPT)
def test_a_deadline_is_never_in_the_past_and_waking_only_then_misses_nothing(script):
    session, effects = Session(PLAN), []
    for at_ms, command in script:
        while (deadline_ms := session.deadline_ms) is not None and deadline_ms < at_ms:
            effects += session.advance(deadline_ms)
            assert session.deadline_ms is None or session.deadline_ms > deadline_ms or session.finished
        effects += session.apply(command, at_ms)
    while (deadline_ms := session.deadline_ms) is not None:
        effects += session.advance(deadline_ms)
    _, whole = play(PLAN, script)
    assert sorted(map(repr, effects)) == sorted(map(repr, whole))


def test_time_that_goes_back_is_refused_loudly():
    session = Session(PLAN)
    session.advance(1_000)
    with pytest.raises(ValueError, match="went back"):
        session.advance(999)
