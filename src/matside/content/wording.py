"""How texts are held to account: words counted, command phrases and banned words found, time estimated."""

import math
import re
from collections.abc import Iterable

from matside.content.language import Language, PhrasebookText
from matside.units import Ms

WORDS_A_SECOND = 2.1
"""A calm coach: about 126 words a minute; conversation runs at 120-150."""

HANGUL = re.compile("[\N{HANGUL SYLLABLE GA}-\N{HANGUL SYLLABLE HIH}]")

_WORD = re.compile(r"[\w']+")


def words_of(text: str) -> tuple[str, ...]:
    """Split a text into lower-case words without punctuation; hyphens part words, apostrophes don't."""
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return tuple(_WORD.findall(plain))


def spoken_words(text: str) -> int:
    """Count a text in words of the length that speaking-rate tables mean.

    A Korean word carries its particles and takes about as long as its syllables say: two syllables count
    as one word.
    """
    return sum(math.ceil(len(HANGUL.findall(word)) / 2) or 1 for word in words_of(text))


def words_that_fit(length_ms: Ms) -> int:
    """Tell how many words fit a phase, with a second of silence left in it.

    Source: the time budget of the cue-writing rules, floor((seconds - 1) x 2.1).
    """
    return math.floor((length_ms - 1000) / 1000 * WORDS_A_SECOND)


def estimated_ms(text: str) -> Ms:
    """Estimate how long a text takes to say."""
    return round(spoken_words(text) / WORDS_A_SECOND * 1000)


def phrases_in(text: str, phrases: Iterable[str]) -> list[str]:
    """List the phrases that stand in a text as whole words, one after the other."""
    padded = f" {' '.join(words_of(text))} "
    return [phrase for phrase in phrases if f" {' '.join(words_of(phrase))} " in padded]


def banned_in(text: str, phrases: Iterable[str]) -> list[str]:
    """List the banned phrases that stand in a text.

    As `phrases_in`, but `*` at the end of a phrase stands for any ending of its last word. Korean needs it,
    where particles are part of the word; and since a word counts from its beginning, a ban on 치료 leaves
    물리치료사, a physiotherapist, alone.
    """
    padded = f" {' '.join(words_of(text))} "
    return [
        phrase
        for phrase in phrases
        if f" {' '.join(words_of(phrase))}" + ("" if phrase.endswith("*") else " ") in padded
    ]


def banned_by(language: Language) -> tuple[str, ...]:
    """Collect all that the coach never says in a language."""
    return (*language.banned, *(phrase for phrases in language.never.values() for phrase in phrases))


def commands_of(book: PhrasebookText) -> tuple[str, ...]:
    """Collect every phrase that is a command."""
    return tuple(phrase for entry in book.entries for phrase in entry.phrases)
