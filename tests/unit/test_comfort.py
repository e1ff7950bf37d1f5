"""Volume: what the settings say is where it begins, and one step further is one step further."""

import pytest

from matside.content.library import load_library
from matside.planning.lay_out import lay_out
from matside.session.command import Command
from matside.session.machine import Session


@pytest.mark.parametrize(
    ("begins_db", "command", "then_db"),
    [
        (0.0, Command.LOUDER, 4.0),
        (0.0, Command.QUIETER, -4.0),
        (8.0, Command.LOUDER, 8.0),
        (12.0, Command.LOUDER, 12.0),
        (12.0, Command.QUIETER, 8.0),
        (-40.0, Command.QUIETER, -40.0),
        (-40.0, Command.LOUDER, -36.0),
    ],
)
def test_asking_for_more_or_less_never_moves_the_volume_the_other_way(begins_db, command, then_db):
    library = load_library()
    session = Session(lay_out(library.routines["breathe"], library))
    session.comfort.volume_db = begins_db
    session.apply(command, 1_000)
    assert session.comfort.volume_db == then_db
