"""What a speech engine must offer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceInfo:
    """A voice that an engine has.

    Attributes:
        id: What the engine calls it; this is what a setting names.
        languages: Language codes as the engine gives them.
    """

    id: str
    name: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """Who should speak, and how fast.

    Attributes:
        language: Language code, such as "en".
        preferred: Voice ids, the best first. Where none exists any voice of the language does, else the
            engine's own choice.
        rate_wpm: Words a minute.
    """

    language: str
    preferred: tuple[str, ...]
    rate_wpm: int


class Voice(Protocol):
    """A speech engine that renders text to a sound file."""

    @property
    def name(self) -> str:
        """The engine's name."""
        ...

    @property
    def manner(self) -> Manner:
        """Who speaks, and how fast."""
        ...

    def render(self, text: str, path: Path) -> None:
        """Write the spoken text to `path`, as WAV or AIFF.

        Raises:
            EdgeError: The engine doesn't work.
        """
        ...

    def voices(self) -> list[VoiceInfo]:
        """List the voices that there are.

        Raises:
            EdgeError: The engine doesn't work.
        """
        ...
