"""`matside remind`: your own system reminds you; off until you ask for it."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matside.cli.commands import CONTEXT
from matside.cli.options import (
    json_option,
    language_of,
    language_option,
    my_paths,
    my_settings,
    profile_option,
)
from matside.cli.output import note, write_json, write_table
from matside.errors import EdgeError, UsageError

if TYPE_CHECKING:
    from matside.content.language import Language
    from matside.remind.installation import Steps, System
    from matside.remind.schedule import Reminder

EVERY = ("30", "60", "120")
SYSTEMS = ("auto", "systemd", "launchd", "schtasks")
ALL = "all"


def _set_options(function: Any) -> Any:
    """Add what all reminders share."""
    for option in reversed(
        (
            click.option("--days", default="daily", metavar="DAYS", help="As mon-fri, or mon,wed,sat."),
            click.option("--quiet", metavar="FROM-TO", help="Hours in which nothing rings, as 21:00-08:00."),
            click.option(
                "--ics", type=click.Path(path_type=Path), metavar="FILE", help="Write a calendar file."
            ),
            click.option("--system", type=click.Choice(SYSTEMS), default="auto", help="Who keeps the time."),
            click.option("-n", "--dry-run", is_flag=True, help="Show what would be done; change nothing."),
            profile_option,
            language_option,
        )
    ):
        function = option(function)
    return function


@click.group("remind", invoke_without_command=True, context_settings=CONTEXT)
@profile_option
@click.pass_context
def remind_command(ctx: click.Context) -> None:
    """Let your own system remind you; nothing does until you ask for it.

    A reminder shows a short notice that names nothing private, or sounds a soft tone where notices can't be
    shown. It never starts a session by itself, and stays silent in quiet hours, when it would come late, and
    while a session is going on. matside needn't run for it, and nothing uses the network.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_command, as_json=False)


@remind_command.command("morning")
@click.argument("at", metavar="TIME")
@_set_options
def morning_command(*, at: str, **options: Any) -> None:
    """Remind you of the morning session, at a TIME such as 07:30."""
    _set_timed("morning", (at,), options)


@remind_command.command("evening")
@click.argument("at", metavar="TIME")
@_set_options
def evening_command(*, at: str, **options: Any) -> None:
    """Remind you of the evening session, at a TIME such as 19:00."""
    _set_timed("evening", (at,), options)


@remind_command.command("pelvic-floor")
@click.argument("times", nargs=-1, metavar="[TIME]...")
@_set_options
def pelvic_floor_command(*, times: tuple[str, ...], **options: Any) -> None:
    """Remind you of a short set, three times a day: 09:00, 14:00 and 19:00, or at each TIME."""
    from matside.remind.schedule import PELVIC_FLOOR_TIMES

    _set_timed("pelvic-floor", times or tuple(f"{at:%H:%M}" for at in PELVIC_FLOOR_TIMES), options)


@remind_command.command("break")
@click.option("--every", type=click.Choice(EVERY), default="60", help="Minutes between two. Default: 60.")
@_set_options
def break_command(*, every: str, **options: Any) -> None:
    """Remind you to stand up, outside the quiet hours (21:00-08:00 unless you choose others)."""
    from matside.remind.schedule import NIGHT, breaks, read_days, read_quiet

    quiet = read_quiet(options["quiet"]) if options["quiet"] else NIGHT
    _set(breaks(int(every), read_days(options["days"]), quiet), options)


@remind_command.command("list")
@json_option
@profile_option
def list_command(*, as_json: bool) -> None:
    """List the reminders."""
    from matside.remind.register import load_register, register_file
    from matside.remind.schedule import in_words

    register = load_register(register_file(my_paths()))
    for reminder, system in register.values():
        if as_json:
            write_json(_record(reminder, system))
    if not as_json:
        texts = _words(None).screens
        write_table(
            (reminder.name, in_words(reminder, texts), texts["remind.kept"].format(system=system.value))
            for reminder, system in register.values()
        )
        if not register:
            note(texts["remind.none"])


@remind_command.command("remove")
@click.argument("name", metavar="NAME|all")
@profile_option
def remove_command(*, name: str) -> None:
    """Take back one reminder, or all."""
    from matside.remind.register import load_register, register_file

    register = load_register(register_file(my_paths()))
    if name != ALL and name not in register:
        known = ", ".join(register) or "none"
        raise UsageError(f'There is no reminder "{name}".', hint=f"There are: {known}.")
    removed = take_back(None if name == ALL else name)
    texts = _words(None).screens
    said = texts["remind.removed"].format(names=", ".join(removed))
    note(said if removed else texts["remind.there-was-none"])


@remind_command.command("fire")
@click.argument("name")
@click.option("--anyway", is_flag=True, help="Now, whatever the time: to try it.")
@click.option("--home", type=click.Path(path_type=Path), hidden=True)
@profile_option
@language_option
def fire_command(*, name: str, anyway: bool, home: Path | None, language: str | None) -> None:
    """Ring now; your system calls this. Outside its time it stays silent."""
    from matside.remind.notice import show_notice
    from matside.remind.register import load_register, register_file
    from matside.remind.schedule import is_due
    from matside.run.journal import is_any_running

    if home is not None:
        os.environ["MATSIDE_HOME"] = str(home)
    paths, words = my_paths(), _words(language)
    found = load_register(register_file(paths)).get(name)
    if found is None:
        note(words.screens["remind.unknown"].format(name=name))
        return
    if not anyway and not is_due(found[0], datetime.now().astimezone()):
        note(words.screens["remind.not-now"])
        return
    if is_any_running(paths.journal):
        note(words.screens["remind.session"])
        return
    if show_notice(words.reminders[name]):
        return
    from matside.run.aloud import sound_tone
    from matside.session.cue import ToneKind

    sound_tone(ToneKind.END, words, my_settings(paths, language=language), paths)


def take_back(name: str | None = None) -> list[str]:
    """Take back a reminder of this person's, or all of them.

    Returns:
        The names of those that are gone.

    Raises:
        EdgeError: The system refuses; what it has taken back already is gone.
    """
    from matside.remind.handover import carry_out, find_places
    from matside.remind.installation import label_of, to_remove
    from matside.remind.register import load_register, register_file, save_register

    paths = my_paths()
    file = register_file(paths)
    register = load_register(file)
    removed = []
    for each in [name] if name is not None else list(register):
        _, system = register[each]
        carry_out(to_remove(label_of(each, paths.person), system, find_places(os.environ, paths)))
        del register[each]
        save_register(file, register)
        removed.append(each)
    return removed


def _set_timed(name: str, texts: tuple[str, ...], options: dict[str, Any]) -> None:
    from matside.remind.schedule import read_days, read_quiet, read_time, timed

    times: tuple[time, ...] = tuple(read_time(text) for text in texts)
    quiet = read_quiet(options["quiet"]) if options["quiet"] else None
    _set(timed(name, times, read_days(options["days"]), quiet), options)


def _set(reminder: "Reminder", options: dict[str, Any]) -> None:
    paths = my_paths()
    words = _words(options["language"])
    if options["ics"] is not None:
        _write_calendar(reminder, words, options["ics"], dry=options["dry_run"])
        return
    from matside.remind.handover import carry_out, find_places, find_system
    from matside.remind.installation import System, label_of, to_install
    from matside.remind.register import load_register, register_file, save_register
    from matside.remind.schedule import in_words

    system = find_system() if options["system"] == "auto" else System(options["system"])
    label = label_of(reminder.name, paths.person)
    command = _command(reminder.name, paths.person, options["language"] or os.environ.get("MATSIDE_LANGUAGE"))
    steps = to_install(label, reminder, command, system, find_places(os.environ, paths))
    if options["dry_run"]:
        _show(steps, words.screens)
        return
    file = register_file(paths)
    register = load_register(file)
    carry_out(steps)
    save_register(file, register | {reminder.name: (reminder, system)})
    when = in_words(reminder, words.screens)
    note(words.screens["remind.set"].format(name=reminder.name, when=when))


def _words(code: str | None) -> "Language":
    from matside.content.library import load_library

    return language_of(load_library(), my_settings(my_paths(), language=code).language)


def _command(name: str, person: str | None, language: str | None) -> tuple[str, ...]:
    """Give what the system calls: this very Python, so that it works without any path set."""
    program = Path(sys.executable)
    windowless = program.with_name("pythonw.exe")
    if sys.platform == "win32" and windowless.exists():
        program = windowless
    home = os.environ.get("MATSIDE_HOME")
    whose = ("--profile", person) if person else ()
    where = ("--home", str(Path(home).expanduser().absolute())) if home else ()
    which = ("--language", language) if language else ()
    return (str(program), "-m", "matside", *whose, "remind", "fire", name, *which, *where)


def _write_calendar(reminder: "Reminder", words: "Language", file: Path, *, dry: bool) -> None:
    from matside.remind.calendar_file import calendar

    content = calendar(reminder, words.reminders[reminder.name], datetime.now().astimezone())
    if dry:
        click.echo(content.decode(), nl=False)
        return
    try:
        file.write_bytes(content)
    except OSError as error:
        raise EdgeError(
            f"{file} can't be written: {error.strerror}.", hint="Name a file in a folder that exists."
        ) from error
    note(words.screens["remind.calendar"].format(file=file))


def _show(steps: "Steps", texts: Mapping[str, str]) -> None:
    for command in steps.before:
        click.echo(texts["remind.would-run"].format(command=" ".join(command)))
    for path, content in steps.files.items():
        click.echo(texts["remind.would-write"].format(file=path))
        if content is not None:
            code = "utf-16" if content[:2] == b"\xff\xfe" else "utf-8"
            for line in content.decode(code).splitlines():
                click.echo(f"    {line}".rstrip())
    for command in steps.after:
        click.echo(texts["remind.would-run"].format(command=" ".join(command)))


def _record(reminder: "Reminder", system: "System") -> dict[str, object]:
    return {
        "reminder": reminder.name,
        "times": [f"{at:%H:%M}" for at in reminder.times],
        "days": list(reminder.days),
        "quiet": None if reminder.quiet is None else str(reminder.quiet),
        "every_min": reminder.every_min,
        "system": system.value,
    }
