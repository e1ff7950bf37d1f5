"""Which reminders there are: one small file, so that they can be listed, changed and taken back."""

import json
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from matside.errors import EdgeError, MatsideError
from matside.remind.installation import System
from matside.remind.schedule import Quiet, Reminder, read_quiet, read_time
from matside.settings import Paths

VERSION = 1

Register = dict[str, tuple[Reminder, System]]
"""Reminders by name, and who keeps each."""


def register_file(paths: Paths) -> Path:
    """Give the file of a person's reminders."""
    return paths.config / (f"reminders-{paths.person}.json" if paths.person else "reminders.json")


def load_register(file: Path) -> Register:
    """Read which reminders there are; none where there is no file.

    Raises:
        MatsideError: The file is damaged.
    """
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
        rows = {VERSION: written["reminders"]}[written["version"]]
        return {row["name"]: (_reminder(row), System(row["system"])) for row in rows}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise EdgeError(f"{file} can't be read: {error.strerror}.", hint="Check who may read it.") from error
    except (ValueError, KeyError, TypeError, MatsideError) as error:
        raise MatsideError(
            f"The list of reminders {file} is damaged.",
            hint="Delete that file and set the reminders again; the same names replace the old ones.",
        ) from error


def save_register(file: Path, register: Register) -> None:
    """Write it, whole or not at all.

    Raises:
        EdgeError: It can't be written.
    """
    rows = [_row(reminder, system) for reminder, system in register.values()]
    text = json.dumps({"version": VERSION, "reminders": rows}, indent=1) + "\n"
    try:
        if not rows:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(file.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise EdgeError(
            f"{file} can't be written: {error.strerror}.", hint="Make room, or check the folder."
        ) from error


def _row(reminder: Reminder, system: System) -> Mapping[str, object]:
    return {
        "name": reminder.name,
        "times": [f"{at:%H:%M}" for at in reminder.times],
        "days": list(reminder.days),
        "quiet": None if reminder.quiet is None else str(reminder.quiet),
        "every_min": reminder.every_min,
        "system": system.value,
    }


def _reminder(row: Any) -> Reminder:
    times: tuple[time, ...] = tuple(read_time(text) for text in row["times"])
    quiet: Quiet | None = None if row["quiet"] is None else read_quiet(row["quiet"])
    return Reminder(
        name=str(row["name"]),
        times=times,
        days=tuple(str(day) for day in row["days"]),
        quiet=quiet,
        every_min=None if row["every_min"] is None else int(row["every_min"]),
    )
