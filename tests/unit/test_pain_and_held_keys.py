"""Pain among the last words is asked about too, and a key held down answers nothing."""

import pytest

from matside.session.command import Command
from matside.session.cue import Cue, GetHelp, PainAgain
from matside.session.machine import Session
from matside.session.outcome import PhaseBegan
from matside.session.transitions import Mode
from plans import CHECKED_PLAN, PLAN


def closing(plan=PLAN):
    """Give a session among its last words, and the time it is there."""
    session = Session(plan)
    session.apply(Command.END, 60_000)
    session.apply(Command.YES, 62_000)
    assert session.mode is Mode.CLOSING
    return session


def meanings(effects):
    return [type(effect.meaning) for effect in effects if isinstance(effect, Cue)]


@pytest.mark.parametrize("answer", [Command.YES, None])
def test_severe_or_unanswered_pain_among_the_last_words_leads_to_help(answer):
    session = closing()
    effects = session.apply(Command.PAIN, 64_000)
    assert session.mode is Mode.PAIN_ASKING
    effects += session.apply(answer, 70_000) if answer else session.advance(120_000)
    assert session.mode is Mode.RED
    assert GetHelp in meanings(effects)


def test_mild_pain_among_the_last_words_closes_and_moves_nobody():
    session = closing()
    session.apply(Command.PAIN, 64_000)
    effects = session.apply(Command.NO, 70_000) + session.advance(200_000)
    assert PainAgain in meanings(effects)
    assert session.finished
    assert not session.completed
    assert {effect.phase for effect in effects if isinstance(effect, PhaseBegan)} == {"closing"}


def test_pain_after_a_refused_check_opens_no_way_back_to_it():
    session = Session(CHECKED_PLAN)
    session.apply(Command.NO, 12_000)
    session.apply(Command.YES, 20_000)
    assert session.mode is Mode.ADVISED
    session.apply(Command.PAIN, 21_000)
    session.apply(Command.NO, 30_000)
    assert session.mode is Mode.CLOSING
    for at_ms in range(31_000, 70_000, 1_000):
        session.apply(Command.NO, at_ms)
        session.apply(Command.RESUME, at_ms)
    assert session.finished
    assert session.active_ms == 0


@pytest.mark.parametrize("every_ms", [30, 100, 500])
def test_a_key_held_down_passes_no_question(every_ms):
    session = Session(CHECKED_PLAN)
    effects = []
    for at_ms in range(0, 15_000, every_ms):
        effects += session.apply(Command.NO, at_ms)
    assert session.mode is Mode.CHECKING
    assert session.active_ms == 0
    assert "talk" not in {effect.phase for effect in effects if isinstance(effect, PhaseBegan)}


def test_answers_a_second_apart_pass():
    session = Session(CHECKED_PLAN)
    for at_ms in (10_000, 12_000, 14_000):
        session.apply(Command.NO, at_ms)
    session.advance(30_000)
    assert session.mode is Mode.RUNNING
