"""What the loop needs of the world, as Protocols; edges fit them by shape and import nothing from here."""

from collections.abc import Sequence
from typing import Protocol

from matside.run.message import Message
from matside.say.line import MouthOrder
from matside.session.command import Command
from matside.session.outcome import Outcome
from matside.show.view import View
from matside.units import Db, Ms


class Inbox(Protocol):
    """Where messages arrive, and the clock that goes with them."""

    def wait(self, until_ms: Ms | None) -> tuple[Ms, Message | None]:
        """Wait for a message until the given session time; None waits for ever.

        Returns:
            The session time now, never less than before, and the message, or None when the time is up.
        """
        ...


class Mouth(Protocol):
    """What makes sound."""

    lead_ms: Ms
    """How long before its onset an order must be given for the onset to be exact."""

    def obey(self, order: MouthOrder) -> None:
        """Carry out an order of the scheduler; must not block."""
        ...

    def set_volume(self, gain_db: Db) -> None:
        """Set the volume that the person chose, relative to normal."""
        ...


class Ear(Protocol):
    """What listens. The grammar follows what makes sense now."""

    def attend(self, phrases: Sequence[str]) -> None:
        """Listen for these phrases from the next utterance on; must not block."""
        ...


class Store(Protocol):
    """Where outcomes are kept."""

    def record(self, outcome: Outcome) -> None:
        """Keep an outcome for good, atomically."""
        ...

    def finish(self, *, completed: bool, active_ms: Ms, paused_ms: Ms) -> None:
        """Note how the session ended."""
        ...


class Journal(Protocol):
    """What makes a killed session resumable."""

    def note(self, at_ms: Ms, command: Command) -> None:
        """Write a command down before it takes effect."""
        ...

    def beat(self, at_ms: Ms) -> None:
        """Write down that the session was alive at this time."""
        ...


class Screen(Protocol):
    """What the person sees."""

    def show(self, view: View, now_ms: Ms) -> None:
        """Show the view; must not block for longer than a frame."""
        ...


class Reporter(Protocol):
    """Who is told what happened, one event after the other, in order of time."""

    def tell(self, event: dict[str, object]) -> None:
        """Take one event of the JSON contract."""
        ...
