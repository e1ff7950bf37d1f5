"""A progress bar for people, plain lines for logs; nothing for what is over in a moment."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from matside.models.progress import Progress

_EVERY_S = 5.0


class Bar:
    """Show how far the fetching of a model has come, on stderr."""

    def __init__(self) -> None:
        self._step: object = None
        self._told_s = time.monotonic()
        self._bar: object = None
        self._live = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            click.echo("\r\x1b[K", nl=False, err=True)

    def report(self, progress: "Progress") -> None:
        """Show this much."""
        if progress.note:
            click.echo(progress.note, err=True)
        total = max(1, progress.total_bytes)
        percent = 100 * progress.done_bytes // total
        text = f"{progress.step.value}: {progress.done_bytes / 1e6:.1f} of {total / 1e6:.1f} MB ({percent} %)"
        if self._live:
            filled = 30 * progress.done_bytes // total
            click.echo(f"\r[{'█' * filled}{' ' * (30 - filled)}] {text}\x1b[K", nl=False, err=True)
        elif progress.step is not self._step or time.monotonic() - self._told_s > _EVERY_S:
            click.echo(text, err=True)
            self._told_s = time.monotonic()
        self._step = progress.step


class SpeechProgress:
    """Tell that the voice is being prepared, where that takes longer than a second.

    Args:
        text: What to tell, with places for `done` and `total`.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._began_s = self._told_s = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show this much."""
        now_s = time.monotonic()
        if now_s - self._began_s > 1.0 and (now_s - self._told_s > 1.0 or done == total):
            self._told_s = now_s
            click.echo(self._text.format(done=done, total=total), err=True)
