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
_ENDS_WITHIN_S: Final = 1.0


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
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="matside-routes", daemon=True)

    def open(self) -> bool:
        """Begin to watch; False where there is no server to ask."""
        if not sound_server.is_there():
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
        known = self._look({})
        with contextlib.suppress(ValueError, OSError):  # closed under us at the end
            for line in self._news.stdout:
                if not any(concern in line for concern in _CONCERNS):
                    continue
                if self._is_closing.wait(_SETTLES_S):
                    return
                known = self._look(known)

    def _look(self, known: Route) -> Route:
        """Ask where our streams are; tell of those that were elsewhere before."""
        now = sound_server.route_of(os.getpid())
        source = now.get("source")
        if source is not None and source.is_monitor:
            del now["source"]  # no microphone, so nothing to listen through
            self._deafened()
        for kind, device in now.items():
            if known.get(kind, device) != device:
                words = "The coach now speaks through" if kind == "sink" else "I now listen through"
                self._moved(f"{words} {device.words}.")
        return known | now
