"""A graph of commands over a general model's network: whole phrases, and its own words in any order besides.

Theory of operation
-------------------
A general model comes with a graph of half a million words (HCLr.fst) and a language model. Given a grammar,
Vosk lets its words follow one another in any order, so that every noise becomes a further word and the
utterance no phrase; and the whole of it lies in memory, hundreds of megabytes. All that is needed of that
graph is how some hundred words sound, and which of the network's outputs stands for a phone after which
other phone (the "transition"; the network tells biphones apart). Both were read out of it once
(scripts/make_korean_graph.py); from them the graph of the commands is made here:

                ┌─ n ʌ m u · ʌ r j ʌ w ʌ ──── "너무 어려워" ────┐
    silence* ──┼─ k ɯ r ɛ s ʌ ──────────── "그래서" ─────────┼── silence*      (a decoy)
                └─ any of these words, in any order, each phone at a cost ─┘
                     "[unk]"

The way round fits any sound better than a phrase does, for it has the phrases' words, too, and all others.
So each of its phones costs something, and a phrase is taken if it is worse than the best row of words by
less than that: a test of likelihoods, as in `command_graph`.

A phone's path is the transition into it, then that of staying in it as often as need be: what Kaldi's
"chain" models are trained with.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from matside.hear.openfst import Fst
from matside.understand.transcript import UNKNOWN

SILENCE: Final = 1
"""Kaldi's phone for silence; the phone before the first sound is 0."""
_BEGINNING: Final = 0
_MOST_WAYS: Final = 12
_DEAR_WORDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCosts:
    """Costs in natural logarithms, tuned on synthesised voices that judging doesn't use (docs/benchmarks.md).

    Attributes:
        garbage_phone: For each phone of the first two words of what is no phrase: as many as a phrase has.
        further_phone: For each of its other phones; less, or a phrase drawn out would fit any sentence.
        decoy: For a decoy of the phrasebook.
        twice: For an urgent phrase of one word said twice, or any word of four syllables is one.
        silence: For a silence before, after or between words.
    """

    garbage_phone: float
    further_phone: float
    decoy: float
    twice: float
    silence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """How words sound to the network.

    Attributes:
        words: Every word's number, from 1 on, "[unk]" too.
        pronunciations: Every word's ways of being said, as numbers of phones.
        transitions: The number of the transition into a phone, by the phone before it and the phone.
    """

    words: Mapping[str, int]
    pronunciations: Mapping[str, Sequence[tuple[int, ...]]]
    transitions: Mapping[tuple[int, int], int]

    @classmethod
    def read(cls, folder: Path) -> "Sounds":
        """Read a folder's `lexicon.txt` and `contexts.txt`.

        The lines are a word and its phones; a phone, the transition into it, and the phones before it.
        """
        said: dict[str, list[tuple[int, ...]]] = {}
        for line in _lines(folder / "lexicon.txt"):
            word, *phones = line.split()
            said.setdefault(word, []).append(tuple(map(int, phones)))
        transitions = {}
        for line in _lines(folder / "contexts.txt"):
            phone, transition, *before = map(int, line.split())
            transitions.update({(left, phone): transition for left in before})
        words = {word: number for number, word in enumerate((UNKNOWN, *said), start=1)}
        return cls(words=words, pronunciations=said, transitions=transitions)

    def knows(self, phrase: str) -> bool:
        """Say whether every word of a phrase can be put into a graph."""
        return all(word in self.pronunciations for word in phrase.split())

    def ways(self, phrase: str) -> list[list[tuple[int, tuple[int, ...]]]]:
        """Give the ways to say a phrase: for each of its words its number and its phones."""
        ways: list[list[tuple[int, tuple[int, ...]]]] = [[]]
        for word in phrase.split():
            own = [(self.words[word], phones) for phones in self.pronunciations[word]]
            ways = [[*way, one] for way in ways for one in own][:_MOST_WAYS]
        return ways

    def transition(self, before: int, phone: int) -> int:
        """Give the transition into a phone; after one that it never follows, that after silence."""
        return self.transitions.get((before, phone)) or self.transitions[SILENCE, phone]

    def words_txt(self) -> str:
        """Give the table of words as Vosk reads it."""
        return "".join(f"{word} {number}\n" for word, number in {"<eps>": 0, **self.words}.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What goes into a graph; texts with words that aren't known are left out.

    Attributes:
        phrases: What may be commanded.
        decoys: What is recognised and means nothing.
        urgent: Those of the phrases that may also be said twice in one breath, if they are one word.
    """

    phrases: Sequence[str]
    decoys: Sequence[str] = ()
    urgent: Sequence[str] = ()


def context_graph(sounds: Sounds, texts: Texts, costs: ContextCosts) -> Fst:
    """Build the graph of these texts, with these ways of saying them and these costs."""
    builder = _Builder(sounds, costs)
    favoured, done = set(texts.urgent), set[str]()
    kinds = ((texts.phrases, 0.0), (texts.decoys, costs.decoy))
    for text, entry in ((text, entry) for own, entry in kinds for text in own if sounds.knows(text)):
        if text in done:
            continue
        done.add(text)
        for way in sounds.ways(text):
            builder.add_phrase(way, entry)
            if text in favoured and " " not in text:  # "stop, stop!"
                builder.add_phrase([*way, *way], costs.twice)
    builder.add_any({word for text in done for word in text.split()})
    return builder.fst


class _Builder:
    """Adds paths between the silence before and the silence after."""

    def __init__(self, sounds: Sounds, costs: ContextCosts) -> None:
        self._sounds, self._costs = sounds, costs
        self.fst = Fst()
        self._end = self.fst.add_state()
        self.fst.end_at(self._end)
        self._before = self._silence(0)
        self.fst.end_at(self._silence(self._end))

    def _silence(self, source: int) -> int:
        """Lead from a state into a silence, and give its state."""
        transition = self._sounds.transition(_BEGINNING, SILENCE)
        state = self._stay(transition)
        self.fst.add_arc(source, state, takes=transition, cost=self._costs.silence)
        return state

    def _stay(self, transition: int) -> int:
        """Make the state of a phone that is entered by this transition; the one before it in number stays."""
        state = self.fst.add_state()
        self.fst.add_arc(state, state, takes=transition - 1)
        return state

    def _after(self, source: int, before: int, phone: int) -> int:
        """Lead from the phone before into the next, and give its state."""
        transition = self._sounds.transition(before, phone)
        state = self._stay(transition)
        self.fst.add_arc(source, state, takes=transition)
        return state

    def add_phrase(self, way: Sequence[tuple[int, tuple[int, ...]]], entry: float) -> None:
        """Add one way to say a phrase, at this cost; between its words silence may be."""
        sources = [(0, _BEGINNING), (self._before, SILENCE)]
        state, cost = 0, entry
        for place, (word, phones) in enumerate(way):
            if place:
                sources = [(state, way[place - 1][1][-1]), (self._silence(state), SILENCE)]
            joint = self.fst.add_state()
            for source, before in sources:
                transition = self._sounds.transition(before, phones[0])
                first = self._stay(transition)
                self.fst.add_arc(source, first, takes=transition, gives=word, cost=cost)
                self.fst.add_arc(first, joint)
            state, cost = joint, 0.0
            for before, phone in pairwise(phones):
                state = self._after(state, before, phone)
        self.fst.add_arc(state, self._end)

    def add_any(self, words: Iterable[str]) -> None:
        """Add the way round: these words in any order, the phones of the first ones at the full cost."""
        ways = sorted({phones for word in words for phones in self._sounds.pronunciations[word]})
        end, entry = self.fst.add_state(), self.fst.add_state()
        self.fst.end_at(end)
        self.fst.add_arc(0, entry, gives=self._sounds.words[UNKNOWN])
        silence = self._silence(entry)
        sources = {_BEGINNING: entry, SILENCE: silence}
        for place in range(_DEAR_WORDS + 1):
            is_last = place == _DEAR_WORDS
            cost = self._costs.further_phone if is_last else self._costs.garbage_phone
            sources = self._any_word(ways, sources, cost, is_loop=is_last)
            for state in sources.values():
                self.fst.add_arc(state, end)

    def _any_word(
        self, ways: Sequence[tuple[int, ...]], sources: Mapping[int, int], cost: float, *, is_loop: bool
    ) -> dict[int, int]:
        """Add one word, or a loop of them, as a tree; give the states after it by the phone before."""
        fst, sounds = self.fst, self._sounds
        tails = {phones[-1]: fst.add_state() for phones in ways}
        tails[SILENCE] = self._stay(sounds.transition(_BEGINNING, SILENCE))
        heads = {phones[0]: fst.add_state() for phones in ways}
        first: dict[tuple[int, int], int] = {}
        for before, source in (*sources.items(), *(tails.items() if is_loop else ())):
            for phone, head in heads.items():
                transition = sounds.transition(before, phone)
                if (transition, phone) not in first:
                    first[transition, phone] = self._stay(transition)
                    fst.add_arc(first[transition, phone], head)
                fst.add_arc(source, first[transition, phone], takes=transition, cost=cost)
        silent = sounds.transition(_BEGINNING, SILENCE)
        for before, tail in tails.items():
            if before != SILENCE:
                fst.add_arc(tail, tails[SILENCE], takes=silent, cost=self._costs.silence)
        tree: dict[tuple[int, ...], int] = {(phone,): head for phone, head in heads.items()}
        for phones in ways:
            for length in range(2, len(phones) + 1):
                if phones[:length] not in tree:
                    before, phone = phones[length - 2 : length]
                    transition = sounds.transition(before, phone)
                    tree[phones[:length]] = self._stay(transition)
                    source = tree[phones[: length - 1]]
                    fst.add_arc(source, tree[phones[:length]], takes=transition, cost=cost)
            fst.add_arc(tree[phones], tails[phones[-1]])
        return tails


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
