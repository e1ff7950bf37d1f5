"""What the synthesised voices say: the phrases, what is nearly one of them, and plain English."""

import functools
import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import wordfreq
from lexicon import dictionary, known

ROOT: Final = Path(__file__).parents[2]
LANGUAGE: Final = ROOT / "src/matside/content/data/languages/en"

# Phrases of today's phrasebook are read from it; these are words that a phrasebook of exercise may hold one
# day, so that a phrase added later is nothing new to the network.
_LIKELY: Final = (
    "bleeding|my waters broke|waters broke|water broke|chest pain|dizzy|i'm dizzy|i feel dizzy|feeling faint|"
    "can't breathe|i can't breathe|contractions|call for help|numb|headache|blurry|faint|i feel sick|"
    "stop now|stop please|please stop|pause please|pause session|next exercise|next one|skip exercise|"
    "previous exercise|last one|start again|from the start|one more time|continue session|carry on|go on|"
    "keep going|too much|too fast|too slow|too loud|too quiet|not so fast|make it easier|make it harder|"
    "slow down|speed up|louder please|turn it up|turn it down|how many left|how much longer|what's next|"
    "i'm done|all done|i am ready|yes please|no thanks|that's right|begin|start|start session|good morning|"
    "stop session|end workout|quit|cancel|undo|mute|rest|rest now|break|take a break|water|cramp|my back|"
    "knee|shoulder|wrist|left side|right side|other side|switch sides|breathe|wake up|go to sleep|thank you"
)
_FILLERS: Final = ["uh", "um", "oh", "hey", "okay", "well", "so", "please", "now", "right"]


@functools.cache
def phrases() -> tuple[str, ...]:
    """List the phrasebook's phrases."""
    book = tomllib.loads((LANGUAGE / "phrasebook.toml").read_text(encoding="utf-8"))
    spoken = [plain(phrase) for entry in book["commands"] for phrase in entry["phrases"]]
    return tuple(dict.fromkeys(spoken))


@functools.cache
def likely() -> tuple[str, ...]:
    """List what may become a phrase."""
    return tuple(phrase for phrase in _LIKELY.split("|") if known(phrase))


@functools.cache
def near_misses() -> tuple[str, ...]:
    """List common words one phone away from a word of a phrase, the decoys first."""
    book = tomllib.loads((LANGUAGE / "phrasebook.toml").read_text(encoding="utf-8"))
    words = {word for phrase in phrases() for word in phrase.split() if known(word)}
    by_gap: dict[tuple[str, ...], list[str]] = {}
    for word in common():
        if word not in words:
            for gap in _gaps(dictionary()[word][0].split()):
                by_gap.setdefault(gap, []).append(word)
    found = [decoy for decoy in map(plain, book["decoys"]) if known(decoy)]
    for word in sorted(words):
        for gap in _gaps(dictionary()[word][0].split()):
            found += by_gap.get(gap, [])[:8]
    return tuple(dict.fromkeys(found))


def _gaps(phones: list[str]) -> list[tuple[str, ...]]:
    """Give the phones with one of them open, or with one more: words that share such a form are one apart."""
    replaced = [(*phones[:place], "?", *phones[place + 1 :]) for place in range(len(phones))]
    return [*replaced, *((*phones[:place], "?", *phones[place:]) for place in range(len(phones) + 1))]


@functools.cache
def common() -> tuple[str, ...]:
    """List the commonest English words that have a pronunciation."""
    words = wordfreq.top_n_list("en", 6_000)
    return tuple(word for word in words if known(word) and (len(word) > 1 or word in "ai") and word.isascii())


@functools.cache
def coached() -> tuple[str, ...]:
    """List the coach's own sentences and this project's prose, as speakable text."""
    sources = [*LANGUAGE.glob("*.toml"), *(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    sentences = []
    for source in sorted(sources):
        for sentence in re.split(r"[.!?:\n\"|]+", source.read_text(encoding="utf-8")):
            words = plain(sentence)
            if 3 <= len(words.split()) <= 14 and known(words):
                sentences.append(words)
    return tuple(dict.fromkeys(sentences))


def plain(text: str) -> str:
    """Bring a text to lower-case words."""
    return " ".join(
        re.sub(r"[^a-z' ]+", " ", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")).split()
    )


def endless(seed: int) -> Iterator[tuple[str, str]]:
    """Give kind and text for ever: phrases, near-misses, words and sentences."""
    rng = random.Random(seed)  # noqa: S311
    weights = [1.0 / (place + 30) ** 0.6 for place in range(len(common()))]

    def words(least: int, most: int) -> str:
        return " ".join(rng.choices(common(), weights, k=rng.randint(least, most)))

    while True:
        draw = rng.random()
        if draw < 0.36:
            phrase = rng.choice(phrases())
            if rng.random() < 0.08:
                phrase = f"{rng.choice(_FILLERS)} {phrase}"
            yield ("phrase", phrase) if known(phrase) else ("word", rng.choice(common()))
        elif draw < 0.44:
            yield "phrase", rng.choice(likely())
        elif draw < 0.58:
            yield "word", rng.choice(near_misses())
        elif draw < 0.70:
            yield "word", words(1, 2)
        elif draw < 0.85:
            yield "sentence", words(3, 9)
        else:
            yield "sentence", rng.choice(coached())
