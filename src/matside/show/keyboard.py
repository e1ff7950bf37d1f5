"""Keys to commands: every command has one, and they work whatever else is broken.

A thread reads single keys from the terminal, with no Enter. Where standard input is no terminal, lines are
read instead, a key or a phrase each, so that a script or a braille keyboard can steer too.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

ESCAPE = "\x1b"
_SEQUENCE_REST_S = 0.02


class Keyboard:
    """Read keys until closed.

    Args:
        take: Called with every key (or line) from the reading thread; must not block.
        ended: Called once when nothing will ever come again.
    """

    def __init__(self, take: Callable[[str], None], ended: Callable[[], None]) -> None:
        self._take = take
        self._ended = ended
        self._closed = threading.Event()
        self._restore: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._read, name="keyboard", daemon=True)

    def open(self) -> None:
        """Begin to read."""
        if sys.stdin is not None and sys.stdin.isatty() and os.name != "nt":
            self._restore = _single_keys()
        self._thread.start()

    def close(self) -> None:
        """Stop reading and give the terminal back as it was."""
        self._closed.set()
        self._restore()

    def _read(self) -> None:
        try:
            for key in _keys(self._closed):
                self._take(key)
        except (OSError, ValueError):
            # The terminal went away: closed window, lost connection. That is an end like any other.
            pass
        if not self._closed.is_set():
            self._ended()


def _keys(closed: threading.Event) -> Iterator[str]:
    if sys.stdin is None:
        return
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.strip() or "\n"
        return
    if os.name == "nt":
        yield from _windows_keys(closed)
    else:
        yield from _posix_keys(closed)


def _posix_keys(closed: threading.Event) -> Iterator[str]:
    import select

    fileno = sys.stdin.fileno()
    while not closed.is_set():
        if not select.select([fileno], [], [], 0.2)[0]:
            continue
        raw = os.read(fileno, 32)
        if not raw:
            return
        text = raw.decode("utf-8", errors="ignore")
        # Arrow and function keys arrive as one escape sequence; none of them is a command.
        if text.startswith(ESCAPE) and len(text) > 1:
            continue
        yield from text


def _windows_keys(closed: threading.Event) -> Iterator[str]:
    import msvcrt

    console: Any = msvcrt
    while not closed.wait(0.05):
        while console.kbhit():
            key = console.getwch()
            if key in {"\x00", "\xe0"}:
                console.getwch()
                continue
            yield key


def _single_keys() -> Callable[[], None]:
    """Let keys through one by one, unechoed; Ctrl-C still interrupts."""
    import termios
    import tty

    fileno = sys.stdin.fileno()
    before = termios.tcgetattr(fileno)
    tty.setcbreak(fileno)

    def restore() -> None:
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetattr(fileno, termios.TCSADRAIN, before)

    return restore
