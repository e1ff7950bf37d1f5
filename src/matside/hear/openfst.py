"""A small writer of OpenFst's binary format, so that a decoding graph can be made without any library.

A file is one header and then the states in order, each with its final weight and its arcs, little-endian:
`VectorFst` over `StdArc` in version 2 of the format, weights being costs (negative natural logarithms).
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MAGIC: Final = 2_125_659_606
_VERSION: Final = 2
_EXPANDED_AND_MUTABLE: Final = 3
"""The only properties that are claimed; all others are "not known", as OpenFst itself writes them here."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A way from one state to another: labels from 0 (none) on, a cost, and the state it leads to."""

    takes: int
    gives: int
    cost: float
    to: int


class Fst:
    """A transducer under construction. State 0 is the start."""

    def __init__(self) -> None:
        self.arcs: list[list[Arc]] = [[]]
        self.finals: dict[int, float] = {}

    def add_state(self) -> int:
        """Make a state and give its number."""
        self.arcs.append([])
        return len(self.arcs) - 1

    def add_arc(self, start: int, to: int, *, takes: int = 0, gives: int = 0, cost: float = 0.0) -> None:
        """Join two states."""
        self.arcs[start].append(Arc(takes, gives, cost, to))

    def end_at(self, state: int, cost: float = 0.0) -> None:
        """Make a state final."""
        self.finals[state] = cost

    def to_bytes(self) -> bytes:
        """Give the file's content, to the byte what OpenFst writes; it leaves the number of all arcs at 0."""
        parts = [
            struct.pack("<i", _MAGIC),
            _text("vector"),
            _text("standard"),
            struct.pack("<iiQqqq", _VERSION, 0, _EXPANDED_AND_MUTABLE, 0, len(self.arcs), 0),
        ]
        for state, arcs in enumerate(self.arcs):
            parts.append(struct.pack("<fq", self.finals.get(state, math.inf), len(arcs)))
            parts += [struct.pack("<iifi", arc.takes, arc.gives, arc.cost, arc.to) for arc in arcs]
        return b"".join(parts)

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        part = path.with_name(path.name + ".part")
        part.write_bytes(self.to_bytes())
        part.replace(path)


def _text(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode()
