"""What PulseAudio, or PipeWire in its place, knows of our sound: which device a stream is really on.

PortAudio doesn't know: it opens the system's default, and where a device goes away the server puts the stream
on another one and tells nobody. Without a microphone PulseAudio even lends the loudspeaker's *monitor*, which
gives what the loudspeaker plays and nothing of the room. The server's own tool, `pactl`, is asked. Where it
isn't there, or no such server, every answer is empty: there a stream that moves is a stream that stops.
"""

import json
import os
import subprocess
from typing import Any, Final, NamedTuple

_KINDS: Final = (("sink-inputs", "sinks", "sink"), ("source-outputs", "sources", "source"))
_ANSWERS_WITHIN_S: Final = 2.0
_UNPRINTABLE: Final = "(null)"
"""What `pactl` 16 writes as JSON for a text that isn't all ASCII."""


class Device(NamedTuple):
    """A device as the server knows it.

    Attributes:
        name: The server's own, which is unique.
        words: What it is called for people.
        is_monitor: It records what a loudspeaker plays.
    """

    name: str
    words: str
    is_monitor: bool = False


Route = dict[str, Device]
"""The device that a process plays to ("sink") and the one that it records from ("source")."""


def environment() -> dict[str, str]:
    """Give the environment to run `pactl` in: it tells its news in the person's language, else."""
    return os.environ | {"LC_ALL": "C.UTF-8", "LANGUAGE": ""}


def is_there() -> bool:
    """Tell whether there is a server that can be asked."""
    return _ask("info") is not None


def route_of(pid: int) -> Route:
    """Give where a process's sound goes and comes from; what it doesn't use is missing."""
    found = {kind: _device_of(pid, streams, devices, kind) for streams, devices, kind in _KINDS}
    return {kind: device for kind, device in found.items() if device is not None}


def records_a_monitor(pid: int) -> bool:
    """Tell whether what a process records is a loudspeaker's own sound, as far as the server can be asked."""
    source = _device_of(pid, *_KINDS[1])
    return source is not None and source.is_monitor


def _device_of(pid: int, streams: str, devices: str, kind: str) -> Device | None:
    ours = [
        entry.get(kind)
        for entry in _list(streams)
        if entry.get("properties", {}).get("application.process.id") == str(pid)
    ]
    known = {entry.get("index"): _device(entry) for entry in _list(devices)} if ours else {}
    return next((known[index] for index in reversed(ours) if index in known), None)


def _device(entry: dict[str, Any]) -> Device:
    name = str(entry.get("name"))
    words = str(entry.get("description") or _UNPRINTABLE)
    kind = entry.get("properties", {}).get("device.class")
    return Device(name, name if words == _UNPRINTABLE else words, is_monitor=kind == "monitor")


def _list(what: str) -> list[dict[str, Any]]:
    answer = _ask("-f", "json", "list", what)
    try:
        found = json.loads(answer or "[]")
    except ValueError:
        return []
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _ask(*words: str) -> str | None:
    try:
        done = subprocess.run(
            ["pactl", *words],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_ANSWERS_WITHIN_S,
            env=environment(),
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
