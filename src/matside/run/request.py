"""What somebody asked for: which routine, in which language, on which devices or files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matside.content.language import Language
from matside.content.routine_file import RoutineFile
from matside.planning.lay_out import lay_out
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
        met: Exercises that the person knew when the session began.
        checked: The questions were answered before.
    """

    name: str
    routine: RoutineFile
    language: Language
    settings: Settings
    paths: Paths
    devices: Devices
    met: frozenset[str] = frozenset()
    checked: bool = False

    def plan(self) -> Plan:
        """Lay the routine out."""
        library = self.routine.library
        return lay_out(self.routine.routine, library, met=self.met, checked=self.checked)

    def options(self) -> Mapping[str, object]:
        """Give what must be kept so that the same plan can be laid out again."""
        return {"met": sorted(self.met), "checked": self.checked}


def fingerprint(plan: Plan) -> str:
    """Give a short name for exactly this plan, so that changed content is noticed."""
    return hashlib.sha256(repr(plan).encode()).hexdigest()[:16]
