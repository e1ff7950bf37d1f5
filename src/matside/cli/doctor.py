"""`matside doctor`: every part of the way from the microphone to the loudspeaker, looked at in turn."""

import platform
from pathlib import Path
from typing import TYPE_CHECKING

import click

import matside
from matside.cli.options import json_option, language_of, language_option, model_option, my_paths, my_settings
from matside.cli.output import note, write_json, write_table

if TYPE_CHECKING:
    from matside.content.language import Language
    from matside.settings import Paths, Settings


@click.command("doctor")
@click.option(
    "--record",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Record half a minute of this room into DIR, to be replayed.",
)
@click.option("--voice-check", is_flag=True, help="Hear how the coach sounds in this room, and remember it.")
@model_option
@json_option
@language_option
@click.pass_context
def doctor_command(
    ctx: click.Context,
    /,
    *,
    record: Path | None,
    voice_check: bool,
    model: Path | None,
    as_json: bool,
    language: str | None,
) -> None:
    """Check every part: found, works, or what to do.

    A session runs without most of them: by keys where it can't hear, by captions where it can't speak. The
    exit code is 1 where anything is missing.

    Only --record ever keeps sound: what the microphone and the loudspeaker had, said aloud before it begins.
    `matside replay DIR` hears it again.
    """
    from matside.content.library import load_library
    from matside.run.examine import examine

    paths = my_paths()
    settings = my_settings(paths, language=language)
    words = language_of(load_library(), settings.language)
    if record is not None:
        _record(record, words, settings, paths, as_json=as_json)
        return
    if voice_check:
        _check_voice(words, settings, paths, as_json=as_json)
        return
    if not as_json:
        click.echo(
            f"matside {matside.__version__}, Python {platform.python_version()}, {platform.platform()}"
        )
    missing = 0
    for finding in examine(words, settings, paths, model=model):
        missing += not finding.works
        texts = words.screens
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
        edge = texts[f"doctor.{finding.edge}"]
        click.echo(
            f"{texts['doctor.works' if finding.works else 'doctor.broken']:<3} {edge}: {finding.found}"
        )
        if finding.advice:
            click.echo(f"    {finding.advice}")
    if missing:
        note(words.screens["doctor.anyway"])
        ctx.exit(1)


def _check_voice(language: "Language", settings: "Settings", paths: "Paths", *, as_json: bool) -> None:
    from dataclasses import asdict

    from matside.run.rooms import check_room

    note(language.planning["start.voice-check"])
    room = check_room(language, settings, paths)
    if as_json:
        found = {"devices": room.devices, "mode": room.mode.duplex.value, "why": room.mode.why}
        write_json(found | asdict(room.figures))
        return
    figures = room.figures
    texts = language.screens
    click.echo(room.told(language))
    taken = texts["room.taken-away"].format(
        echo=f"{figures.echo_db:.0f}", cancelled=f"{figures.cancelled_db:.0f}"
    )
    rows = [
        ("devices", room.devices),
        ("delay", texts["room.no-echo"] if figures.delay_ms is None else f"{figures.delay_ms} ms"),
        ("echo", taken),
        ("noise", f"{figures.floor_db:.0f} dBFS"),
        *([("clocks", f"{figures.drift_ppm:.1f} ppm")] if figures.drift_ppm is not None else []),
    ]
    write_table((texts[f"room.{what}"], value) for what, value in rows)


def _record(
    folder: Path, language: "Language", settings: "Settings", paths: "Paths", *, as_json: bool
) -> None:
    from matside.run.room_files import LENGTH_MS, record_to

    texts = language.screens
    note(texts["room.records"].format(seconds=LENGTH_MS // 1_000, folder=folder))
    written = record_to(folder, language, settings, paths)
    if as_json:
        write_json({"folder": str(folder), "files": [str(path) for path in written]})
        return
    for path in written:
        click.echo(str(path))
    note(texts["room.replay"].format(folder=folder))
