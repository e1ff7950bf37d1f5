"""`matside listen`: the ear alone, on recordings or live, one line an utterance."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matside.cli.content import situation_of
from matside.cli.options import json_option, language_of, language_option, model_option, my_paths, my_settings
from matside.cli.output import note, write_json
from matside.session.command import Ignored, Situation

if TYPE_CHECKING:
    from matside.hear.vosk_recogniser import Model
    from matside.measure.hearing import Judge
    from matside.understand.phrasebook import Phrasebook
    from matside.understand.transcript import Transcript

Row = dict[str, object]


@click.command("listen")
@click.option(
    "--wav",
    "wavs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Hear this recording.",
)
@click.option("--phase", metavar="PHASE", help="Take only what makes sense in this phase; else anything.")
@model_option
@json_option
@language_option
def listen_command(
    wavs: tuple[Path, ...], phase: str | None, model: Path | None, *, as_json: bool, language: str | None
) -> None:
    """Try the ear alone: what was heard, and which command it would be.

    Without --wav it listens to the microphone until Ctrl-C.
    """
    from matside.content.library import load_library
    from matside.hear.opening import open_model
    from matside.understand.phrasebook import Phrasebook

    situation = situation_of(phase) if phase else None
    paths = my_paths()
    settings = my_settings(paths, language=language)
    words = language_of(load_library(), settings.language)
    book = Phrasebook.of(words.phrasebook)
    if wavs:
        from matside.hear.wav_source import WavSource

        sources = [WavSource(wav) for wav in wavs]
        loaded = open_model(words.model, explicit=model, models=paths.models)
        for source in sources:
            if source.note:
                note(f"{source.path}: {source.note}")
            for row in _rows_of(source.path, loaded, book, situation):
                _write(row, as_json=as_json)
        return
    from matside.cli.listen_live import listen_live
    from matside.measure.hearing import Judge

    judge = Judge(book)
    loaded = open_model(words.model, explicit=model, models=paths.models)
    phrases = _phrases(book, situation)
    note("Listening. Speak; Ctrl-C ends.")
    listen_live(
        loaded,
        phrases,
        microphone=settings.microphone,
        take=lambda heard: _write(
            _row("", heard, judge, situation or _anywhere(heard.text, book)), as_json=as_json
        ),
        trouble=note,
    )


def _rows_of(path: Path, model: "Model", book: "Phrasebook", situation: Situation | None) -> Iterator[Row]:
    """Hear one recording with a fresh ear, so that no file changes how the next one is heard."""
    from matside.hear.ear import Ear
    from matside.hear.vosk_recogniser import VoskRecogniser
    from matside.hear.wav_source import WavSource
    from matside.measure.hearing import Judge
    from matside.understand.transcript import Transcript

    judge = Judge(book)
    ear = Ear(VoskRecogniser(model))
    ear.decoys = frozenset(book.decoys)
    ear.attend(_phrases(book, situation))
    heard = [one for block in WavSource(path).blocks(32) for one in ear.feed(block)]
    heard += ear.finish()
    utterances = [one for one in heard if isinstance(one, Transcript)]
    for utterance in utterances:
        yield _row(str(path), utterance, judge, situation or _anywhere(utterance.text, book))
    if not utterances:
        yield {
            "file": str(path),
            "start_s": None,
            "end_s": None,
            "heard": None,
            "command": None,
            "reason": "no utterance",
            "latency_ms": None,
        }


def _row(file: str, heard: "Transcript", judge: "Judge", situation: Situation) -> Row:
    decision = judge.decide(heard, situation)
    ignored = isinstance(decision, Ignored)
    return {
        "file": file,
        "start_s": round(heard.began_ms / 1_000, 3),
        "end_s": round(heard.ended_ms / 1_000, 3),
        "heard": heard.text,
        "command": None if isinstance(decision, Ignored) else decision.value,
        "reason": decision.reason if ignored and isinstance(decision, Ignored) else None,
        "latency_ms": round(heard.decided_ms - heard.ended_ms + heard.compute_ms, 1),
    }


def _phrases(book: "Phrasebook", situation: Situation | None) -> tuple[str, ...]:
    if situation is not None:
        return book.phrases_for(situation)
    everything = (phrase for each in Situation for phrase in book.phrases_for(each))
    return tuple(dict.fromkeys(everything))


def _anywhere(text: str, book: "Phrasebook") -> Situation:
    return next((each for each in Situation if book.command_for(text, each)), Situation.MOVE)


def _write(row: Row, *, as_json: bool) -> None:
    if as_json:
        write_json(row)
        return
    where = f"{row['file']}  " if row["file"] else ""
    if row["heard"] is None:
        click.echo(f"{where}(no utterance)")
        return
    decision = f"→ {row['command']}" if row["command"] else f"(not taken: {row['reason']})"
    times = f"{row['start_s']}-{row['end_s']} s"
    click.echo(f'{where}{times}  "{row["heard"]}"  {decision}  {row["latency_ms"]} ms')
