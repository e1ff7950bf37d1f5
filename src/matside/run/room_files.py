"""A recorded room on disk: written only on request, announced aloud, and heard again by `matside replay`.

A folder holds `microphone.wav` and `reference.wav`, sample against sample at 16 kHz, and `room.json`: what
was said when, and on which devices.
"""

import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import matside
from matside.content.language import Language
from matside.errors import EdgeError, MatsideError
from matside.hear.ear import Ear
from matside.hear.vosk_recogniser import Model, VoskRecogniser
from matside.hear.wav_source import read_wav, write_wav
from matside.pcm import Pcm, Signal
from matside.run.room_recording import record_room
from matside.run.rooms import devices_key
from matside.run.speech import open_speech
from matside.session.command import Command, Ignored, Situation
from matside.settings import Paths, Settings
from matside.understand.company import NOBODY
from matside.understand.echo import Duplex, OwnLine
from matside.understand.interpret import Context, in_company, interpret
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import Transcript
from matside.units import Ms

LENGTH_MS: Final[Ms] = 40_000
SCHEMA: Final = "room/1"
_BLOCK: Final = 512
_LARGEST_BYTES: Final = 1024 * 1024
_NOTICE_AT_MS: Final[Ms] = 1_000
_GAP_MS: Final[Ms] = 2_500
_NOTICE: Final = "recording"
_FILES: Final = ("microphone.wav", "reference.wav", "room.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRoom:
    """A folder, read."""

    near: Signal
    far: Signal
    language: str
    lines: tuple[OwnLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """An utterance that was heard in a recording, and what became of it."""

    heard: Transcript
    decision: Command | Ignored


def record_to(folder: Path, language: Language, settings: Settings, paths: Paths) -> list[Path]:
    """Announce it aloud, let the coach talk, and write what was played and heard.

    Raises:
        EdgeError: There is no voice, microphone or loudspeaker that works.
        MatsideError: The folder holds a recording already, or can't be written.
    """
    files = [folder / name for name in _FILES]
    if there := [path for path in files if path.exists()]:
        raise MatsideError(f"{there[0]} is there already.", hint="Give a folder that is empty or new.")
    speech = open_speech(language, settings, paths)
    texts = [language.lines[_NOTICE].wording[0], *_talk(language)]
    lines, at_ms = [], _NOTICE_AT_MS
    for text in texts:
        length_ms = speech.length_ms(text)
        if at_ms + length_ms > LENGTH_MS - _GAP_MS:
            break
        lines.append((text, at_ms))
        at_ms += length_ms + _GAP_MS
    if speech.problem:
        raise EdgeError(f"There is no voice: {speech.problem}.", hint="matside doctor tells what to do.")
    key = devices_key(settings)
    taken = record_room(settings, speech, lines, LENGTH_MS)
    facts = {
        "schema": SCHEMA,
        "language": language.code,
        "devices": key,
        "program": f"matside {matside.__version__}, {platform.system()}",
        "has_gap": taken.has_gap,
        "lines": [{"text": one.text, "at_ms": one.at_ms, "end_ms": one.end_ms} for one in taken.lines],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_wav(files[0], taken.near)
        write_wav(files[1], taken.far)
        files[2].write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise MatsideError(
            f"{folder} can't be written: {error.strerror}.", hint="Give another folder."
        ) from error
    return files


def read_room(folder: Path) -> RecordedRoom:
    """Read a recorded room.

    Raises:
        MatsideError: It isn't one, or is damaged.
    """
    file = folder / _FILES[2]
    hint = "Record one with: matside doctor --record DIR"
    try:
        text = file.read_text(encoding="utf-8")
        facts = json.loads(text) if len(text) < _LARGEST_BYTES else {}
        lines = tuple(
            OwnLine(text=str(one["text"]), at_ms=int(one["at_ms"]), end_ms=int(one["end_ms"]))
            for one in facts["lines"]
        )
        language = str(facts["language"])
    except OSError as error:
        raise MatsideError(f"{folder} is no recorded room: {file.name} can't be read.", hint=hint) from error
    except (ValueError, TypeError, KeyError) as error:
        raise MatsideError(f"{file} is damaged.", hint=hint) from error
    near, far = read_wav(folder / _FILES[0]), read_wav(folder / _FILES[1])
    if len(near) != len(far):
        raise MatsideError(f"{folder} is damaged: its two recordings aren't equally long.", hint=hint)
    return RecordedRoom(near=near, far=far, language=language, lines=lines)


def replay(
    room: RecordedRoom, model: Model, book: Phrasebook, situation: Situation, duplex: Duplex = Duplex.FULL
) -> Iterator[Replayed]:
    """Hear a recorded room as a session does."""
    ear = Ear(VoskRecogniser(model))
    ear.decoys = frozenset(book.decoys)
    ear.attend(book.phrases_for(situation))
    last: tuple[Command, Ms] | None = None
    company = NOBODY
    blocks = range(0, len(room.near), _BLOCK)
    heard = (
        one
        for at in blocks
        for one in ear.feed(Pcm(samples=room.near[at : at + _BLOCK], start=at), room.far[at : at + _BLOCK])
    )
    for one in (*heard, *ear.finish()):
        if not isinstance(one, Transcript):
            continue
        context = Context(situation=situation, own=room.lines, last=last, duplex=duplex, company=company)
        decision = interpret(one, book, context)
        company = in_company(company, one, decision, room.lines)
        if not isinstance(decision, Ignored):
            last = (decision, one.ended_ms)
        yield Replayed(heard=one, decision=decision)


def _talk(language: Language) -> list[str]:
    """Give what the coach says while a room is recorded: every kind of line it has, in full."""
    full = {name: line.wording[0] for name, line in language.lines.items()}
    return [text for name, text in full.items() if "{" not in text and not name.startswith("trouble")]
