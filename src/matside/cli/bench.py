"""`matside bench`: figures on your own recordings."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matside.cli.commands import CONTEXT
from matside.cli.content import situation_of
from matside.cli.options import json_option, language_of, language_option, model_option, my_paths, my_settings
from matside.cli.output import note, write_json

if TYPE_CHECKING:
    from matside.content.language import Language
    from matside.measure.bench import Lines
    from matside.settings import Paths, Settings

_WORST = 12


@click.group("bench", context_settings=CONTEXT)
def bench_command() -> None:
    """Measure on your own recordings."""


@bench_command.command("hearing")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--mix", is_flag=True, help="Hear copies too: far away, in noise, over the coach.")
@click.option("--plain/--no-plain", default=True, help="Put Vosk alone beside it (the default).")
@click.option("--phase", metavar="PHASE", help="What is going on; else what fits each text.")
@model_option
@json_option
@language_option
def hearing_command(
    folder: Path,
    *,
    mix: bool,
    plain: bool,
    phase: str | None,
    model: Path | None,
    as_json: bool,
    language: str | None,
) -> None:
    """Measure how well commands are heard in the recordings of DIR.

    DIR holds manifest.csv with the columns path, text, kind and condition. An empty text means that nothing
    may be taken as a command. Everything is heard as in a session, and by Vosk alone as its own examples use
    it. The copies that --mix makes are the same every time.
    """
    from matside.content.library import load_library
    from matside.hear.opening import open_model
    from matside.measure.bench import Way, measure
    from matside.measure.hearing_set import read_hearing_set
    from matside.understand.phrasebook import Phrasebook

    paths = my_paths()
    settings = my_settings(paths, language=language)
    words = language_of(load_library(), settings.language)
    book = Phrasebook.of(words.phrasebook)
    situation = situation_of(phase) if phase else None
    found = read_hearing_set(folder, book, situation, language=settings.language)
    for problem in found.left_out:
        note(f"Left out: {problem}")
    loaded = open_model(words.model, explicit=model, models=paths.models)
    lines = _coach(words, settings, paths) if mix else ()
    way = Way(mixed=mix, plain=plain, lines=lines)
    figures = {"language": settings.language} | measure(found, loaded, book, way)
    if as_json:
        write_json(figures)
    else:
        for line in table(figures):
            click.echo(line)


def _coach(language: "Language", settings: "Settings", paths: "Paths") -> "Lines":
    """Let the coach say what it says in the morning."""
    from matside.content.library import load_library
    from matside.content.routine_file import find_routine
    from matside.pcm import HEARING_RATE_HZ
    from matside.run.request import Devices, Request
    from matside.run.speech import open_speech
    from matside.say.phrasing import Phrasing
    from matside.session.foresee import meanings_of

    speech = open_speech(language, settings, paths)
    request = Request(
        name="morning",
        routine=find_routine("morning", load_library(), language=language.code),
        language=language,
        settings=settings,
        paths=paths,
        devices=Devices(),
    )
    texts = Phrasing(language, speech).texts_for(meanings_of(request.plan()))
    speech.prerender(texts)
    if speech.problem:
        note(f"No copies over the coach: {speech.problem}")
        return ()
    return [(text, speech.samples(text, HEARING_RATE_HZ)) for text in dict.fromkeys(texts)]


def table(figures: dict[str, Any]) -> list[str]:
    """Lay the figures out for people."""
    beside = "plain" in figures["latency_ms"]
    lines = [f"{figures['scenes']} heard of {figures['clips']} recordings, {figures['model']}", ""]
    lines += _recall("commands, by condition", figures["by_condition"], beside=beside)
    lines += _recall("commands, by phrase", figures["by_phrase"], beside=beside)
    lines += _confusions(figures)
    lines += _false_accepts(figures["false_accepts"], beside=beside)
    for name, spreads in figures["latency_ms"].items():
        for where, spread in spreads.items():
            if spread["count"]:
                head = f"end of speech to command, {where.replace('_', ' the ')}, {_named(name)}"
                lines.append(f"{head:52}  p50 {spread['p50']:.0f} ms, p95 {spread['p95']:.0f} ms")
    duck = figures["duck_ms"]
    if duck["count"]:
        lines.append(
            f"{'speech to the coach stepping back':52}  p50 {duck['p50']:.0f} ms, p95 {duck['p95']:.0f} ms"
        )
    for name, share in figures["processor_percent"].items():
        lines.append(f"{'processor, of one core, ' + _named(name):52}  {share} %")
    if figures["memory_mb"] is not None:
        lines.append(f"{'most memory':52}  {figures['memory_mb']:.0f} MB")
    return lines


def _named(side: str) -> str:
    return "matside" if side == "ours" else "Vosk alone"


def _recall(title: str, rows: dict[str, Any], *, beside: bool) -> list[str]:
    if not rows:
        return []
    lines = [f"{title:40}{'said':>7}{'heard':>9}" + (f"{'Vosk alone':>13}" if beside else "")]
    for name, row in rows.items():
        plain = f"{row['plain_percent']:>11.1f} %" if beside else ""
        lines.append(f"  {name[:36]:38}{row['clips']:>7}{row['ours_percent']:>7.1f} %{plain}")
    return [*lines, ""]


def _confusions(figures: dict[str, Any]) -> list[str]:
    found = figures["confusions"]
    lines = [
        f'  "{one["said"]}" taken for {one["taken"]} ("{one["heard"]}"), {one["count"]} times'
        for one in found
    ]
    unknown = [
        f'  "{text}", {row["clips"]} times, taken: {", ".join(row["taken"]) or "never"}'
        for text, row in figures["unknown"].items()
    ]
    told = ["confusions", *lines[:_WORST], ""] if lines else []
    return told + (["no phrase of ours", *unknown[:_WORST], ""] if unknown else [])


def _false_accepts(rows: dict[str, Any], *, beside: bool) -> list[str]:
    if not rows:
        return []
    lines = [
        f"{'false accepts':40}{'hours':>7}{'taken':>7}{'an hour':>9}"
        + (f"{'Vosk alone':>13}" if beside else "")
    ]
    for kind, row in rows.items():
        plain = f"{row['plain_per_hour'] or 0:>13.1f}" if beside else ""
        lines.append(
            f"  {kind[:36]:38}{row['hours']:>7.2f}{row['ours']:>7}{row['ours_per_hour'] or 0:>9.1f}{plain}"
        )
    return [*lines, ""]
