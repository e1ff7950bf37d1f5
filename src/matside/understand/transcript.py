"""What the ear hands on: that speech began, and which words an utterance held."""

from dataclasses import dataclass
from typing import Final

from matside.units import Db, Ms

UNKNOWN: Final = "[unk]"
"""What recognisers give for sound that is none of their words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word and when it was said, on the session's clock.

    Attributes:
        confidence: 0 to 1, as the recogniser tells it.
        is_doubtful: Whether that is too little, by the recogniser's own measure, to be believed at once.
        is_probable: Whether the confidence is a probability, fitted on speech; Vosk's own isn't.
    """

    text: str
    start_ms: Ms
    end_ms: Ms
    confidence: float
    is_doubtful: bool = False
    is_probable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechBegan:
    """Somebody began to speak; nothing is known yet but how loud. Used to duck the coach.

    Attributes:
        level_db: Loudest 100 ms so far after cancelling, dBFS.
        echo_db: Loudest 100 ms that the coach's own echo is predicted to leave there, dBFS.
    """

    at_ms: Ms
    level_db: Db = -20.0
    echo_db: Db = -120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One utterance between two silences, recognised.

    Attributes:
        words: In order; empty where speech was found and no word recognised.
        began_ms: First voiced sample, session clock.
        ended_ms: Last voiced sample, session clock.
        decided_ms: When the recogniser gave its answer, in audio time, session clock.
        compute_ms: What recognising cost on top of audio time.
        level_db: Loudest 100 ms of the utterance after cancelling, dBFS.
        echo_db: Loudest 100 ms that the coach's own echo is predicted to leave there, dBFS; -120 when silent.
        quiet_before_ms: How long nobody had spoken before it; a short pause makes it a part of other talk.
    """

    words: tuple[Word, ...]
    began_ms: Ms
    ended_ms: Ms
    decided_ms: Ms
    compute_ms: float = 0.0
    level_db: Db = -20.0
    echo_db: Db = -120.0
    quiet_before_ms: Ms = 10_000

    @property
    def text(self) -> str:
        """The words with a space between them."""
        return " ".join(word.text for word in self.words)
