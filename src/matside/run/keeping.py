"""History and journal, kept as long as the disk takes them; a full disk never stops a session."""

from collections.abc import Callable
from pathlib import Path

from matside.errors import MatsideError
from matside.history.store import SessionRecord
from matside.run.journal import Journal
from matside.session.command import Command
from matside.session.outcome import Outcome
from matside.units import Ms


class Keeper:
    """Both records of one session, behind the two ports of the loop.

    Args:
        record: The session's row in the history; None where there is no history.
        journal: The journal; None where it can't be written.
        broke: Told once when the disk doesn't take something.
    """

    def __init__(
        self, record: SessionRecord | None, journal: Journal | None, broke: Callable[[str], None]
    ) -> None:
        self._record = record
        self._journal = journal
        self._broke = broke
        self._told = False
        self.is_kept = record is not None
        """Whether all of the session so far lies in the history."""

    def record(self, outcome: Outcome) -> None:
        """Keep an outcome."""
        if self._record is not None:
            record = self._record
            self.is_kept &= self._try(lambda: record.record(outcome))

    def finish(self, *, completed: bool, active_ms: Ms, paused_ms: Ms) -> None:
        """Note how the session ended, and put the journal away."""
        if self._record is not None:
            record = self._record
            self.is_kept &= self._try(
                lambda: record.finish(completed=completed, active_ms=active_ms, paused_ms=paused_ms)
            )
        if self._journal is not None:
            journal = self._journal
            self._try(lambda: journal.finish(active_ms + paused_ms))
            self._journal = None

    def note(self, at_ms: Ms, command: Command) -> None:
        """Write a command down before it takes effect."""
        if self._journal is not None:
            journal = self._journal
            self._try(lambda: journal.note(at_ms, command))

    def beat(self, at_ms: Ms) -> None:
        """Write down that the session is alive."""
        if self._journal is not None:
            journal = self._journal
            self._try(lambda: journal.beat(at_ms))

    def close(self) -> Path | None:
        """Let go of a journal that has no end yet, and tell where it lies."""
        if self._journal is None:
            return None
        path = self._journal.path
        self._journal.close()
        return path

    def _try(self, keep: Callable[[], object]) -> bool:
        try:
            keep()
        except MatsideError as error:
            if not self._told:
                self._told = True
                self._broke(str(error))
            return False
        return True
