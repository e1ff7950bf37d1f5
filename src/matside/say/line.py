"""What the scheduler and the mouth pass between them: a line of sound with its window."""

from dataclasses import dataclass
from typing import TypeAlias

from matside.session.cue import Meaning, Priority, ToneKind
from matside.units import Db, Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words or a tone, with a real length.

    Attributes:
        text: The words; empty for a tone.
        tone: The tone; None for words.
        length_ms: Length of the rendered sound, leading and trailing silence trimmed.
        at_ms: When it should begin, session clock.
        latest_ms: When it may begin at the latest.
        end_by_ms: When it must have ended, or None.
        priority: Who gives way.
        meaning: What it says; the echo gate and the screen look at it.
    """

    text: str
    tone: ToneKind | None
    length_ms: Ms
    at_ms: Ms
    latest_ms: Ms
    end_by_ms: Ms | None
    priority: Priority
    meaning: Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Play this line so that its first sample sounds at `at_ms`."""

    line: Line
    at_ms: Ms

    @property
    def end_ms(self) -> Ms:
        """When its last sample has sounded."""
        return self.at_ms + self.line.length_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Hush:
    """Silence whatever sounds now and forget whatever waits in the mouth."""

    at_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Duck:
    """Lower the voice by this much (0 brings it back), ramped over a few milliseconds."""

    gain_db: Db


MouthOrder: TypeAlias = Say | Hush | Duck
