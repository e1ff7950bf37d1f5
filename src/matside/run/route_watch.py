"""Which devices the sound server really uses for us: it may move a stream to another one, and tells nobody.

Where a loudspeaker is unplugged or another default is chosen, PulseAudio and PipeWire go on with the same
stream on another device. Nothing is lost then, but the room is another, and the person should know where to
listen. A child process waits for the server's news; each time something changed we ask where our streams are.
Systems without such a server have nothing to watch: there a stream that moves is a stream that stops.
"""

import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from typing import Any, Final

_KINDS: Final = (("sink-inputs", "sinks", "sink"), ("source-outputs", "sources", "source"))
_CONCERNS: Final = ("sink-input", "source-output", "server")
_SETTLES_S: Final = 0.1
_ANSWERS_WITHIN_S: Final = 2.0
_ENDS_WITHIN_S: Final = 1.0

Route = dict[str, tuple[str, str]]
"""For "sink" and "source" the device's name, which is its own, and what it is called for people."""


class RouteWatch:
    """Tell when our sound is moved.

    Args:
        moved: Called, from the watching thread, with where sound goes or comes from now, in words.
    """

    def __init__(self, moved: Callable[[str], None]) -> None:
        self._moved = moved
        self._news: subprocess.Popen[str] | None = None
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="matside-routes", daemon=True)

    def open(self) -> bool:
        """Begin to watch; False where there is no server to ask."""
        if shutil.which("pactl") is None or _ask("info") is None:
            return False
        try:
            self._news = subprocess.Popen(
                ["pactl", "subscribe"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
        except OSError:
            return False
        self._thread.start()
        return True

    def close(self) -> None:
        """End watching."""
        self._is_closing.set()
        if self._news is not None:
            self._news.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._news.wait(_ENDS_WITHIN_S)
        if self._thread.is_alive():
            self._thread.join(_ENDS_WITHIN_S)
        if self._news is not None and self._news.stdout is not None:
            self._news.stdout.close()

    def _watch(self) -> None:
        assert self._news is not None
        assert self._news.stdout is not None
        known = route_of(os.getpid())
        with contextlib.suppress(ValueError, OSError):  # closed under us at the end
            for line in self._news.stdout:
                if not any(concern in line for concern in _CONCERNS):
                    continue
                if self._is_closing.wait(_SETTLES_S):
                    return
                known = self._look(known)

    def _look(self, known: Route) -> Route:
        """Ask where our streams are; tell of those that were elsewhere before."""
        now = route_of(os.getpid())
        for kind, device in now.items():
            if known.get(kind, device) != device:
                words = "The coach now speaks through" if kind == "sink" else "I now listen through"
                self._moved(f"{words} {device[1]}.")
        return known | now


def route_of(pid: int) -> Route:
    """Give the device that a process plays to ("sink") and the one that it records from ("source")."""
    found: Route = {}
    for streams, devices, kind in _KINDS:
        names = {entry.get("index"): _names_of(entry) for entry in _list(devices)}
        for entry in _list(streams):
            owner = entry.get("properties", {}).get("application.process.id")
            if owner == str(pid) and entry.get(kind) in names:
                found[kind] = names[entry[kind]]
    return found


def _names_of(entry: dict[str, Any]) -> tuple[str, str]:
    name = str(entry.get("name"))
    return name, str(entry.get("description") or name)


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
            text=True,
            timeout=_ANSWERS_WITHIN_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
