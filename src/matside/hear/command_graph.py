"""The decoding graph of a command model: every phrase, every decoy, and a way round for anything else.

Theory of operation
-------------------
The network says for every 30 ms how likely each phone is, or that none is new ("blank"). The graph holds all
that may have been said, as paths of phones; Vosk finds the cheapest path through the sound.

             ┌─ S T AA P ──────── "stop" ───────┐
    blank* ──┼─ HH AA R D ─────── "hard" ───────┼── blank*          (a decoy: heard, and no command)
             └─ any phones, each at a cost ─────┘
                 "[unk]"

The way round is always at least as likely as a phrase, for it may take any phones at all; so it costs
something to enter and something for every phone. A phrase is accepted if it is worse than the best
phones by less than that: a test of likelihoods, whose threshold grows with the length. Urgent phrases
carry a bonus, very short ones a cost, because two phones are found in any chatter.

A phone's path is: itself, itself again, then blank or the next phone; between two equal phones a blank must
lie. That is the topology that the network was trained with (connectionist temporal classification).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from matside.hear.openfst import Fst
from matside.understand.transcript import UNKNOWN

Pronunciations: TypeAlias = Mapping[str, Sequence[Sequence[str]]]
_BLANK: Final = 1
_USUAL: Final = 5
_LONGEST: Final = 9
"""Phones of a phrase between which its length counts."""
_MOST_WAYS: Final = 12
"""Ways to say one phrase; more are left out, the least usual ones first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCosts:
    """Costs in natural logarithms, tuned on development data (docs/model.md).

    Attributes:
        garbage: For anything that is no phrase.
        garbage_phone: For each of its phones, at least 0.
        decoy: For a decoy.
        short: For each phone that a phrase has less than five.
        long: Taken off for each phone that it has more than five, up to nine: more of it is likely to be said
            in another way, and less likely to be found in talk. Without an end, fifteen phones were found in
            any talk.
        urgent: Taken off an urgent phrase.
        blank: For each output at which nothing is new. A network in doubt says nothing, so that a long phrase
            would be taken for a short one; this makes it speak.
    """

    garbage: float
    garbage_phone: float
    decoy: float
    short: float
    long: float
    urgent: float
    blank: float

    def of_length(self, phones: int) -> float:
        """Give the cost of a phrase of so many phones."""
        return self.short * max(0, _USUAL - phones) - self.long * max(0, min(phones, _LONGEST) - _USUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the network and the graph are numbered by.

    Attributes:
        phones: The network's phones in order; a phone's label is its place plus two, for 1 is the blank.
        words: Every word's number, from 1 on.
        pronunciations: Every word's ways of being said, the usual one first.
    """

    phones: tuple[str, ...]
    words: Mapping[str, int]
    pronunciations: Pronunciations

    @classmethod
    def read(cls, folder: Path) -> "Vocabulary":
        """Read a model's `graph/phones.txt`, `graph/words.txt` and `lexicon.txt`."""
        phones = _names(folder / "graph/phones.txt")
        said: dict[str, list[list[str]]] = {}
        for line in (folder / "lexicon.txt").read_text(encoding="utf-8").splitlines():
            word, *own = line.split()
            said.setdefault(word, []).append(own)
        return cls(
            phones=tuple(name for name, number in phones.items() if number > _BLANK),
            words=_names(folder / "graph/words.txt"),
            pronunciations=said,
        )

    def knows(self, phrase: str) -> bool:
        """Say whether every word of a phrase can be put into a graph."""
        return all(word in self.words and word in self.pronunciations for word in phrase.split())

    def ways(self, phrase: str) -> list[list[tuple[str, int]]]:
        """Give the ways to say a phrase, as phones with the number of the word that begins there, or 0."""
        ways: list[list[tuple[str, int]]] = [[]]
        for word in phrase.split():
            own = [
                [(phone, 0 if place else self.words[word]) for place, phone in enumerate(phones)]
                for phones in self.pronunciations[word]
            ]
            ways = [way + more for way in ways for more in own][:_MOST_WAYS]
        return ways

    def label(self, phone: str) -> int:
        """Give the transition number of a phone, as the acoustic model counts them."""
        return transition(self.phones.index(phone) + _BLANK + 1)


def transition(phone: int) -> int:
    """Give the number of the transition into a phone, counted from 1, the blank being phone 1."""
    return 2 * phone - 1


def command_graph(
    vocabulary: Vocabulary,
    phrases: Iterable[str],
    *,
    decoys: Iterable[str],
    urgent: Iterable[str],
    costs: GraphCosts,
) -> Fst:
    """Build the graph.

    Args:
        vocabulary: The model's phones and words. Phrases with other words are left out.
        phrases: What may be commanded.
        decoys: What is recognised and means nothing; one that sounds like a phrase is left out.
        urgent: Those of the phrases that are accepted on less evidence; of one word, also said twice.
        costs: What each kind of path costs.
    """
    fst = Fst()
    blank = transition(_BLANK)
    before = fst.add_state()
    fst.add_arc(0, before)
    fst.add_arc(before, before, takes=blank, cost=costs.blank)
    after = fst.add_state()
    fst.add_arc(after, after, takes=blank, cost=costs.blank)
    fst.end_at(after)
    favoured = set(urgent)
    wanted = dict.fromkeys(phrase for phrase in phrases if vocabulary.knows(phrase))
    taken = {_sound(way) for phrase in wanted for way in vocabulary.ways(phrase)}
    for phrase in wanted:
        bonus = costs.urgent if phrase in favoured else 0.0
        for way in vocabulary.ways(phrase):
            entry = costs.of_length(len(way)) - bonus
            _add_path(fst, vocabulary, way, (before, after), (entry, costs.blank))
            if phrase in favoured and " " not in phrase:  # "stop, stop!", on no less evidence than once
                _add_path(fst, vocabulary, (*way, *way), (before, after), (entry, costs.blank))
    for decoy in dict.fromkeys(decoys):
        if decoy not in wanted and vocabulary.knows(decoy):
            for way in vocabulary.ways(decoy):
                if _sound(way) in taken:  # "know" is no word of its own beside "no"
                    continue
                _add_path(fst, vocabulary, way, (before, after), (costs.decoy, costs.blank))
    _add_garbage(fst, vocabulary, (before, after), costs)
    return fst


def _sound(way: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(phone for phone, _ in way)


def _add_path(
    fst: Fst,
    vocabulary: Vocabulary,
    way: Sequence[tuple[str, int]],
    ends: tuple[int, int],
    costs: tuple[float, float],
) -> None:
    """Add one way to say a phrase; `costs` are those of entering it and of a blank."""
    blank = transition(_BLANK)
    entry, silent = costs
    sources, last = [ends[0]], ""
    for place, (phone, word) in enumerate(way):
        label = vocabulary.label(phone)
        in_phone, in_blank = fst.add_state(), fst.add_state()
        for source in sources[1:] if phone == last else sources:
            fst.add_arc(source, in_phone, takes=label, gives=word, cost=0.0 if place else entry)
        fst.add_arc(in_phone, in_phone, takes=label)
        fst.add_arc(in_phone, in_blank, takes=blank, cost=silent)
        fst.add_arc(in_blank, in_blank, takes=blank, cost=silent)
        sources, last = [in_phone, in_blank], phone
    for source in sources:
        fst.add_arc(source, ends[1])


def _add_garbage(fst: Fst, vocabulary: Vocabulary, ends: tuple[int, int], costs: GraphCosts) -> None:
    blank = transition(_BLANK)
    loop = fst.add_state()
    fst.add_arc(ends[0], loop, gives=vocabulary.words[UNKNOWN], cost=costs.garbage)
    for phone in vocabulary.phones:
        in_phone = fst.add_state()
        label = vocabulary.label(phone)
        fst.add_arc(loop, in_phone, takes=label, cost=costs.garbage_phone)
        fst.add_arc(in_phone, in_phone, takes=label)
        fst.add_arc(in_phone, loop)
    in_blank = fst.add_state()
    fst.add_arc(loop, in_blank, takes=blank, cost=costs.blank)
    fst.add_arc(in_blank, in_blank, takes=blank, cost=costs.blank)
    fst.add_arc(in_blank, loop)
    fst.add_arc(loop, ends[1])


def _names(path: Path) -> dict[str, int]:
    pairs = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {name: int(number) for name, number in pairs if number != "0"}
