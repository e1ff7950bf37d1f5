"""`matside today`: what of the day's doses is done, and what is left."""

from datetime import datetime
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
from matside.cli.output import note, write_json, write_table

if TYPE_CHECKING:
    from matside.content.dose import DailyDose


@click.command("today")
@json_option
@language_option
@profile_option
def today_command(*, as_json: bool, language: str | None) -> None:
    """Show what is done today, and what is left. Nothing counts against you tomorrow."""
    from matside.content.library import load_library
    from matside.planning.daily import tallies
    from matside.run.recall import done_on, recall

    paths, library, now = my_paths(), load_library(), datetime.now().astimezone()
    words = language_of(library, my_settings(paths, language=language).language)
    known = recall(paths.history, library, now)
    rows = []
    for tally in tallies(library, known.today.person, done_on(known.sessions, library, now)):
        dose = tally.dose
        if as_json:
            write_json(
                {
                    "dose": dose.id,
                    "unit": dose.unit.value,
                    "done": tally.done,
                    "left": tally.left,
                    "per_day": dose.per_day,
                    "routine": dose.routine,
                }
            )
            continue
        texts = words.planning
        name = texts[f"dose.{dose.id}"]
        said = texts["dose.left" if tally.left else "dose.reached"]
        rows.append(
            (
                name,
                said.format(done=_amount(tally.done, dose), per_day=_amount(dose.per_day, dose)),
                f"matside start {dose.routine or ''}".rstrip() if tally.left else "",
            )
        )
    write_table(rows)
    if not rows and not as_json:
        note(words.planning[f"refused.unknown-{known.today.person.lacks or 'stage'}"])


def _amount(number: int, dose: "DailyDose") -> str:
    from matside.content.dose import Unit

    if dose.unit is Unit.SECONDS:
        return f"{number // 60}:{number % 60:02}"
    return str(number)
