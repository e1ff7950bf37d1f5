"""Where an interrupted session goes on, whatever state it was interrupted in."""

import os
from datetime import UTC, datetime

import pytest

from matside.run.conduct import _catch_up
from matside.run.journal import Header, Note, Written
from matside.session.command import Command
from matside.session.cue import CheckQuestion, Cue, GetHelp, PainQuestion
from matside.session.machine import Session
from matside.session.outcome import Outcome
from matside.session.transitions import Mode
from plans import CHECKED_PLAN, PLAN

AWAY_S = 3_600
AT_MS = 60_000


@pytest.fixture
def interrupted(tmp_path):
    """A journal of an hour ago."""

    def write(*commands, last_ms=AT_MS + 4_000):
        path = tmp_path / "session.jsonl"
        path.write_text("{}\n")
        then_s = datetime.now(UTC).timestamp() - AWAY_S
        os.utime(path, (then_s, then_s))
        header = Header(
            routine="x", routine_text="", language="en", options={}, plan="", started_at=datetime.now(UTC)
        )
        notes = tuple(Note(at_ms=AT_MS + 100 * at, command=command) for at, command in enumerate(commands))
        return Written(path=path, header=header, notes=notes, last_ms=last_ms, ended=False, valid_bytes=3)

    return write


def go_on(plan, written):
    """Take the session up again, and give it with what comes of its first half second."""
    session = Session(plan)
    start = _catch_up(session, written)
    effects = session.advance(start.at_ms)
    for command in start.first:
        effects += session.apply(command, start.at_ms)
    return session, start, effects + session.advance(start.at_ms + 500)


def said(effects, kind):
    return [effect for effect in effects if isinstance(effect, Cue) and isinstance(effect.meaning, kind)]


@pytest.mark.parametrize("commands", [(), (Command.PAUSE,), (Command.STOP,), (Command.STOP, Command.STOP)])
def test_time_away_is_a_pause(interrupted, commands):
    session, start, effects = go_on(PLAN, interrupted(*commands))
    assert start.at_ms >= AT_MS + AWAY_S * 1_000
    assert session.mode is Mode.PAUSED or commands
    assert session.active_ms <= AT_MS + 4_000
    assert not [effect for effect in effects if isinstance(effect, Outcome)]


def test_a_session_killed_while_asked_whether_to_end_does_not_run_through_by_itself(interrupted):
    session, _, effects = go_on(PLAN, interrupted(Command.END))
    assert session.active_ms == AT_MS
    assert session.mode is Mode.PAUSED
    assert not [effect for effect in effects if isinstance(effect, Outcome)]


def test_the_pain_question_is_asked_again(interrupted):
    for commands in ((Command.PAIN,), (Command.PAIN, Command.END)):
        session, _, effects = go_on(PLAN, interrupted(*commands))
        assert session.mode is Mode.PAIN_ASKING
        assert said(effects, PainQuestion)


def test_the_red_text_is_said_again(interrupted):
    session, _, effects = go_on(PLAN, interrupted(Command.PAIN, Command.YES))
    assert session.mode is Mode.RED
    assert said(effects, GetHelp)


def test_the_questions_go_on_where_they_were_left(interrupted):
    session, _, effects = go_on(CHECKED_PLAN, interrupted(last_ms=20_000))
    assert session.mode is Mode.CHECKING
    assert said(effects, CheckQuestion)


@pytest.mark.parametrize("commands", [(Command.END,), (Command.PAIN, Command.END), (Command.PAUSE,), ()])
def test_going_on_twice_from_the_same_journal_is_the_same(interrupted, commands):
    written = interrupted(*commands)
    first = Session(PLAN)
    bridge = _catch_up(first, written).bridge
    again = Session(PLAN)
    for note in [*written.notes, *(Note(at_ms=written.last_ms, command=command) for command in bridge)]:
        again.apply(note.command, note.at_ms)
    assert again.view() == first.view()
