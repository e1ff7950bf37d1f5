"""Rendered speech on disk: one small WAV a text, written whole or not at all, checked when it is read."""

import contextlib
import hashlib
import os
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np

from matside.pcm import Signal
from matside.say.voice import Manner
from matside.units import Hz, Ms

_FORMAT_VERSION = 2
"""Goes up whenever the stored sound changes its meaning: trimming, level, fades, layout."""

_HEADER = struct.Struct("<4sI4s 4sIHHIIHH 4sII 4sI")
"""RIFF, format, a chunk of ours with a checksum of the samples, and the data's own header."""


class SpeechCache:
    """A folder of rendered texts. What is damaged or can't be read counts as absent, never as an error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self, engine: str, manner: Manner, text: str) -> str:
        """Name a rendering: another voice, rate or text is another sound."""
        parts = (engine, manner.language, *manner.preferred, str(manner.rate_wpm), text, str(_FORMAT_VERSION))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def length_ms(self, key: str) -> Ms | None:
        """Length of a stored sound, from its header alone; None where there is none."""
        try:
            with self._path(key).open("rb", buffering=0) as file:
                header = file.read(_HEADER.size)
                size = os.fstat(file.fileno()).st_size
        except OSError:
            return None
        read = _parse(header, size)
        return None if read is None else sound_ms(read[0], read[1])

    def load(self, key: str) -> tuple[Signal, Hz] | None:
        """Read a stored sound; None where there is none or its checksum doesn't fit."""
        try:
            content = self._path(key).read_bytes()
        except OSError:
            return None
        read = _parse(content[: _HEADER.size], len(content))
        body = content[_HEADER.size :]
        if read is None or zlib.crc32(body) != read[2]:
            return None
        return np.frombuffer(body, dtype="<i2").astype(np.float32) / np.float32(32768), read[1]

    def store(self, key: str, samples: Signal, rate_hz: Hz) -> None:
        """Keep a sound. A full or write-protected disk is no reason to fall silent: then it isn't kept."""
        body = np.round(samples * 32767).astype("<i2").tobytes()
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_header(body, rate_hz) + body)
                Path(name).replace(self._path(key))
            except OSError:
                Path(name).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.wav"


def sound_ms(samples: int, rate_hz: Hz) -> Ms:
    """Length in whole milliseconds, rounded up so that a sound never outlasts what was said of it."""
    return -(-samples * 1000 // rate_hz)


def _header(body: bytes, rate_hz: Hz) -> bytes:
    return _HEADER.pack(
        *(b"RIFF", _HEADER.size - 8 + len(body), b"WAVE"),
        *(b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16),
        *(b"crc ", 4, zlib.crc32(body)),
        *(b"data", len(body)),
    )


def _parse(header: bytes, size: int) -> tuple[int, Hz, int] | None:
    """Read how many samples, at which rate, with which checksum; None where the header isn't one of ours."""
    if len(header) != _HEADER.size:
        return None
    riff, _, kind, *rest, data, data_bytes = _HEADER.unpack(header)
    rate_hz, checksum = rest[4], rest[10]
    if (riff, kind, data, data_bytes) != (b"RIFF", b"WAVE", b"data", size - _HEADER.size) or rate_hz <= 0:
        return None
    return data_bytes // 2, rate_hz, checksum
