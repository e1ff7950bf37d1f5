"""Words that the recogniser made of nothing: a stumble within a phrase, or a room's echo behind it.

Vosk's general models hear a grammar as a bigram of words, and whatever sounds must become one of them. At
2-3 m that shows as a word twice, one of the two shorter than any word can be said, and as one more short word
at the end, of which the recogniser itself is less sure. Of 159 Korean commands at 2-3 m (espeak-ng, three
voices) 30 % were taken rightly in place of 28 % at 12 dB, 49 % in place of 47 % in quiet; in 18 minutes of
talk, television, music and noise nothing more was taken for a command. A stray word at the beginning gave as
many wrong commands as right ones, so that one stays. `interpret` leaves nothing out where a question waits,
and no last word that could be urgent. A model made for commands knows whole phrases and gives
none of it.
"""

from dataclasses import replace
from typing import Final

from matside.understand.transcript import Transcript, Word
from matside.units import Ms

STUMBLE_MS: Final[Ms] = 100
"""No syllable is said in less; the doubles that were seen took 30 to 60 ms."""
TAIL_MS: Final[Ms] = 500
UNSURE: Final = 0.9
"""Below it a last word may be stray; of commands at 2-3 m that were heard right, 80 to 90 % are surer."""


def without_stumbles(transcript: Transcript) -> Transcript:
    """Leave out a word that stands beside its like and is too short to have been said."""
    words = list[Word]()
    for word in transcript.words:
        if words and words[-1].text == word.text and min(_length(words[-1]), _length(word)) < STUMBLE_MS:
            words[-1] = replace(words[-1], end_ms=word.end_ms)
        else:
            words.append(word)
    return replace(transcript, words=tuple(words))


def without_tail(transcript: Transcript) -> Transcript | None:
    """Leave out a short last word that is unsure behind sure ones; None where there is no such word."""
    *phrase, last = transcript.words
    is_stray = last.confidence < UNSURE and _length(last) <= TAIL_MS
    if not phrase or not is_stray or min(word.confidence for word in phrase) < UNSURE:
        return None
    return replace(transcript, words=tuple(phrase))


def _length(word: Word) -> Ms:
    return word.end_ms - word.start_ms
