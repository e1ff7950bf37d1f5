"""`matside replay`: a recorded room through the ear again."""

from pathlib import Path

import click

from matside.cli.content import situation_of
from matside.cli.options import json_option, language_of, model_option, my_paths
from matside.cli.output import write_json
from matside.session.command import Ignored, Situation


@click.command("replay")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--phase", metavar="PHASE", help="What is going on; a hold where nothing is given.")
@model_option
@json_option
def replay_command(folder: Path, *, phase: str | None, model: Path | None, as_json: bool) -> None:
    """Hear the room that `matside doctor --record DIR` took, as a session would.

    One line an utterance: when, what was heard, and what became of it. The coach's own voice is taken out
    with what was played.
    """
    from matside.content.library import load_library
    from matside.hear.opening import open_model
    from matside.run.room_files import read_room, replay
    from matside.understand.phrasebook import Phrasebook

    room = read_room(folder)
    words = language_of(load_library(), room.language)
    book = Phrasebook.of(words.phrasebook)
    loaded = open_model(words.model, explicit=model, models=my_paths().models)
    for one in replay(room, loaded, book, situation_of(phase) if phase else Situation.HOLD):
        heard, decision = one.heard, one.decision
        taken = None if isinstance(decision, Ignored) else decision.value
        reason = decision.reason if isinstance(decision, Ignored) else None
        if as_json:
            write_json(
                {
                    "start_s": round(heard.began_ms / 1_000, 3),
                    "end_s": round(heard.ended_ms / 1_000, 3),
                    "heard": heard.text,
                    "command": taken,
                    "reason": reason,
                    "level_db": round(heard.level_db, 1),
                    "echo_db": round(heard.echo_db, 1),
                }
            )
            continue
        became = f"→ {taken}" if taken else f"(not taken: {reason})"
        click.echo(f'{heard.began_ms / 1_000:.2f}-{heard.ended_ms / 1_000:.2f} s  "{heard.text}"  {became}')
