"""Read what speech engines write: 16-bit WAV, and the AIFF that macOS writes whatever the name says."""

import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from matside.errors import EdgeError
from matside.pcm import Signal
from matside.units import Hz

_AIFF_TYPES = {b"NONE": ">i2", b"twos": ">i2", b"sowt": "<i2", b"fl32": ">f4", b"FL32": ">f4"}


def read_rendered(path: Path) -> tuple[Signal, Hz]:
    """Read a rendered utterance; of several channels the first.

    Raises:
        EdgeError: The file holds no sound that we can read.
    """
    try:
        content = path.read_bytes()
        return _read_aiff(content) if content[:4] == b"FORM" else _read_wav(path)
    except (OSError, EOFError, wave.Error, struct.error, KeyError, ValueError) as error:
        raise EdgeError(f"The voice wrote a file that isn't sound ({error}).") from error


def _read_wav(path: Path) -> tuple[Signal, Hz]:
    with wave.open(str(path), "rb") as sound:
        if sound.getsampwidth() != 2:
            raise ValueError(f"{8 * sound.getsampwidth()} bits a sample")
        raw = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return _first_channel(raw, sound.getnchannels()), sound.getframerate()


def _read_aiff(content: bytes) -> tuple[Signal, Hz]:
    chunks = dict(_chunks(content))
    common = chunks[b"COMM"]
    channels, _, bits = struct.unpack(">hIh", common[:8])
    kind = common[18:22] if content[8:12] == b"AIFC" else b"NONE"
    dtype = np.dtype(_AIFF_TYPES[kind])
    if dtype.itemsize * 8 != bits:
        raise ValueError(f"{bits} bits a sample")
    body = chunks[b"SSND"]
    body = body[8 + struct.unpack(">I", body[:4])[0] :]
    raw = np.frombuffer(body[: len(body) // dtype.itemsize * dtype.itemsize], dtype=dtype)
    return _first_channel(raw, channels), _extended(common[8:18])


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack(">4sI", content[at : at + 8])
        yield name, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _extended(ten_bytes: bytes) -> Hz:
    """Read the 80-bit float that AIFF keeps its rate in; rates are positive whole numbers."""
    exponent, mantissa = struct.unpack(">HQ", ten_bytes)
    rate_hz: float = mantissa * 2.0 ** (exponent - 16383 - 63)
    return round(rate_hz)


def _first_channel(raw: np.ndarray, channels: int) -> Signal:
    samples = raw[: len(raw) // channels * channels].reshape(-1, channels)[:, 0].astype(np.float32)
    if raw.dtype.kind == "i":
        samples /= 32768
    return samples
