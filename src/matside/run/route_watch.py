"""Tell when the sound server moves our sound to another device; it tells nobody by itself.

Where a loudspeaker is unplugged or another default is chosen, PulseAudio and PipeWire go on with the same
stream on another device. Nothing is lost then, but the room is another, and the person should know where to
listen. Where the only microphone is unplugged, the recording goes on with what the loudspeaker plays: then
nobody is heard, and that must be told. A child process waits for the server's news; at each change
we ask where our streams are.
"""

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable
from typing import Final

from matside import sound_server
from matside.sound_server import Route

_CONCERNS: Final = ("sink-input", "source-output", "server")
_SETTLES_S: Final = 0.1
_AGAIN_S: Final = 1.0
_ENDS_WITHIN_S: Final = 1.0
_WORDS: Final = {"sink": "The coach now speaks through", "source": "I now listen through"}


class RouteWatch:
    """Tell when our sound is moved; both are called from the watching thread.

    Args:
        moved: Told where sound goes or comes from now, in words.
        deafened: Called where what we record is a loudspeaker's own sound; maybe more than once.
    """

    def __init__(self, moved: Callable[[str], None], deafened: Callable[[], None]) -> None:
        self._moved = moved
        self._deafened = deafened
        self._news: subprocess.Popen[str] | None = None
        self._changing = threading.Lock()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="matside-routes", daemon=True)

    def open(self) -> bool:
        """Begin to watch; False where there is no server to ask."""
        if not sound_server.is_there():
            return False
        self._thread.start()
        return True

    def close(self) -> None:
        """End watching."""
        with self._changing:
            self._is_closing.set()
            if self._news is not None:
                self._news.terminate()
        if self._thread.is_alive():
            self._thread.join(_ENDS_WITHIN_S)

    def _watch(self) -> None:
        known: Route = {}
        while (news := self._subscribe()) is not None:
            known = self._look(known)
            with contextlib.suppress(ValueError, OSError):
                known = self._follow(news, known)
            _end(news)
            # A server that was begun anew has moved everything; the look above finds out.
            if self._is_closing.wait(_AGAIN_S):
                return

    def _subscribe(self) -> subprocess.Popen[str] | None:
        with self._changing:
            if self._is_closing.is_set():
                return None
            try:
                self._news = subprocess.Popen(
                    ["pactl", "subscribe"],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    stdin=subprocess.DEVNULL,
                    encoding="utf-8",
                    errors="replace",
                    env=sound_server.environment(),
                    start_new_session=True,
                )
            except OSError:
                return None
            return self._news

    def _follow(self, news: subprocess.Popen[str], known: Route) -> Route:
        """Look at each of the server's news that may concern us, until there are no more."""
        assert news.stdout is not None
        for line in news.stdout:
            if not any(concern in line for concern in _CONCERNS):
                continue
            if self._is_closing.wait(_SETTLES_S):
                break
            known = self._look(known)
        return known

    def _look(self, known: Route) -> Route:
        """Ask where our streams are; tell of those that were elsewhere before."""
        now = sound_server.route_of(os.getpid())
        source = now.get("source")
        if source is not None and source.is_monitor:
            del now["source"]  # no microphone, so nothing to listen through
            self._deafened()
        moved = [
            f"{_WORDS[kind]} {device.words}."
            for kind, device in now.items()
            if known.get(kind, device) != device
        ]
        if moved:
            self._moved(" ".join(moved))
        return known | now


def _end(news: subprocess.Popen[str]) -> None:
    news.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        news.wait(_ENDS_WITHIN_S)
    if news.stdout is not None:
        news.stdout.close()
