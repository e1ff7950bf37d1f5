"""The inbox of a run on files: a recording in place of the microphone, through the same ear.

The clock is the recording's. Going fast it jumps from block to block as quickly as they can be heard; at
real speed it waits for each. What is heard, and when by the session's clock, is the same in both.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from matside.hear.ear import Ear, Hearing
from matside.pcm import HEARING_RATE_HZ, Pcm, Signal
from matside.run.message import Heard, InputEnded, Message, Stirred
from matside.understand.transcript import SpeechBegan
from matside.units import Ms, seconds

BLOCK_MS: Ms = 32


class Played(Protocol):
    """Who remembers what the coach sounded like."""

    def between_ms(self, start_ms: Ms, end_ms: Ms) -> Signal:
        """Give what was played in this stretch of session time, at 16 kHz."""
        ...


class FileInbox:
    """Hear a recording block by block, as far as the loop lets time go.

    Args:
        blocks: The recording at 16 kHz in order, in blocks of any length.
        ear: What hears it; it may attend to other phrases between two blocks.
        played: What the coach said, for the canceller; None where the recording can't hold it.
        origin_ms: Session time of the recording's first sample; the ear must know the same.
        wait_until: Called with a session time to wait for at real speed; None goes fast.
    """

    def __init__(
        self,
        blocks: Iterator[Pcm],
        ear: Ear,
        *,
        played: Played | None = None,
        origin_ms: Ms = 0,
        wait_until: Callable[[Ms], None] | None = None,
    ) -> None:
        self._blocks = blocks
        self._ear = ear
        self._played = played
        self._wait_until = wait_until or _at_once
        self._waiting: deque[tuple[Ms, Message]] = deque()
        self._origin_ms = self._now = self._heard_to = origin_ms
        self._open = True

    def put(self, message: Message) -> None:
        """Take a message from elsewhere, such as Ctrl-C; it comes next."""
        self._waiting.appendleft((self._now, message))

    def wait(self, until_ms: Ms | None) -> tuple[Ms, Message | None]:
        """Hear on until something is heard or the time has come."""
        while not self._waiting and self._open and (until_ms is None or self._heard_to < until_ms):
            self._hear_block()
        if self._waiting and (until_ms is None or self._waiting[0][0] <= until_ms):
            at_ms, message = self._waiting.popleft()
            self._go_to(at_ms)
            return self._now, message
        if until_ms is None:
            return self._now, InputEnded()
        self._go_to(until_ms)
        return self._now, None

    def _hear_block(self) -> None:
        block = next(self._blocks, None)
        if block is None:
            self._open = False
            self._take(self._ear.finish())
            self._waiting.append((self._heard_to, InputEnded()))
            return
        end_ms = self._origin_ms + block.end_ms
        self._wait_until(end_ms)
        far = None if self._played is None else self._played_with(self._played, block)
        heard = self._ear.feed(block, far)
        self._heard_to = max(self._heard_to, end_ms)
        self._take(heard)

    def _played_with(self, played: Played, block: Pcm) -> Signal:
        start_ms = self._origin_ms + block.start * 1000 // HEARING_RATE_HZ
        far = played.between_ms(start_ms, self._origin_ms + block.end_ms + 1)
        return far[: len(block.samples)]

    def _take(self, heard: Sequence[Hearing]) -> None:
        for one in heard:
            message = Stirred(began=one) if isinstance(one, SpeechBegan) else Heard(transcript=one)
            self._waiting.append((self._heard_to, message))

    def _go_to(self, at_ms: Ms) -> None:
        self._now = max(self._now, at_ms)
        self._wait_until(self._now)


def real_time(origin_ms: Ms = 0) -> Callable[[Ms], None]:
    """Give a wait that lets session time pass like the clock on the wall, from `origin_ms` now on."""
    began_s = time.monotonic() - seconds(origin_ms)

    def wait_until(at_ms: Ms) -> None:
        time.sleep(max(0.0, began_s + seconds(at_ms) - time.monotonic()))

    return wait_until


def _at_once(at_ms: Ms) -> None:
    """Don't wait."""
