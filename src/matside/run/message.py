"""What reaches the loop from outside."""

from dataclasses import dataclass
from typing import TypeAlias

from matside.session.command import Command
from matside.understand.transcript import SpeechBegan, Transcript
from matside.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The ear recognised an utterance."""

    transcript: Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Stirred:
    """The ear found that somebody began to speak."""

    began: SpeechBegan


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A key that means a command was pressed."""

    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A key, or a whole line where keys come in lines; what it means depends on what is going on."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An edge isn't there or stopped working; `problem` is for the screen and the log.

    `edge` is one of microphone, model, speech, speaker, keyboard, history; these are also spoken of. What
    hearing goes on with is only shown: microphone-level, route, room.
    """

    edge: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """An edge works again."""

    edge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Woke:
    """The computer slept, or stood still, for this long; nobody was guided meanwhile."""

    slept_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class InputEnded:
    """Nothing will ever be heard or pressed again: the file is over and there is no keyboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """Ctrl-C, or the system asked the process to end."""


Message: TypeAlias = Heard | Stirred | Pressed | Typed | Broken | Mended | Woke | InputEnded | Interrupted
