"""Look at every edge by using it for a moment: found, works, or what to do."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

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
    examinations: tuple[tuple[str, Callable[[], str]], ...] = (
        ("folders", lambda: _folders(paths)),
        ("content", _content),
        ("history", lambda: _history(paths)),
        ("speech", lambda: _speech(language, settings, paths)),
        ("speaker", lambda: _device("output", settings.speaker)),
        ("microphone", lambda: _microphone(settings.microphone)),
        ("voice-activity", _voice_activity),
        ("model", lambda: _model(language, paths, model)),
    )
    for edge, look in examinations:
        try:
            yield Finding(edge=edge, works=True, found=look())
        except MatsideError as error:
            yield Finding(edge=edge, works=False, found=str(error), advice=error.hint)


def _content() -> str:
    """Tell what was left out of the library because it breaks a rule; the sessions run without it."""
    library = load_library()
    if library.problems:
        first = "; ".join(map(str, library.problems[:PROBLEMS_TOLD]))
        more = len(library.problems) - PROBLEMS_TOLD
        raise MatsideError(
            f"Left out of every session: {first}{f' (and {more} more)' if more > 0 else ''}.",
            hint="Install matside again; until then sessions run without them.",
        )
    return f"{len(library.exercises)} exercises, {len(library.routines)} routines, {len(library.cards)} cards"


def _folders(paths: Paths) -> str:
    for folder in (paths.data, paths.cache, paths.state):
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
    return f"{paths.data}, {paths.cache} and {paths.state} can be written"


def _history(paths: Paths) -> str:
    if not paths.history.exists():
        return "empty; it begins with the first session"
    try:
        with Store.open(paths.history) as store:
            return f"{paths.history}, {len(store.met_exercises())} exercises met"
    except sqlite3.Error as error:
        raise MatsideError(f"{paths.history} can't be read: {error}.") from error


def _speech(language: Language, settings: Settings, paths: Paths) -> str:
    voice = open_voice(language, settings)
    probe = paths.cache / "probe.wav"
    began_s = time.monotonic()
    try:
        paths.cache.mkdir(parents=True, exist_ok=True)
        voice.render(language.lines["keep-breathing"].wording[0], probe)
        took_ms = (time.monotonic() - began_s) * 1_000
        names = [one.id for one in voice.voices()]
    finally:
        voice.close()
        probe.unlink(missing_ok=True)
    chosen = next((want for want in voice.manner.preferred if want in names), None)
    spoken = chosen or "its own choice of voice"
    return f"{voice.name} speaks with {spoken}; {len(names)} voices; first words after {took_ms:.0f} ms"


def _device(kind: portaudio.Kind, name: str | None) -> str:
    device = portaudio.find_device(name, kind)
    return f"{device.name}, {device.rate_hz} Hz"


def _microphone(name: str | None) -> str:
    """Listen for a moment: a device that opens may still be muted."""
    found = _device("input", name)
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
        raise MatsideError(f"{found} opens and gives no sound.", hint="Unplug it and plug it in again.")
    if loudest == 0.0:
        raise MatsideError(
            f"{found} gives only silence.",
            hint="Unmute it, and let programs use the microphone in your system's privacy settings.",
        )
    return f"{found}, hears"


def _voice_activity() -> str:
    vad = open_vad()
    if isinstance(vad, SileroVad):
        return "Silero"
    raise MatsideError(
        "Silero isn't there for this kind of computer; a simple level gate stands in.",
        hint="Hearing works; a noisy room will disturb it more.",
    )


def _model(language: Language, paths: Paths, explicit: Path | None) -> str:
    found = find_model(language.model, explicit=explicit, own=paths.models)
    if not isinstance(found, FoundModel):
        raise MatsideError(f"There is no {language.model} here.", hint=how_to_get(language.model))
    began_s = time.monotonic()
    model = load_model(found.path)
    took_s = time.monotonic() - began_s
    missing = model.missing_words(Phrasebook.of(language.phrasebook).all_words())
    unknown = f"; it doesn't know: {', '.join(missing)}" if missing else ""
    good = f"; {quality(found.path)}" if quality(found.path) else ""
    return f"{found.path.name} ({found.where}), loads in {took_s:.1f} s{unknown}{good}"
