"""The inbox of a live session: what threads and signals post, and the clock that goes with it.

It also notices that the computer slept. Where the monotonic clock stands still in sleep, another clock that
doesn't has moved away from it; where it goes on, or the process was held, a wait comes back far too late. The
time since then is the session's only after it learnt of the sleep, so that it passes as a pause.
"""

import queue
import time
from collections.abc import Callable

from matside.hear.ear import Hearing
from matside.run.message import Broken, Heard, InputEnded, Mended, Message, Stirred, Woke
from matside.understand.transcript import SpeechBegan
from matside.units import Ms, seconds

SLEPT_MS: Ms = 3_000
"""Nothing but sleep makes a wait so late; a busy computer is late by a tenth of it."""


class LiveInbox:
    """Messages from any thread, in the order in which they came.

    Args:
        now_ms: The session's clock.
        sources: Everything that may still bring a command; when the last one is gone, that is told.
    """

    def __init__(self, now_ms: Callable[[], Ms], *, sources: set[str]) -> None:
        self._now_ms = now_ms
        self._sources = sources
        self._arrived: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._overtaken: Message | None = None
        self._latest_ms = now_ms()
        self._asleep_s = _asleep_s()
        if not sources:
            self._arrived.put(InputEnded())

    def put(self, message: Message) -> None:
        """Take a message; never blocks, so a signal handler may call it too."""
        self._arrived.put(message)

    def gone(self, source: str) -> None:
        """Learn that a source will never bring anything again."""
        self._sources.discard(source)
        if not self._sources:
            self._arrived.put(InputEnded())

    def wait(self, until_ms: Ms | None) -> tuple[Ms, Message | None]:
        """Wait for the next message, or until this session time."""
        due_ms = self._latest_ms if until_ms is None else max(until_ms, self._latest_ms)
        message = self._take(until_ms)
        now_ms, asleep_s = self._now_ms(), _asleep_s()
        self._latest_ms = now_ms
        slept_ms = round((asleep_s - self._asleep_s) * 1000)
        self._asleep_s = asleep_s
        late_ms = now_ms - due_ms if until_ms is not None else 0
        if max(slept_ms, late_ms) > SLEPT_MS:
            self._overtaken = message
            return now_ms - max(0, late_ms), Woke(slept_ms=max(slept_ms, late_ms))
        return now_ms, message

    def _take(self, until_ms: Ms | None) -> Message | None:
        if self._overtaken is not None:
            message, self._overtaken = self._overtaken, None
            return message
        try:
            if until_ms is None:
                return self._arrived.get()
            left_ms = until_ms - self._now_ms()
            if left_ms <= 0:
                return self._arrived.get_nowait()
            return self._arrived.get(timeout=seconds(left_ms))
        except queue.Empty:
            return None

    # --- what the listening thread needs (see `hear.listener.Hearer`)

    def post(self, heard: Hearing) -> None:
        """Take what was heard."""
        self.put(Stirred(began=heard) if isinstance(heard, SpeechBegan) else Heard(transcript=heard))

    def lost(self, edge: str, problem: str) -> None:
        """Take the loss of an edge."""
        self.put(Broken(edge=edge, problem=problem))
        if edge == "model":
            self.gone("voice")

    def found(self, edge: str) -> None:
        """Take the return of an edge."""
        self.put(Mended(edge=edge))


def _asleep_s() -> float:
    """Give how long the computer has slept without the monotonic clock; 0 where no clock tells."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
