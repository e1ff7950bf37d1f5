"""`matside routines`, `exercises` and `commands`: what there is to do and to say."""

from pathlib import Path

import click

from matside.cli.commands import CONTEXT
from matside.cli.options import json_option, language_of, language_option, my_paths, my_settings
from matside.cli.output import clock, note, write_json, write_table
from matside.content.language import Language, Library
from matside.content.library import load_library
from matside.session.command import Command, Situation
from matside.understand.phrasebook import Phrasebook


def _library_and_language(code: str | None) -> tuple[Library, Language]:
    library = load_library()
    settings = my_settings(my_paths(), language=code)
    return library, language_of(library, settings.language)


@click.group("routines", invoke_without_command=True, context_settings=CONTEXT)
@json_option
@language_option
@click.pass_context
def routines_command(ctx: click.Context, *, as_json: bool, language: str | None) -> None:
    """List the routines.

    Write your own as a TOML file and start it by its path; `matside routines validate FILE` tells everything
    that is wrong with it at once.
    """
    if ctx.invoked_subcommand is not None:
        return
    library, words = _library_and_language(language)
    rows = []
    for name, routine in library.routines.items():
        text = words.routines[name]
        if as_json:
            write_json(
                {
                    "routine": name,
                    "name": text.name,
                    "summary": text.summary,
                    "total_s": routine.total_ms / 1_000,
                    "check": routine.check,
                }
            )
        else:
            length = clock(routine.total_ms)[:-2]
            told = words.screens["routines.questions"].format(length=length) if routine.check else length
            rows.append((name, told, text.summary))
    write_table(rows)


@routines_command.command("validate")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def validate_command(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Check routine and exercise files, and tell every problem in one go."""
    from matside.content.routine_file import validate_files

    problems = validate_files(files)
    for problem in problems:
        note(str(problem))
    if problems:
        count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
        note(f"{count} found. Nothing was changed.")
        ctx.exit(1)
    note("All good.")


@click.command("exercises")
@json_option
@language_option
def exercises_command(*, as_json: bool, language: str | None) -> None:
    """List the exercises, level by level; the easiest comes first."""
    library, words = _library_and_language(language)
    for name, exercise in library.exercises.items():
        text = words.exercises[name]
        if as_json:
            levels = [
                {"level": level.number, "label": label, "position": level.position.value, "reps": level.reps}
                for level, label in zip(exercise.levels, text.labels, strict=True)
            ]
            sources = [source.ref for source in exercise.sources]
            write_json(
                {
                    "exercise": name,
                    "name": text.name,
                    "goal": text.goal,
                    "levels": levels,
                    "sources": sources,
                    "review": exercise.review_status,
                }
            )
            continue
        click.echo(f"{name}: {text.name}. {text.goal}.")
        write_table(
            (f"  {level.number}", words.screens[f"position.{level.position.value}"], label)
            for level, label in zip(exercise.levels, text.labels, strict=True)
        )


@click.command("commands")
@click.option("--phase", metavar="PHASE", help="Only what makes sense in this phase.")
@json_option
@language_option
def commands_command(*, phase: str | None, as_json: bool, language: str | None) -> None:
    """List what you can say, and the key for each."""
    _, words = _library_and_language(language)
    book = Phrasebook.of(words.phrasebook)
    wanted = book.legal(situation_of(phase)) if phase else frozenset(Command)
    rows = []
    for command in Command:
        if command not in wanted:
            continue
        if as_json:
            phases = [situation.value for situation in Situation if command in book.legal(situation)]
            write_json(
                {
                    "command": command.value,
                    "key": book.key_of(command),
                    "phrases": list(book.phrases[command]),
                    "phases": phases,
                    "explanation": book.explanations[command],
                }
            )
        else:
            phrases = ", ".join(book.phrases[command])
            rows.append((book.key_of(command), command.value, phrases, book.explanations[command]))
    heads = [words.screens[f"commands.{head}"] for head in ("key", "name", "say", "does")]
    write_table(rows, heads=() if as_json else heads)


def situation_of(name: str) -> Situation:
    """Find a phase by its name.

    Raises:
        click.BadParameter: There is no such phase.
    """
    try:
        return Situation(name)
    except ValueError:
        known = ", ".join(situation.value for situation in Situation)
        raise click.BadParameter(f'There is no phase "{name}"; the phases are: {known}.') from None
