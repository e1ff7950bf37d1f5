"""How to listen in this room with these devices: measured once by the voice check, and remembered.

What is kept is a few numbers for each pair of devices, never sound. A pair that isn't known is checked before
the next session that somebody can attend to; until then everything is taken that is clearly louder than the
coach. Where the sound server says which devices stand behind its "default", they count as the devices.
"""

import contextlib
import json
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from matside import portaudio
from matside.content.language import Language
from matside.errors import EdgeError
from matside.hear.room_check import RoomFigures, RoomMode, choose_mode, look_at_room
from matside.run.room_recording import record_room
from matside.run.speech import open_speech
from matside.settings import Paths, Settings
from matside.units import Ms

_AFTER_MS: Final[Ms] = 1_000
_TAIL_MS: Final[Ms] = 900
_ASKS_WITHIN_S: Final = 2.0
_LARGEST_BYTES: Final = 256 * 1024
_MOST_KEPT: Final = 50
_PHRASE: Final = "voice-check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the voice check found, for one pair of devices."""

    devices: str
    figures: RoomFigures
    mode: RoomMode

    def told(self, language: Language) -> str:
        """Say the mode and its reason, for people."""
        mode, texts = self.mode, language.screens
        why = texts[f"room.{mode.why.value}"].format(amount=f"{mode.amount:.0f}")
        return texts[f"room.{mode.duplex.value}"].format(why=why)


def devices_key(settings: Settings) -> str:
    """Name the pair of devices that a session would use.

    Raises:
        EdgeError: One of them isn't there.
    """
    heard = portaudio.find_device(settings.microphone, "input")
    played = portaudio.find_device(settings.speaker, "output")
    routes = (_route("get-default-source"), _route("get-default-sink"))
    pairs = zip((heard, played), routes, strict=True)
    return " | ".join(f"{device.name} {device.rate_hz} {route}".strip() for device, route in pairs)


def known_room(settings: Settings, paths: Paths) -> Room | None:
    """Give what is remembered of the devices that are there now; None where nothing is."""
    try:
        key = devices_key(settings)
    except EdgeError:
        return None
    entry = _read(paths).get(key)
    if not isinstance(entry, dict):
        return None
    try:
        figures = RoomFigures(**entry)
    except TypeError:
        return None
    return Room(devices=key, figures=figures, mode=choose_mode(figures))


def check_room(language: Language, settings: Settings, paths: Paths) -> Room:
    """Play a phrase, hear it, choose how to listen here, and remember that. Takes about ten seconds.

    Raises:
        EdgeError: There is no voice, microphone or loudspeaker that works.
    """
    key = devices_key(settings)
    speech = open_speech(language, settings, paths)
    text = language.lines[_PHRASE].wording[0]
    length_ms = speech.length_ms(text)
    if speech.problem:
        raise EdgeError(f"There is no voice: {speech.problem}.", hint="matside doctor tells what to do.")
    taken = record_room(settings, speech, [(text, _AFTER_MS)], _AFTER_MS + length_ms + _TAIL_MS)
    figures = look_at_room(taken.near, taken.far)
    room = Room(devices=key, figures=figures, mode=choose_mode(figures))
    _remember(paths, room)
    return room


def _file(paths: Paths) -> Path:
    return paths.state / "rooms.json"


def _read(paths: Paths) -> dict[str, object]:
    try:
        text = _file(paths).read_text(encoding="utf-8")
        found = json.loads(text) if len(text) < _LARGEST_BYTES else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(paths: Paths, room: Room) -> None:
    """Keep the figures; a disk that is full costs another check, nothing else."""
    rooms = _read(paths) | {room.devices: asdict(room.figures)}
    for oldest in list(rooms)[:-_MOST_KEPT]:
        del rooms[oldest]
    file = _file(paths)
    fresh = file.with_suffix(".new")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(rooms, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(file)


def _route(question: str) -> str:
    """Ask the sound server which device its default is; nothing where there is no such server."""
    if shutil.which("pactl") is None:
        return ""
    try:
        done = subprocess.run(
            ["pactl", question],
            capture_output=True,
            text=True,
            timeout=_ASKS_WITHIN_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
