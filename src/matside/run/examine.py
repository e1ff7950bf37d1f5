"""Look at every edge by using it for a moment: found, works, or what to do."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from matside import portaudio
from matside.content.language import Language
from matside.content.library import load_library
from matside.errors import MatsideError
from matside.hear.command_model import quality
from matside.hear.microphone import Microphone
from matside.hear.model_search import FoundModel, find_model
from matside.hear.opening import how_to_get
from matside.hear.vad import SileroVad, open_vad
from matside.hear.vosk_recogniser import load_model
from matside.history.store import Store
from matside.run.speech import open_voice
from matside.settings import Paths, Settings
from matside.understand.phrasebook import Phrasebook

Texts: TypeAlias = Mapping[str, str]
LISTENS_S = 1.5
PROBLEMS_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found out about one edge.

    Attributes:
        edge: folders, content, history, speech, speaker, microphone, voice-activity, model.
        works: Whether a session can use it.
        found: What is there, in words.
        advice: What to do where it doesn't work; empty where it does.
    """

    edge: str
    works: bool
    found: str
    advice: str = ""


def examine(language: Language, settings: Settings, paths: Paths, *, model: Path | None) -> Iterator[Finding]:
    """Examine every edge in turn; nothing that is found wrong stops the next."""
    texts = language.screens
    examinations: tuple[tuple[str, Callable[[], str]], ...] = (
        ("folders", lambda: _folders(paths, texts)),
        ("content", lambda: _content(texts)),
        ("history", lambda: _history(paths, texts)),
        ("speech", lambda: _speech(language, settings, paths)),
        ("speaker", lambda: _device("speaker", settings.speaker, texts)),
        ("microphone", lambda: _microphone(settings.microphone, texts)),
        ("voice-activity", lambda: _voice_activity(texts)),
        ("model", lambda: _model(language, paths, model)),
    )
    for edge, look in examinations:
        try:
            yield Finding(edge=edge, works=True, found=look())
        except MatsideError as error:
            found = texts[f"doctor.{edge}.problem"].format(problem=error)
            advice = texts[f"doctor.{edge}.advice"].format(advice=error.hint)
            yield Finding(edge=edge, works=False, found=found, advice=advice)


def _content(texts: Texts) -> str:
    """Tell what was left out of the library because it breaks a rule; the sessions run without it."""
    library = load_library()
    if library.problems:
        first = "; ".join(map(str, library.problems[:PROBLEMS_TOLD]))
        more = len(library.problems) - PROBLEMS_TOLD
        raise MatsideError(
            f"Left out of every session: {first}{f' (and {more} more)' if more > 0 else ''}.",
            hint="Install matside again; until then sessions run without them.",
        )
    return texts["doctor.content.found"].format(
        exercises=len(library.exercises), routines=len(library.routines), cards=len(library.cards)
    )


def _write_into(folder: Path) -> None:
    probe = folder / ".probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise MatsideError(
            f"{folder} can't be written: {error.strerror}.",
            hint="Make it writable, or set MATSIDE_HOME to a folder of yours.",
        ) from error


def _folders(paths: Paths, texts: Texts) -> str:
    for folder in (paths.data, paths.cache, paths.state):
        _write_into(folder)
    return texts["doctor.folders.found"].format(data=paths.data, cache=paths.cache, state=paths.state)


def _history(paths: Paths, texts: Texts) -> str:
    if not paths.history.exists():
        return texts["doctor.history.empty"]
    try:
        with Store.open(paths.history) as store:
            return texts["doctor.history.found"].format(path=paths.history, met=len(store.met_exercises()))
    except sqlite3.Error as error:
        raise MatsideError(f"{paths.history} can't be read: {error}.") from error


def _speech(language: Language, settings: Settings, paths: Paths) -> str:
    voice = open_voice(language, settings)
    probe = paths.cache / "probe.wav"
    began_s = time.monotonic()
    try:
        _write_into(paths.cache)
        voice.render(language.lines["keep-breathing"].wording[0], probe)
        took_ms = (time.monotonic() - began_s) * 1_000
        names = [one.id for one in voice.voices()]
    finally:
        voice.close()
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
    chosen = next((want for want in voice.manner.preferred if want in names), None)
    texts = language.screens
    spoken = chosen or texts["doctor.speech.own"]
    return texts["doctor.speech.found"].format(
        engine=voice.name, voice=spoken, voices=len(names), ms=f"{took_ms:.0f}"
    )


def _device(edge: str, name: str | None, texts: Texts) -> str:
    device = portaudio.find_device(name, "output" if edge == "speaker" else "input")
    return texts[f"doctor.{edge}.found"].format(name=device.name, rate=device.rate_hz)


def _microphone(name: str | None, texts: Texts) -> str:
    """Listen for a moment: a device that opens may still be muted."""
    found = _device("microphone", name, texts)
    called = portaudio.find_device(name, "input").name
    microphone = Microphone(name)
    microphone.open()
    loudest = 0.0
    blocks = 0
    try:
        until_s = time.monotonic() + LISTENS_S
        while time.monotonic() < until_s:
            captured = microphone.read(0.2)
            if captured is not None:
                blocks += 1
                loudest = max(loudest, float(abs(captured.samples).max(initial=0.0)))
    finally:
        microphone.close()
    if not blocks:
        raise MatsideError(f"{called} opens and gives no sound.", hint="Unplug it and plug it in again.")
    if loudest == 0.0:
        raise MatsideError(
            f"{called} gives only silence.",
            hint="Unmute it, and let programs use the microphone in your system's privacy settings.",
        )
    return found


def _voice_activity(texts: Texts) -> str:
    vad = open_vad()
    if isinstance(vad, SileroVad):
        return texts["doctor.voice-activity.found"]
    raise MatsideError(
        "Silero isn't there for this kind of computer; a simple level gate stands in.",
        hint="Hearing works; a noisy room will disturb it more.",
    )


def _model(language: Language, paths: Paths, explicit: Path | None) -> str:
    found = find_model(language.model, explicit=explicit, own=paths.models)
    if not isinstance(found, FoundModel):
        raise MatsideError(f"There is no {language.model} here.", hint=how_to_get(language.model))
    began_s = time.monotonic()
    model = load_model(found.path, paths.models)
    took_s = time.monotonic() - began_s
    missing = model.missing_words(Phrasebook.of(language.phrasebook).all_words())
    texts = language.screens
    said = [
        texts["doctor.model.found"].format(name=found.path.name, where=found.where, seconds=f"{took_s:.1f}"),
        texts["doctor.model.unknown"].format(words=", ".join(missing)) if missing else "",
        quality(found.path),
    ]
    return "; ".join(part for part in said if part)
