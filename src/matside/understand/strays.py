"""A stumble of the recogniser within a phrase: a word twice, of which one was never said.

Vosk's general models hear a grammar as a bigram of words, and a drawn-out word may become itself twice, one
of the two shorter than any word can be said. Of 159 Korean commands (espeak-ng, three voices) leaving these
out took 49 % for right in place of 47 % at 2-3 m, 29 in place of 28 % at 12 dB, and nothing more of talk,
television, music and noise. A short unsure word behind a phrase was left out for a day as well: that took
two sentences of talk in 38 minutes for "pause", for such a word is what a decoy is there to catch. A model
made for commands knows whole phrases and never stumbles.
"""

from dataclasses import replace
from typing import Final

from matside.understand.transcript import Transcript, Word
from matside.units import Ms

STUMBLE_MS: Final[Ms] = 100
"""No syllable is said in less; the doubles that were seen took 30 to 60 ms."""


def without_stumbles(transcript: Transcript) -> Transcript:
    """Leave out a word that stands beside its like and is too short to have been said."""
    words = list[Word]()
    for word in transcript.words:
        if words and words[-1].text == word.text and min(_length(words[-1]), _length(word)) < STUMBLE_MS:
            words[-1] = replace(words[-1], end_ms=word.end_ms)
        else:
            words.append(word)
    return replace(transcript, words=tuple(words))


def _length(word: Word) -> Ms:
    return word.end_ms - word.start_ms
