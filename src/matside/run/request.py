"""What somebody asked for: which routine, in which language, on which devices or files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from matside.content.language import Language
from matside.content.routine_file import RoutineFile
from matside.planning.lay_out import Laid, lay_out_for
from matside.planning.person import Person
from matside.planning.plain import asks_to_plain, today_to_plain
from matside.planning.questions import Asks, questions
from matside.planning.tailor import Today
from matside.session.plan import Plan
from matside.settings import Paths, Settings
from matside.understand.echo import Duplex


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """Where sound comes from and goes to.

    Attributes:
        mic_wav: A recording in place of the microphone.
        speaker_wav: A file in place of the loudspeaker.
        fast: Let the clock run as fast as the files allow.
        listens: Whether to hear at all.
        model: A folder of a model, where the person named one.
        duplex: What can be heard while the coach speaks, by the room.
    """

    mic_wav: Path | None = None
    speaker_wav: Path | None = None
    fast: bool = False
    listens: bool = True
    model: Path | None = None
    duplex: Duplex = Duplex.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A session as it was asked for; the same request gives the same plan.

    Attributes:
        name: The routine's name, or its file's path.
        today: For whom it is, with all that counted when it began.
        asks: Which questions come first.
        number: The emergency number that the red text names.
    """

    name: str
    routine: RoutineFile
    language: Language
    settings: Settings
    paths: Paths
    devices: Devices
    today: Today = field(default_factory=lambda: Today(person=Person()))
    asks: Asks = field(default_factory=Asks)
    number: str | None = None

    def laid(self) -> Laid:
        """Lay the routine out for her, each item with its reason."""
        routine, library = self.routine.routine, self.routine.library
        asked = questions(routine, library, self.today.person, self.asks)
        laid = lay_out_for(routine, library, self.today, asked=asked)
        return replace(laid, plan=replace(laid.plan, emergency_number=self.number))

    def plan(self) -> Plan:
        """Lay the routine out for her."""
        return self.laid().plan

    def options(self) -> Mapping[str, object]:
        """Give what must be kept so that the same plan can be laid out again."""
        return {
            "today": today_to_plain(self.today),
            "asks": asks_to_plain(self.asks),
            "number": self.number,
        }


def fingerprint(plan: Plan) -> str:
    """Give a short name for exactly this plan, so that changed content is noticed."""
    return hashlib.sha256(repr(plan).encode()).hexdigest()[:16]
