"""Unpacking of a game's dialogue for the training corpus."""

import struct
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "model"))

from rnc import unpack


class Packer:
    """Writes bits, lowest first, in words of 16; literals lie behind the words that were begun."""

    def __init__(self):
        self.parts, self.bits, self.word_at = bytearray(), 0, None

    def write(self, value, count):
        for place in range(count):
            if self.bits % 16 == 0:
                self.word_at = len(self.parts)
                self.parts += b"\0\0"
            bit = value >> place & 1
            self.parts[self.word_at + self.bits % 16 // 8] |= bit << self.bits % 8
            self.bits += 1

    def table(self, *lengths):
        self.write(len(lengths), 5)
        for length in lengths:
            self.write(length, 4)


def packed(size):
    """Pack "abc", then a copy from two back of five, then "d": "abcbcbcbd"."""
    packer = Packer()
    packer.write(0, 2)
    packer.table(0, 1, 1)  # one literal: 0; two or three: 1 and a bit
    packer.table(0, 1)  # one more than one back
    packer.table(0, 0, 1)  # two or three, and two
    packer.write(2, 16)
    packer.write(1, 1)
    packer.write(1, 1)
    packer.parts += b"abc"
    packer.write(0, 1)
    packer.write(0, 1)
    packer.write(1, 1)
    packer.write(0, 1)
    packer.parts += b"d"
    return struct.pack(">4sIIHHBB", b"RNC\1", size, len(packer.parts), 0, 0, 0, 1) + bytes(packer.parts)


def test_literals_and_a_copy_that_overlaps_itself():
    assert unpack(packed(9)) == b"abcbcbcbd"


def test_a_torn_file_and_another_kind_are_refused():
    with pytest.raises(ValueError, match="9 bytes unpacked, 10 expected"):
        unpack(packed(10))
    with pytest.raises(ValueError, match="not packed"):
        unpack(b"RNC\2" + packed(9)[4:])
