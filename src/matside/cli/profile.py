"""`matside profile`: tell once who you are; see it, change it, delete it."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
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
from matside.content.exercise import Birth, Stage
from matside.errors import MatsideError, UsageError
from matside.settings import Paths

if TYPE_CHECKING:
    from matside.cli.interview import Interviewer
    from matside.content.language import Language
    from matside.planning.profile import Profile

STAGES = [stage.value for stage in Stage if stage is not Stage.UNKNOWN]


@click.group("profile", invoke_without_command=True, context_settings=CONTEXT)
@click.option("--aloud", is_flag=True, help="Say each question too.")
@json_option
@language_option
@profile_option
@click.pass_context
def profile_command(ctx: click.Context, *, aloud: bool, as_json: bool, language: str | None) -> None:
    """Tell once who you are, or see what you told. It stays on this computer.

    Every question may be skipped. Without a stage only the seated breathing is open.
    """
    ctx.meta["matside.language"] = language
    if ctx.invoked_subcommand is not None:
        return
    profile = load_profile(my_paths())
    if profile.asked_on is None and not as_json and sys.stdin.isatty():
        _ask(my_paths(), language, aloud=aloud)
    else:
        _show(profile, _language(language), as_json=as_json)


@profile_command.command("ask")
@click.option("--aloud", is_flag=True, help="Say each question too.")
@language_option
@profile_option
def ask_command(*, aloud: bool, language: str | None) -> None:
    """Ask all questions again; an empty answer keeps what was told before."""
    _ask(my_paths(), language, aloud=aloud)


@profile_command.command("flags")
@click.option("--aloud", is_flag=True, help="Say each question too.")
@language_option
@profile_option
def flags_command(*, aloud: bool, language: str | None) -> None:
    """Tell what is sore or new; asked for again each week."""
    paths = my_paths()
    interviewer = interviewer_of(paths, language, aloud=aloud)
    interviewer.keep(interviewer.flags(load_profile(paths)))


@profile_command.command("cleared")
@profile_option
def cleared_command() -> None:
    """Say that a clinician has cleared you for exercise. It holds until your stage changes."""
    from matside.planning.profile import Screened

    paths = my_paths()
    profile, texts = load_profile(paths), _language(None).screens
    if profile.stage is Stage.UNKNOWN:
        raise _no_stage(texts)
    keep_profile(paths, replace(profile, screened=Screened.CLEARED, cleared_on=today_of_calendar()))
    note(texts["profile.cleared"])


@profile_command.command("set")
@click.option("--stage", type=click.Choice(STAGES), help="Your stage.")
@click.option("--weeks", metavar="N", help="Completed weeks, or the due date as 2027-03-31.")
@click.option("--born", metavar="DATE", help="Day of the birth, or completed weeks since.")
@click.option("--birth", type=click.Choice([birth.value for birth in Birth]), help="How it went.")
@click.option("--check-done/--no-check", "check", default=None, help="The postnatal check has happened.")
@click.option(
    "--flag", "flags", multiple=True, metavar="FLAG", help="A body flag, as `matside profile flags` asks for."
)
@click.option("--no-flags", is_flag=True, help="No body flag any more.")
@click.option("--without", multiple=True, metavar="THING", help="Not at hand, such as ball.")
@click.option("--have-all", is_flag=True, help="Everything is at hand.")
@click.option("--used-to", multiple=True, metavar="WHAT", help="trained or ball-used.")
@click.option("--number", metavar="NUMBER", help="Your emergency number.")
@click.option("--minutes", type=click.IntRange(5, 20), metavar="N", help="How long a session may take.")
@click.option("--voice", metavar="ID", help="A voice from `matside voices`.")
@click.option("--baby-tips/--hide-baby-tips", "baby_tips", default=None, help="Tips on caring for a baby.")
@click.option(
    "--nothing-applies",
    is_flag=True,
    help="I have read `matside profile list` and nothing on it applies to me.",
)
@language_option
@profile_option
def set_command(*, language: str | None, **given: Any) -> None:
    """Change single answers."""
    paths = my_paths()
    words = _language(language)
    profile = changed(load_profile(paths), given, words, today_of_calendar())
    keep_profile(paths, profile)
    _show(profile, words, as_json=False)


@profile_command.command("list")
@language_option
@profile_option
def list_command(*, language: str | None) -> None:
    """Show who must ask somebody before any exercise, for your stage."""
    from matside.content.library import load_library

    words, profile = _language(language), load_profile(my_paths())
    screening = load_library().screening.get(profile.stage.value)
    if screening is None:
        raise _no_stage(words.screens)
    click.echo(words.planning["ask.list"])
    for key in screening.keys:
        click.echo(f"  - {words.screening[key]}")


@profile_command.command("people")
def people_command() -> None:
    """List the profiles on this computer; the one without a name is the first person's."""
    paths = my_paths()
    for path in sorted(paths.people.glob("*/history.sqlite3")):
        click.echo(path.parent.name)


@profile_command.command("delete")
@click.option("--yes", is_flag=True, help="Don't ask.")
@profile_option
def delete_command(*, yes: bool) -> None:
    """Remove everything about this person, history and reminders included, and say what was removed."""
    from matside.cli.remind import take_back

    paths, texts = my_paths(), _language(None).screens
    whose = texts["profile.named"].format(name=paths.person) if paths.person else texts["profile.mine"]
    if not yes:
        click.confirm(texts["profile.delete"].format(whose=whose), abort=True)
    removed = remove_person(paths)
    for what in removed:
        click.echo(texts["profile.removed"].format(what=what))
    reminders = take_back()
    for name in reminders:
        click.echo(texts["profile.removed-reminder"].format(name=name))
    if not removed and not reminders:
        note(texts["profile.nothing"])


def _no_stage(texts: Mapping[str, str]) -> UsageError:
    return UsageError(texts["profile.which-stage"], hint=texts["profile.tell-stage"])


def remove_person(paths: Paths) -> list[str]:
    """Remove a person's files; another person's stay.

    Rendered speech goes too, since it may hold her emergency number; it can be made again.

    Raises:
        MatsideError: Something can't be removed; the rest is.
    """
    history = paths.history
    found = [path for path in (history, history.with_name(history.name + "-journal")) if path.exists()]
    found += [folder for folder in (paths.journal, paths.speech) if folder.exists()]
    if paths.person:
        found += [folder for folder in (paths.people / paths.person, paths.journal.parent) if folder.exists()]
    removed, failed = [], []
    for path in found:
        try:
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
            removed.append(str(path))
        except OSError as error:
            failed.append(f"{path}: {error.strerror}")
    if failed:
        raise MatsideError(
            f"Not everything could be removed: {'; '.join(failed)}.",
            hint="Check who may write there, then run it again.",
        )
    return removed


def changed(profile: "Profile", given: dict[str, Any], words: "Language", today: date) -> "Profile":
    """Give the profile with single answers changed.

    Raises:
        UsageError: They can't be true, or don't fit together: one plain sentence that asks again.
    """
    from matside.cli.person_options import known_names
    from matside.content.library import load_library
    from matside.content.parse import EXPERIENCE, FLAGS, ITEMS
    from matside.planning import answers
    from matside.planning.profile import Screened, with_stage

    def again(key: str) -> UsageError:
        return UsageError(words.planning[f"contradiction.{key}"], hint="matside profile shows what you told.")

    if given["stage"] is not None:
        profile = with_stage(profile, Stage(given["stage"]))
    after_birth = profile.stage is Stage.POSTPARTUM
    for option, stage, read in (
        ("weeks", Stage.PREGNANT, answers.pregnancy_began),
        ("born", Stage.POSTPARTUM, answers.birth_began),
    ):
        if given[option] is None:
            continue
        if profile.stage is not stage:
            raise again("birth-while-pregnant" if option == "born" else "weeks-without-stage")
        began = read(given[option], today)
        if isinstance(began, str):
            raise again(began)
        profile = replace(profile, began=began)
    if (given["birth"] is not None or given["check"]) and not after_birth:
        raise again("check-without-birth" if given["check"] else "birth-while-pregnant")
    if given["birth"] is not None:
        profile = replace(profile, birth=Birth(given["birth"]))
    if given["check"] is not None:
        profile = replace(profile, check_on=today if given["check"] else None)
    if given["flags"] or given["no_flags"]:
        screening = load_library().screening.get(profile.stage.value)
        offered = screening.flags if screening else ()
        flags = frozenset(known_names(given["flags"], FLAGS, "body flag", offered=offered))
        profile = replace(profile, flags=flags, flags_on=today)
    if given["without"] or given["have_all"]:
        profile = replace(profile, missing=frozenset(known_names(given["without"], ITEMS, "thing")))
    if given["used_to"]:
        used = frozenset(known_names(given["used_to"], EXPERIENCE, "experience"))
        profile = replace(profile, experience=used)
    if given["number"] is not None:
        number = answers.number_of(given["number"])
        if number is None:
            raise UsageError("That is no telephone number.", hint="Give it as you dial it: --number 112")
        profile = replace(profile, number=number)
    if given["nothing_applies"]:
        if profile.stage is Stage.UNKNOWN:
            raise UsageError("I don't know your stage yet.", hint="Give --stage too.")
        profile = replace(profile, screened=Screened.CLEAR)
    simple = {name: given[name] for name in ("minutes", "voice", "baby_tips") if given[name] is not None}
    return replace(profile, asked_on=profile.asked_on or today, **simple)


def today_of_calendar() -> date:
    """Give the date of the person's own calendar."""
    return datetime.now().astimezone().date()


def _language(code: str | None) -> "Language":
    from matside.content.library import load_library

    ctx = click.get_current_context(silent=True)
    code = code or (ctx.meta.get("matside.language") if ctx else None)
    return language_of(load_library(), my_settings(my_paths(), language=code).language)


def load_profile(paths: Paths) -> "Profile":
    """Read the person's profile; an empty one where nothing was told yet."""
    from matside.content.library import load_library
    from matside.run.recall import recall

    return recall(paths.history, load_library(), datetime.now().astimezone()).profile


def keep_profile(paths: Paths, profile: "Profile") -> None:
    """Keep the person's profile."""
    from matside.history.profile_store import write_profile
    from matside.history.store import Store
    from matside.planning.profile import to_values

    with Store.open(paths.history) as store:
        write_profile(store, to_values(profile))


def _ask(paths: Paths, code: str | None, *, aloud: bool) -> None:
    interviewer = interviewer_of(paths, code, aloud=aloud)
    _show(interviewer.whole(load_profile(paths)), interviewer.language, as_json=False)


def interviewer_of(paths: Paths, code: str | None, *, aloud: bool) -> "Interviewer":
    """Give who asks on the terminal, with a voice if wanted."""
    from matside.cli.interview import Interviewer
    from matside.content.library import load_library

    language = _language(code)

    def ask(question: str) -> str:
        click.echo()
        click.echo(question)
        if aloud:
            from matside.run.aloud import say_aloud

            say_aloud(
                question.split("(", maxsplit=1)[0].strip(), language, my_settings(paths, language=code), paths
            )
        return str(click.prompt("", default="", show_default=False, prompt_suffix="> "))

    return Interviewer(
        language=language,
        library=load_library(),
        today=today_of_calendar(),
        ask=ask,
        tell=click.echo,
        keep=lambda profile: keep_profile(paths, profile),
    )


def _show(profile: "Profile", words: "Language", *, as_json: bool) -> None:
    from matside.planning.profile import person_on, to_values
    from matside.planning.words import Words

    person = person_on(profile, today_of_calendar())
    if as_json:
        write_json(to_values(profile) | {"weeks": person.weeks})
        return
    texts = words.planning
    when = Words(language=words, person=person).when()
    on = profile.cleared_on.isoformat() if profile.cleared_on else ""
    shown = {
        "stage": texts[f"stage.{profile.stage.value}"],
        "when": when if person.weeks is not None and person.lacks is None else "",
        "birth": texts[f"birth.{profile.birth.value}"] if profile.birth else "",
        "check": texts["yes"] if profile.check_on else "",
        "screened": texts[f"screened.{profile.screened.value}"].format(on=on),
        "flags": ", ".join(texts.get(f"flag.{flag}", flag) for flag in sorted(profile.flags))
        or texts["none"],
        "missing": ", ".join(words.equipment.get(one, one) for one in sorted(person.missing))
        or texts["none"],
        "experience": ", ".join(texts[f"experience.{one}"] for one in sorted(profile.experience)),
        "number": profile.number or "",
        "minutes": str(profile.minutes or ""),
        "voice": profile.voice or "",
        "baby_tips": texts["yes"] if profile.baby_tips else "",
    }
    write_table((texts[f"profile.{key}"], value) for key, value in shown.items() if value)
