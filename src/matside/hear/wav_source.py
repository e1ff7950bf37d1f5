"""Sound files in and out: any uncompressed WAV becomes mono samples at the rate that the ear works at.

A small RIFF reader of our own, since the standard library's reads neither float nor extensible WAV. It
streams, so an hour of sound costs no more memory than a second.
"""

import os
import stat
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import soxr

from matside.errors import MatsideError
from matside.pcm import HEARING_RATE_HZ, Pcm, Signal
from matside.units import Hz, Ms

_INTEGER, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_DTYPES: Final = {(_INTEGER, 8): "u1", (_INTEGER, 16): "<i2", (_INTEGER, 24): "u1", (_INTEGER, 32): "<i4"} | {
    (_FLOAT, 32): "<f4",
    (_FLOAT, 64): "<f8",
}
_SLOWEST_HZ, _FASTEST_HZ = 1_000, 768_000
_MOST_CHANNELS: Final = 64
_MOST_BYTES: Final = 2**32
"""RIFF counts in 32 bits: a larger file is no WAV, or one of another kind."""
_MOST_BYTES_AT_ONCE: Final = 2**30
_ASK_FOR_WAV: Final = "Give an uncompressed WAV file; for example: ffmpeg -i yours -ac 1 -ar 16000 out.wav"


@dataclass(frozen=True, slots=True, kw_only=True)
class WavFormat:
    """What a WAV file says of itself.

    Attributes:
        code: 1 is integers, 3 is floats.
        bits: Bits a sample takes in the file.
        offset: Where the first sample stands in the file.
        frames: Whole frames that are really there.
        note: What is odd about the file though it can be read, one sentence; empty as a rule.
    """

    code: int
    channels: int
    rate_hz: Hz
    bits: int
    offset: int
    frames: int
    note: str = ""

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.channels * self.bits // 8

    @property
    def length_ms(self) -> Ms:
        """Length of the sound."""
        return self.frames * 1000 // self.rate_hz


class WavSource:
    """A WAV file as a stream of blocks at the hearing rate.

    Raises:
        MatsideError: The file isn't there, isn't a WAV, or is of a kind that can't be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _open(path) as file:
            self.format = _read_format(file, path)

    @property
    def length_ms(self) -> Ms:
        """Length of the whole file."""
        return self.format.length_ms

    @property
    def note(self) -> str:
        """What is odd about the file, or nothing."""
        return self.format.note

    def blocks(self, block_ms: Ms = 100) -> Iterator[Pcm]:
        """Yield the file as mono blocks at 16 kHz, counted from its start.

        Args:
            block_ms: Length of every block but the last.
        """
        size = max(1, block_ms * HEARING_RATE_HZ // 1000)
        start = 0
        waiting = np.empty(0, np.float32)
        for part in self._resampled():
            waiting = np.concatenate((waiting, part))
            while len(waiting) >= size:
                yield Pcm(samples=waiting[:size], start=start)
                start, waiting = start + size, waiting[size:]
        if len(waiting):
            yield Pcm(samples=waiting, start=start)

    def _resampled(self) -> Iterator[Signal]:
        rate_hz = self.format.rate_hz
        if rate_hz == HEARING_RATE_HZ:
            yield from self._mono()
            return
        resampler = soxr.ResampleStream(rate_hz, HEARING_RATE_HZ, 1, dtype="float32", quality="HQ")
        for part in self._mono():
            yield resampler.resample_chunk(part)
        yield resampler.resample_chunk(np.empty(0, np.float32), last=True)

    def _mono(self) -> Iterator[Signal]:
        left = self.format.frames
        with _open(self.path) as file:
            file.seek(self.format.offset)
            while left > 0:
                raw = file.read(min(left, 65_536) * self.format.frame_bytes)
                frames = len(raw) // self.format.frame_bytes
                if frames == 0:
                    return
                left -= frames
                yield _decode(raw[: frames * self.format.frame_bytes], self.format)


def read_wav(path: Path) -> Signal:
    """Read a whole WAV as mono samples at 16 kHz.

    Raises:
        MatsideError: As `WavSource`; also where it is too long to hold at once.
    """
    source = WavSource(path)
    if source.format.frames * 4 > _MOST_BYTES_AT_ONCE:
        raise MatsideError(
            f"{path} is too long to be read at once.", hint="Cut it into parts of under an hour."
        )
    parts = [block.samples for block in source.blocks(block_ms=1000)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def write_wav(path: Path, samples: Signal, rate_hz: Hz = HEARING_RATE_HZ) -> None:
    """Write mono samples as 16-bit WAV; what is over full scale is clipped."""
    whole = np.clip(np.rint(np.nan_to_num(samples) * 32767.0), -32768, 32767).astype("<i2")
    with wave.open(os.fspath(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(whole.tobytes())


def _open(path: Path) -> BinaryIO:
    """Open a regular file; a device or a pipe would never end."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise MatsideError(f"{path} is not a file.", hint=_ASK_FOR_WAV)
        if facts.st_size > _MOST_BYTES:
            raise MatsideError(f"{path} is larger than any WAV can be.", hint=_ASK_FOR_WAV)
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise MatsideError(
            f"{path} can't be read: {reason}.", hint="Check the name and your rights."
        ) from error


def _read_format(file: BinaryIO, path: Path) -> WavFormat:
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise MatsideError(f"{path} is not a WAV file.", hint=_ASK_FOR_WAV)
    total = file.seek(0, os.SEEK_END)
    at, facts = 12, b""
    while at + 8 <= total:
        file.seek(at)
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            return _settle(facts, path, (at + 8, size, total - at - 8))
        if name == b"fmt ":
            facts = file.read(min(size, 40))
        at += 8 + size + size % 2
    raise MatsideError(f"{path} holds no sound: the WAV file ends before its data.", hint=_ASK_FOR_WAV)


def _settle(facts: bytes, path: Path, data: tuple[int, int, int]) -> WavFormat:
    """Check the format chunk and count the frames that are really there.

    Args:
        facts: The format chunk's body.
        path: For messages.
        data: Where the samples begin, how many bytes are announced, and how many there are.
    """
    if len(facts) < 16:
        raise MatsideError(f"{path} is a damaged WAV file: it doesn't say its format.", hint=_ASK_FOR_WAV)
    code, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", facts[:16])
    if code == _EXTENSIBLE and len(facts) >= 26:
        code = struct.unpack("<H", facts[24:26])[0]
    if (code, bits) not in _DTYPES:
        raise MatsideError(
            f"{path} is a compressed or unusual WAV (kind {code}, {bits} bits).", hint=_ASK_FOR_WAV
        )
    if not 0 < channels <= _MOST_CHANNELS or not _SLOWEST_HZ <= rate_hz <= _FASTEST_HZ:
        raise MatsideError(
            f"{path} is a damaged WAV file: {channels} channels at {rate_hz} Hz.", hint=_ASK_FOR_WAV
        )
    offset, announced, there = data
    frame_bytes = channels * bits // 8
    note = ""
    if announced > there and announced < 0x7FFF_0000:  # as good as all ones: written by a program into a pipe
        said_s, is_s = (count / frame_bytes / rate_hz for count in (announced, there))
        note = f"{path} is cut off: it holds {is_s:.1f} s of the {said_s:.1f} s that it announces."
    frames = min(announced, there) // frame_bytes
    return WavFormat(
        code=code, channels=channels, rate_hz=rate_hz, bits=bits, offset=offset, frames=frames, note=note
    )


def _decode(raw: bytes, form: WavFormat) -> Signal:
    """Turn a file's bytes into mono samples of -1 to 1; what is no number becomes silence."""
    flat = np.frombuffer(raw, dtype=_DTYPES[(form.code, form.bits)])
    if form.code == _FLOAT:
        wide = np.clip(np.nan_to_num(flat.astype(np.float64), posinf=0.0, neginf=0.0), -1e3, 1e3)
    elif form.bits == 8:
        wide = (flat.astype(np.float64) - 128.0) / 128.0
    elif form.bits == 24:
        three = flat.reshape(-1, 3).astype(np.int32)
        wide = ((three[:, 0] << 8 | three[:, 1] << 16 | three[:, 2] << 24) >> 8) / 2.0**23
    else:
        wide = flat / 2.0 ** (form.bits - 1)
    mono: Signal = wide.reshape(-1, form.channels).mean(axis=1).astype(np.float32)
    return mono
