"""`matside history`: what you have done."""

from typing import TYPE_CHECKING

import click

from matside.cli.options import (
    json_option,
    language_of,
    language_option,
    my_paths,
    my_settings,
    profile_option,
)
from matside.cli.output import clock, note, write_json, write_table

if TYPE_CHECKING:
    from matside.content.language import Language
    from matside.history.summary import Remark


@click.command("history")
@click.option("-n", "--last", "limit", type=click.IntRange(1, 10_000), default=20, help="How many sessions.")
@json_option
@language_option
@profile_option
def history_command(*, limit: int, as_json: bool, language: str | None) -> None:
    """Show your last sessions, the newest first. It stays on this computer."""
    from matside.content.library import load_library
    from matside.history.store import Store
    from matside.history.summary import as_record, rows

    paths = my_paths()
    path = paths.history
    words = language_of(load_library(), my_settings(paths, language=language).language)
    texts = words.screens
    if not path.exists():
        note(texts["history.none"])
        return
    with Store.open(path) as store:
        sessions = store.history(limit)
    if as_json:
        for session in sessions:
            write_json(as_record(session))
    else:
        write_table(
            (
                f"{row.began:%Y-%m-%d %H:%M}",
                row.routine,
                clock(row.active_ms)[:-2],
                texts[f"history.{row.state.value}"],
                texts["history.amount"].format(done=row.done, planned=row.planned),
                ", ".join(_said(remark, words) for remark in row.notes),
            )
            for row in rows(sessions)
        )


def _said(remark: "Remark", words: "Language") -> str:
    text = words.exercises.get(str(remark.of))
    return words.screens[f"history.{remark.kind}"].format(what=text.name if text else remark.of)
