"""Stand-ins for the parts that a run does without: a simulation has no devices and keeps nothing."""

from collections.abc import Sequence

from matside.run.events import Event
from matside.say.line import MouthOrder
from matside.say.sounds import LEAD_MS
from matside.session.command import Command
from matside.session.outcome import Outcome
from matside.show.view import View
from matside.units import Db, Ms


class NoMouth:
    """Make no sound."""

    lead_ms: Ms = LEAD_MS

    def obey(self, order: MouthOrder) -> None:
        """Do nothing."""

    def set_volume(self, gain_db: Db) -> None:
        """Do nothing."""


class NoEar:
    """Hear nothing."""

    def attend(self, phrases: Sequence[str]) -> None:
        """Do nothing."""


class NoStore:
    """Keep no history."""

    def record(self, outcome: Outcome) -> None:
        """Do nothing."""

    def finish(self, *, completed: bool, active_ms: Ms, paused_ms: Ms) -> None:
        """Do nothing."""


class NoJournal:
    """Keep no journal."""

    def note(self, at_ms: Ms, command: Command) -> None:
        """Do nothing."""

    def beat(self, at_ms: Ms) -> None:
        """Do nothing."""


class NoScreen:
    """Show nothing."""

    def show(self, view: View, now_ms: Ms) -> None:
        """Do nothing."""


class NoReporter:
    """Tell nobody."""

    def tell(self, event: Event) -> None:
        """Do nothing."""
