"""Unpack what Rob Northen's packer wrote by its first method, as games of the nineties are packed.

A file is: "RNC" and 1, the length unpacked and packed, checksums, the number of chunks, then a stream of bits
(words of 16, lowest bit first) in which literal bytes lie whole. A chunk has three tables of Huffman codes:
of how many literals follow, how far back a copy begins, and how long it is.
"""

import struct
from typing import Final, TypeAlias

_HEADER: Final = ">4sIIHHBB"
_LEAST_COPY: Final = 2
Table: TypeAlias = tuple[list[int], dict[tuple[int, int], int]]
"""The lengths of codes that there are, and what each code of a length means."""


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._data = data + b"\0\0"
        self._at = struct.calcsize(_HEADER)
        self._held, self._count = 0, 0

    def read(self, count: int) -> int:
        """Take up to sixteen bits."""
        if self._count < count:
            self._held |= self._next_word() << self._count
            self._at += 2
            self._count += 16
        value = self._held & ((1 << count) - 1)
        self._held >>= count
        self._count -= count
        return value

    def literals(self, count: int) -> bytes:
        """Take whole bytes from behind the words that were taken so far."""
        self._at += count
        return self._data[self._at - count : self._at]

    def table(self) -> Table:
        """Take a table: codes are counted up by length, and written with their highest bit first."""
        lengths = [self.read(4) for _ in range(self.read(5))]
        code, meaning = 0, dict[tuple[int, int], int]()
        for length in range(1, 17):
            for value, own in enumerate(lengths):
                if own == length:
                    meaning[length, int(f"{code >> (16 - length):0{length}b}"[::-1], 2)] = value
                    code += 1 << (16 - length)
        return sorted({length for length, _ in meaning}), meaning

    def value(self, table: Table) -> int:
        """Take a code and, where it stands for a number of bits, these."""
        lengths, meaning = table
        ahead = self._held if self._count >= 16 else self._held | self._next_word() << self._count
        for length in lengths:
            value = meaning.get((length, ahead & ((1 << length) - 1)))
            if value is not None:
                self.read(length)
                return value if value < 2 else self.read(value - 1) | 1 << (value - 1)
        message = "a code that is in no table"
        raise ValueError(message)

    def _next_word(self) -> int:
        return int.from_bytes(self._data[self._at : self._at + 2], "little")


def unpack(packed: bytes) -> bytes:
    """Unpack one file.

    Raises:
        ValueError: It isn't packed in this way, or is torn.
    """
    magic, size, _, _, _, _, chunks = struct.unpack_from(_HEADER, packed)
    if magic != b"RNC\1":
        message = "not packed by the first method"
        raise ValueError(message)
    bits = _Bits(packed)
    bits.read(2)
    whole = bytearray()
    for _ in range(chunks):
        literals, distances, lengths = bits.table(), bits.table(), bits.table()
        for left in range(bits.read(16), 0, -1):
            if count := bits.value(literals):
                whole += bits.literals(count)
            if left > 1:
                start = len(whole) - bits.value(distances) - 1
                for at in range(start, start + bits.value(lengths) + _LEAST_COPY):
                    whole.append(whole[at])
    if len(whole) != size:
        message = f"{len(whole)} bytes unpacked, {size} expected"
        raise ValueError(message)
    return bytes(whole)
