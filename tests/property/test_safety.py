"""What holds about safety for any plan, anything that is said, and any moment."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matside.content.routine import RED_ADVICE, Advice
from matside.session import cue as cues
from matside.session.command import Command
from matside.session.cue import Cue, Priority, Silence
from matside.session.machine import Session
from matside.session.outcome import CHECK_ITEM, SESSION_ITEM, Outcome, PhaseBegan, Result
from matside.session.transitions import AUDIBLE, Mode
from plans import CHANGED_PLAN, CHECK, CHECKED_PLAN, PLAN
from stage import library

PLANS = st.sampled_from([PLAN, CHECKED_PLAN, CHANGED_PLAN])
MOMENT = st.integers(0, 400_000)
SCRIPT = st.lists(st.tuples(MOMENT, st.sampled_from(Command)), max_size=25).map(
    lambda script: sorted(script, key=lambda spoken: spoken[0])
)
CHECKS = [check for check in library().checks.values() if check.stage is not None]


def played(plan, script, later_ms=0):
    """Give a session after a script and a while, and the time it is there."""
    session, at_ms = Session(plan), 0
    for at_ms, command in script:
        session.apply(command, at_ms)
    session.advance(at_ms + later_ms)
    return session, at_ms + later_ms


def said(effects):
    return [effect for effect in effects if isinstance(effect, Cue)]


@settings(max_examples=400, deadline=None)
@given(PLANS, SCRIPT, MOMENT)
def test_a_red_word_sends_for_help_from_every_state_but_the_end(plan, script, later_ms):
    session, at_ms = played(plan, script, later_ms)
    if session.finished:
        return
    was_red = session.mode is Mode.RED
    effects = session.apply(Command.RED, at_ms)
    assert session.mode is Mode.RED
    assert any(isinstance(effect, Silence) for effect in effects)
    (told,) = [cue for cue in said(effects) if isinstance(cue.meaning, cues.GetHelp)]
    assert told.priority is Priority.STOP
    assert told.at_ms - at_ms <= 500
    assert not session.comfort.asleep
    kept = [effect for effect in effects if isinstance(effect, Outcome) and effect.item == SESSION_ITEM]
    assert [outcome.result for outcome in kept] == ([] if was_red else [Result.RED])


@settings(max_examples=200, deadline=None)
@given(PLANS, SCRIPT, SCRIPT)
def test_nothing_leads_back_from_red(plan, before, after):
    session, at_ms = played(plan, before)
    if session.finished:
        return
    session.apply(Command.RED, at_ms)
    active_ms = session.active_ms
    for later_ms, command in after:
        effects = session.apply(command, at_ms + later_ms)
        assert session.mode in {Mode.RED, Mode.ENDED}
        assert not any(isinstance(effect, PhaseBegan) for effect in effects)
        assert not any(isinstance(cue.meaning, (cues.Movement, cues.SetUp)) for cue in said(effects))
    assert session.active_ms == active_ms
    session.advance(at_ms + 10**6)
    assert session.finished


@settings(max_examples=200, deadline=None)
@given(PLANS, SCRIPT, MOMENT)
def test_dizziness_is_told_where_to_lie_or_sends_for_help(plan, script, later_ms):
    session, at_ms = played(plan, script, later_ms)
    if session.finished:
        return
    effects = session.apply(Command.DIZZY, at_ms)
    assert session.mode in {Mode.DIZZY_ASKING, Mode.RED}
    kinds = [type(cue.meaning) for cue in said(effects)]
    # Dizzy for the second time after the question was asked is answered with the question.
    assert {cues.LieDown, cues.GetHelp, cues.DizzyQuestion} & set(kinds)
    assert cues.Movement not in kinds


@settings(max_examples=200, deadline=None)
@given(PLANS, SCRIPT)
def test_dizzy_without_a_yes_always_ends_in_red(plan, script):
    session, at_ms = played(plan, script)
    if session.finished or session.mode is Mode.RED:
        return
    session.apply(Command.DIZZY, at_ms)
    session.advance(at_ms + 60_000)
    assert session.mode is Mode.RED


@settings(max_examples=200, deadline=None)
@given(PLANS, SCRIPT, st.floats(-16, 8))
def test_what_is_about_safety_is_never_quieter_than_normal(plan, script, chosen_db):
    session = Session(plan)
    session.comfort.volume_db = chosen_db
    for at_ms, command in script:
        session.apply(command, at_ms)
        wanted_db = session.comfort.volume_db
        assert session.volume_db == (max(0.0, wanted_db) if session.mode in AUDIBLE else wanted_db)


def answered(plan, answers):
    """Give a session whose questions are answered one after the other; None is silence, twice."""
    session, effects = Session(plan), []
    effects += session.advance(0)
    for answer in answers:
        if session.asked_ms is None:
            break
        at_ms = max(session.asked_ms + 3_000, session.active_ms + session.waited_ms + 3_000)
        if answer is not None:
            effects += session.apply(answer, at_ms)
            continue
        before = session.view().question
        for _ in range(2):
            if session.view().question == before and session.deadline_ms is not None:
                effects += session.advance(session.deadline_ms)
    return session, effects


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_six_questions_and_opens_on_six_times_no(check):
    assert len(check.questions) == 6
    session, effects = answered(replace(PLAN, check=check), [Command.NO] * 6)
    assert session.mode is Mode.PAUSED
    (kept,) = [effect for effect in effects if isinstance(effect, Outcome)]
    assert (kept.exercise, kept.item, kept.result) == (f"check:{check.id}", CHECK_ITEM, Result.DONE)


@pytest.mark.parametrize("answer", [Command.YES, None], ids=["yes", "unclear"])
@pytest.mark.parametrize(
    ("check", "number"),
    [(check, number) for check in CHECKS for number in range(6)],
    ids=lambda value: getattr(value, "id", value),
)
def test_anything_but_no_tells_what_to_do_and_is_kept(check, number, answer):
    question = check.questions[number]
    answers = [*[Command.NO] * number, *[answer] * len(question.keys)]
    session, effects = answered(replace(PLAN, check=check, emergency_number="112"), answers)
    advice = session.view().advice
    assert advice == cues.advised(question.on_yes, number="112", unclear=answer is None)
    assert session.mode is (Mode.RED if question.on_yes in RED_ADVICE else Mode.ADVISED)
    (kept,) = [effect for effect in effects if isinstance(effect, Outcome)]
    assert (kept.item, kept.result) == (CHECK_ITEM, Result.REFUSED)
    assert kept.exercise == f"check:{check.id}:{question.keys[-1]}"
    assert advice in [cue.meaning for cue in said(effects)]
    assert session.active_ms == 0


def test_a_no_to_the_second_question_is_milder_and_still_no_session():
    check = library().checks["postpartum"]
    number, question = next((at, one) for at, one in enumerate(check.questions) if one.follow_up)
    answers = [*[Command.NO] * number, Command.YES, Command.NO]
    session, _ = answered(replace(PLAN, check=check), answers)
    assert session.view().advice == cues.advised(question.milder, number=None, unclear=False)
    assert session.active_ms == 0


def test_no_change_since_earlier_today_leads_past_the_questions():
    session, _ = answered(CHANGED_PLAN, [Command.NO])
    assert session.mode is Mode.PAUSED


@pytest.mark.parametrize("answer", [Command.YES, None], ids=["yes", "unclear"])
def test_a_change_since_earlier_today_leads_to_all_questions(answer):
    session, effects = answered(CHANGED_PLAN, [answer])
    assert session.mode is Mode.CHECKING
    assert session.view().question == CHECK.questions[0].key
    assert not [effect for effect in effects if isinstance(effect, Outcome)]
    session, _ = answered(CHANGED_PLAN, [answer, *[Command.NO] * 3])
    assert session.mode is Mode.PAUSED


def test_a_change_with_nothing_more_to_ask_is_no_session():
    session, _ = answered(replace(CHANGED_PLAN, check=None), [Command.YES])
    assert session.mode is Mode.ADVISED
    assert session.view().advice == cues.advised(Advice.SOMEBODY_FIRST, number=None, unclear=False)


def test_a_question_about_last_time_is_asked_once():
    plan = replace(PLAN, check=CHECK.plus(library().checks["flare"]))
    session, _ = answered(plan, [Command.NO] * 4)
    assert session.mode is Mode.PAUSED
    at_ms = session.active_ms + session.waited_ms + 10_000
    session.apply(Command.PAUSE, at_ms)
    session.apply(Command.RESUME, at_ms + 16 * 60_000)
    asked = []
    for count in range(4):
        asked.append(session.view().question)
        session.apply(Command.NO, at_ms + 16 * 60_000 + 10_000 + count * 5_000)
    assert asked == [*(question.key for question in CHECK.questions), None]


@pytest.mark.parametrize(("first", "second"), [(Command.PAIN, Command.DIZZY), (Command.DIZZY, Command.PAIN)])
def test_pain_and_dizziness_together_wait_for_no_answer(first, second):
    session = Session(PLAN)
    session.apply(first, 60_000)
    session.apply(second, 62_000)
    assert session.mode is Mode.RED


def test_yes_before_the_question_about_dizziness_counts_for_nothing():
    session = Session(PLAN)
    session.apply(Command.DIZZY, 60_000)
    session.apply(Command.YES, 70_000)
    assert session.mode is Mode.DIZZY_ASKING
    session.apply(Command.YES, 83_000)
    assert session.mode is Mode.STOPPED


def test_no_before_the_question_about_dizziness_is_believed():
    session = Session(PLAN)
    session.apply(Command.DIZZY, 60_000)
    session.apply(Command.NO, 70_000)
    assert session.mode is Mode.RED
