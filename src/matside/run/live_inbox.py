"""The inbox of a live session: what threads and signals post, and the clock that goes with it."""

import queue
from collections.abc import Callable

from matside.hear.ear import Hearing
from matside.run.message import Broken, Heard, InputEnded, Mended, Message, Stirred
from matside.understand.transcript import SpeechBegan
from matside.units import Ms, seconds


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
        try:
            if until_ms is None:
                return self._told(self._arrived.get())
            left_ms = until_ms - self._now_ms()
            if left_ms <= 0:
                return self._told(self._arrived.get_nowait())
            return self._told(self._arrived.get(timeout=seconds(left_ms)))
        except queue.Empty:
            return self._now_ms(), None

    def _told(self, message: Message) -> tuple[Ms, Message]:
        return self._now_ms(), message

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
