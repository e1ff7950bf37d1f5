"""`matside about`: what this is, what it isn't, and whose advice counts."""

import dataclasses
from collections.abc import Iterable

import click

import matside
from matside.cli.options import json_option, language_of, language_option, my_paths, my_settings
from matside.cli.output import write_json, write_paragraph, write_table
from matside.content.library import drafts, load_library

LICENCE = "MIT"
MODELS_LICENCE = "Apache-2.0"


@click.command("about")
@json_option
@language_option
def about_command(*, as_json: bool, language: str | None) -> None:
    """Say what matside is, what it isn't, where it keeps your files, and where it comes from."""
    library = load_library()
    paths = my_paths()
    words = language_of(library, my_settings(paths, language=language).language)
    drafted = drafts(library)
    folders = {
        "history": str(paths.data),
        "settings": str(paths.config),
        "speech": str(paths.cache),
        "journal": str(paths.state),
    }
    if as_json:
        write_json(
            {
                "version": matside.__version__,
                **{part: list(sentences) for part, sentences in dataclasses.asdict(words.about).items()},
                "drafts": len(drafted),
                "licence": LICENCE,
                "folders": folders,
            }
        )
        return
    click.echo(f"matside {matside.__version__}")
    about = words.about
    for sentences in (about.what, about.standing, about.draft if drafted else (), about.offline):
        _write(sentences)
    click.echo()
    write_table((f"  {words.screens[f'about.{what}']}", place) for what, place in folders.items())
    _write(about.credit)
    click.echo()
    write_paragraph(words.screens["about.licence"].format(licence=LICENCE, models=MODELS_LICENCE))


def _write(sentences: Iterable[str]) -> None:
    text = " ".join(sentences)
    if text:
        click.echo()
        write_paragraph(text)
