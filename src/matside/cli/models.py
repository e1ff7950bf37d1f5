"""`matside models`: the models that hearing needs."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matside.cli.commands import CONTEXT
from matside.cli.options import json_option, language_of, my_paths, my_settings
from matside.cli.output import note, write_json, write_table

if TYPE_CHECKING:
    from matside.hear.model_search import FoundModel

URL_VARIABLE = "MATSIDE_MODEL_URL"


@click.group("models", invoke_without_command=True, context_settings=CONTEXT)
@click.pass_context
def models_command(ctx: click.Context) -> None:
    """List, fetch or verify the models for hearing. Fetching is the only thing that ever uses the network."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_command, as_json=False)


@models_command.command("list")
@json_option
def list_command(*, as_json: bool) -> None:
    """List the models, and whether they are here."""
    from matside.content.library import load_library
    from matside.hear.model_search import FoundModel, find_model
    from matside.models.manifest import load_manifest

    texts = language_of(load_library(), my_settings(my_paths()).language).screens
    rows = []
    for name, model in load_manifest().items():
        found = find_model(name, own=my_paths().models)
        standing = found.stand_in if isinstance(found, FoundModel) else None
        here = found if isinstance(found, FoundModel) and standing is None else None
        if as_json:
            write_json(
                {
                    "model": name,
                    "language": model.language,
                    "installed": here is not None,
                    "path": str(here.path) if here else None,
                    "stand_in": standing,
                    "licence": model.licence,
                }
            )
        else:
            rows.append(
                (
                    name,
                    model.language,
                    _standing(texts, here, standing),
                    model.licence,
                )
            )
    write_table(rows)


def _standing(texts: Mapping[str, str], here: "FoundModel | None", stand_in: str | None) -> str:
    if here is not None:
        return texts["model.here"].format(where=here.where)
    return texts["model.not-here"] if stand_in is None else texts["model.stand-in"].format(model=stand_in)


@models_command.command("fetch")
@click.argument("model", default="en")
@click.option("--url", help="Fetch it from here instead; it must be the same file to the byte.")
@click.option("--from", "archive", type=click.Path(path_type=Path), help="Install this archive; no network.")
def fetch_command(model: str, url: str | None, archive: Path | None) -> None:
    """Fetch MODEL, a name or a language (default: en), and put it in place.

    An interrupted download goes on where it broke off.
    """
    from matside.cli.progress import Bar
    from matside.models.fetch import fetch, install_archive
    from matside.models.manifest import find_entry

    entry = find_entry(model)
    folder = my_paths().models
    with Bar() as bar:
        if archive is not None:
            place = install_archive(entry, archive, folder, report=bar.report)
        else:
            place = fetch(entry, folder, url=url or os.environ.get(URL_VARIABLE) or None, report=bar.report)
    note(f"In place: {place}")


@models_command.command("verify")
@click.argument("names", nargs=-1)
@click.pass_context
def verify_command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Check that models are whole. Without NAMES, all that are here."""
    from matside.hear.model_search import FoundModel, find_model
    from matside.models.manifest import find_entry, load_manifest
    from matside.models.verify import verify

    wanted = [find_entry(name).name for name in names] or list(load_manifest())
    bad = 0
    for name in wanted:
        found = find_model(name, own=my_paths().models)
        if not isinstance(found, FoundModel) or found.stand_in is not None:
            if names:
                note(f"{name}: not here")
                bad += 1
            continue
        problems = verify(found.path)
        bad += bool(problems)
        click.echo(f"{name}: {'; '.join(problems) or 'whole'}")
    if bad:
        ctx.exit(1)
