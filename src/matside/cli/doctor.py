"""`matside doctor`: every part of the way from the microphone to the loudspeaker, looked at in turn."""

import platform
from pathlib import Path

import click

import matside
from matside.cli.options import json_option, language_of, language_option, model_option, my_paths, my_settings
from matside.cli.output import note, write_json


@click.command("doctor")
@model_option
@json_option
@language_option
@click.pass_context
def doctor_command(ctx: click.Context, /, *, model: Path | None, as_json: bool, language: str | None) -> None:
    """Check every part: found, works, or what to do.

    A session runs without most of them: by keys where it can't hear, by captions where it can't speak. The
    exit code is 1 where anything is missing.
    """
    from matside.content.library import load_library
    from matside.run.examine import examine

    paths = my_paths()
    settings = my_settings(paths, language=language)
    words = language_of(load_library(), settings.language)
    if not as_json:
        click.echo(
            f"matside {matside.__version__}, Python {platform.python_version()}, {platform.platform()}"
        )
    missing = 0
    for finding in examine(words, settings, paths, model=model):
        missing += not finding.works
        if as_json:
            write_json(
                {
                    "edge": finding.edge,
                    "works": finding.works,
                    "found": finding.found,
                    "advice": finding.advice or None,
                }
            )
            continue
        click.echo(f"{'ok ' if finding.works else 'NO '} {finding.edge}: {finding.found}")
        if finding.advice:
            click.echo(f"    {finding.advice}")
    if missing:
        note("A session still runs: by the keys where it can't hear, by captions where it can't speak.")
        ctx.exit(1)
