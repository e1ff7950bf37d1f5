"""Could these words be our own voice? Judged by when each word was said, not by the whole text.

Word times within a line are taken as proportional to its characters; a margin on both sides covers what
that leaves open, and the room's echo. A word that the coach isn't saying at that moment is somebody else's,
and so is one that is clearly louder than the echo that the canceller predicts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matside.understand.phrasebook import normalised
from matside.understand.transcript import Transcript
from matside.units import Db, Ms

MARGIN_MS: Ms = 500
LOUDER_THAN_ECHO_DB: Db = 6.0

_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """A line that the coach says or has just said, on the session's clock."""

    text: str
    at_ms: Ms
    end_ms: Ms


def is_own_voice(transcript: Transcript, own: Sequence[OwnLine]) -> bool:
    """Tell whether an utterance is no more than the coach's own words coming back."""
    if not transcript.words:
        return False
    said = own_words(own, transcript.began_ms - MARGIN_MS, transcript.ended_ms + MARGIN_MS)
    if not all(word.text in said for word in transcript.words):
        return False
    return transcript.level_db < transcript.echo_db + LOUDER_THAN_ECHO_DB


def is_over_coach(transcript: Transcript, own: Sequence[OwnLine]) -> bool:
    """Tell whether the coach was speaking during an utterance."""
    return any(line.at_ms < transcript.ended_ms and transcript.began_ms < line.end_ms for line in own)


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


def words_of(text: str) -> list[str]:
    """Give the words of a text as the recogniser would write them."""
    return _WORD.findall(normalised(text))
