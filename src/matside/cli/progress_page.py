"""`matside progress`: why each exercise is where it is, and how to begin it anew."""

from datetime import datetime
from typing import Any

import click

from matside.cli.options import (
    json_option,
    language_of,
    language_option,
    my_paths,
    my_settings,
    profile_option,
)
from matside.cli.output import note, write_json, write_table
from matside.errors import UsageError


@click.command("progress")
@click.option(
    "--reset", "reset_name", metavar="EXERCISE", help="Begin this ladder anew, or with `all` every one."
)
@json_option
@language_option
@profile_option
def progress_command(*, reset_name: str | None, as_json: bool, language: str | None) -> None:
    """Show where you stand on each exercise's ladder, and why.

    What was too hard stays down; after three calm days and a "too easy" the next step is offered.
    """
    from matside.content.library import load_library
    from matside.planning.gates import BLOCKED, grant
    from matside.planning.words import Words
    from matside.run.recall import recall

    paths, library = my_paths(), load_library()
    words_of = language_of(library, my_settings(paths, language=language).language)
    if reset_name is not None:
        _reset(reset_name, paths.history, frozenset(library.exercises))
        note(words_of.screens["progress.reset"])
    known = recall(paths.history, library, datetime.now().astimezone())
    words = Words(language=words_of, person=known.today.person)
    rows: list[Any] = []
    for name, exercise in library.exercises.items():
        rung = known.today.ladder.get(name)
        if rung is None and name not in known.today.met:
            continue
        granted = grant(exercise, known.today.person)
        row = {
            "exercise": name,
            "level": rung.level if rung else None,
            "gate": granted.level if granted.level > BLOCKED else None,
            "reason": words.standing(exercise, rung, granted),
            "since": rung.since.isoformat() if rung and rung.since else None,
        }
        rows.append(row)
    if as_json:
        for row in rows:
            write_json(row)
        return
    if not rows:
        note(words_of.screens["progress.none"])
    write_table((words.name(row["exercise"]), row["reason"]) for row in rows)


def _reset(name: str, history: Any, known: frozenset[str]) -> None:
    import difflib

    from matside.history.profile_store import reset
    from matside.history.store import Store

    if name != "all" and name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        raise UsageError(f'There is no exercise "{name}".{meant}', hint="matside progress lists them.")
    with Store.open(history) as store:
        reset(store, "" if name == "all" else name)
