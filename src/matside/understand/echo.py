"""Could these words be our own voice? Judged by when each word was said, not by the whole text.

Word times within a line are taken as proportional to its characters; a margin on both sides covers what
that leaves open, and the room's echo. While the coach speaks, only what is clearly louder than the echo that
the canceller predicts is somebody else's; urgent words need less, unless the coach is just saying them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from matside.understand.phrasebook import normalised
from matside.understand.transcript import SpeechBegan, Transcript
from matside.units import Db, Ms

MARGIN_MS: Ms = 500
TAIL_MS: Ms = 400
"""How long a living room and the devices' buffers go on sounding."""
OVER_ECHO_DB: Db = 8.0
URGENT_OVER_ECHO_DB: Db = 4.0
COSTLY_OVER_ECHO_DB: Db = 12.0
"""Measured in a room with a drifting echo: our own voice came to -8 to +6 dB over the predicted echo, a
person at the level of the coach to +9 to +20 dB."""
ROOT: Final = 4
"""Letters that a word has in common with its forms: "numb" with "numbness", "bleeding" with "bleed"."""
SURE: Final = 0.93
"""Of a confidence that is a probability: from there on words need less to be somebody else's."""
SURE_LESS_DB: Db = 4.0
"""How much less. Of a person 12 dB below the coach half of what was heard rightly was refused without it."""


class Duplex(StrEnum):
    """How much can be heard while the coach speaks, by what the room allows.

    FULL takes every command; GATED takes the urgent ones; GAPS takes the urgent ones only where the coach
    isn't saying their words just then. In the gaps between two lines everything is taken in all of them.
    """

    FULL = "full"
    GATED = "gated"
    GAPS = "gaps"


_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """A line that the coach says or has just said, on the session's clock; without text it is a tone."""

    text: str
    at_ms: Ms
    end_ms: Ms


def is_own_voice(
    transcript: Transcript,
    own: Sequence[OwnLine],
    *,
    urgent: bool,
    costly: bool = False,
    answers: bool = False,
) -> bool:
    """Tell whether an utterance is no more than the coach's own voice coming back.

    Args:
        transcript: What was heard.
        own: What the coach says, and said in the last seconds.
        urgent: The words would be a command that must not be missed; it is believed on less, unless the
            coach is saying just these words.
        costly: They would end the session at once; they are believed on more. Said again in a gap between two
            lines they count at any level.
        answers: They would answer a question; that the recogniser is sure of them counts for nothing then.

    Words that the recogniser is sure of are believed on less, too, unless the coach says one of them, or a
    form of it, just then.
    """
    if not is_over_coach(transcript, own):
        return False
    said = own_words(own, transcript.began_ms - MARGIN_MS, transcript.ended_ms + MARGIN_MS)
    is_said = all(word.text in said for word in transcript.words)
    needed_db = URGENT_OVER_ECHO_DB if urgent and not is_said else OVER_ECHO_DB
    if costly:
        needed_db = COSTLY_OVER_ECHO_DB
    if (
        not answers
        and needed_db > URGENT_OVER_ECHO_DB
        and _is_sure(transcript)
        and not _is_akin(transcript, said)
    ):
        needed_db -= SURE_LESS_DB
    return transcript.level_db < transcript.echo_db + needed_db


def spoken_of(own: Sequence[OwnLine]) -> list[OwnLine]:
    """Leave out the tones: what is said over one, or answers it, is over no words."""
    return [line for line in own if line.text]


def is_shut_out(transcript: Transcript, own: Sequence[OwnLine], duplex: Duplex, *, urgent: bool) -> bool:
    """Tell whether the room lets no such command through while the coach speaks."""
    own = spoken_of(own)
    if duplex is Duplex.FULL or not is_over_coach(transcript, own):
        return False
    if not urgent:
        return True
    said = own_words(own, transcript.began_ms - MARGIN_MS, transcript.ended_ms + MARGIN_MS)
    return duplex is Duplex.GAPS and any(word.text in said for word in transcript.words)


def is_louder_than_echo(began: SpeechBegan) -> bool:
    """Tell whether who began to speak is more than the coach's echo; the coach steps back then."""
    return began.level_db >= began.echo_db + OVER_ECHO_DB


def is_over_coach(transcript: Transcript, own: Sequence[OwnLine], *, tail_ms: Ms = TAIL_MS) -> bool:
    """Tell whether the coach was speaking, or still sounding in the room, during an utterance."""
    return any(
        line.at_ms < transcript.ended_ms and transcript.began_ms < line.end_ms + tail_ms for line in own
    )


def own_words(own: Sequence[OwnLine], from_ms: Ms, to_ms: Ms) -> frozenset[str]:
    """Give the words that the coach says within a stretch of time."""
    said: set[str] = set()
    for line in own:
        words = words_of(line.text)
        letters = sum(len(word) + 1 for word in words)
        if not letters:
            continue
        length_ms, passed = line.end_ms - line.at_ms, 0
        for word in words:
            start_ms = line.at_ms + length_ms * passed // letters
            passed += len(word) + 1
            end_ms = line.at_ms + length_ms * passed // letters
            if start_ms <= to_ms and end_ms >= from_ms:
                said.add(word)
    return frozenset(said)


def _is_sure(transcript: Transcript) -> bool:
    return all(word.is_probable and word.confidence >= SURE for word in transcript.words)


def _is_akin(transcript: Transcript, said: frozenset[str]) -> bool:
    """Tell whether one of the words, but for the small ones, begins as a word does that the coach says."""
    roots = {word[:ROOT] for word in said}
    return any(word.text[:ROOT] in roots for word in transcript.words if len(word.text) >= ROOT)


def words_of(text: str) -> list[str]:
    """Give the words of a text as the recogniser would write them."""
    return _WORD.findall(normalised(text))
