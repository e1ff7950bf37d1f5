"""`matside history`: what you have done."""

import click

from matside.cli.options import json_option, my_paths, profile_option
from matside.cli.output import clock, note, write_json, write_table


@click.command("history")
@click.option("-n", "--last", "limit", type=click.IntRange(1, 10_000), default=20, help="How many sessions.")
@json_option
@profile_option
def history_command(*, limit: int, as_json: bool) -> None:
    """Show your last sessions, the newest first. It stays on this computer."""
    from matside.history.store import Store
    from matside.history.summary import as_record, rows

    path = my_paths().history
    if not path.exists():
        note("Nothing yet. Begin with: matside start breathe")
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
                row.state,
                f"{row.done} of {row.planned}",
                ", ".join(row.notes),
            )
            for row in rows(sessions)
        )
