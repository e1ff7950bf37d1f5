"""The moment between the last "no" and the first item: every command is obeyed or refused, none breaks."""

import pytest

from matside.content.library import load_library
from matside.planning.lay_out import lay_out
from matside.session.command import Command
from matside.session.machine import Session
from matside.session.transitions import Mode


@pytest.mark.parametrize("command", Command)
def test_every_command_is_taken_while_the_body_settles_after_the_questions(command):
    library = load_library()
    session = Session(lay_out(library.routines["evening"], library))
    now_ms = 0
    while session.mode is Mode.CHECKING:
        now_ms += 5_000
        session.apply(Command.NO, now_ms)
    session.apply(command, now_ms + 500)
    session.advance(now_ms + 20 * 60_000)
    assert session.active_ms + session.waited_ms == now_ms + 20 * 60_000
