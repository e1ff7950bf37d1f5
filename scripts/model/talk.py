"""Take out of packages what people say there, to count false commands in.

    talk.py WORK --packages DIR

DIR holds what `dpkg -x` unpacked of four packages of Debian:

- flight-of-the-amazon-queen (freeware): the dialogue of an adventure, tens of characters, at 11 kHz;
- asterisk-core-sounds-en-g722 (CC BY-SA 3.0): a telephone's prompts, one woman, at 16 kHz;
- beneath-a-steel-sky (freeware): another adventure's dialogue, other actors, 8 bits at 11 kHz;
- drascula (freeware): a third one's, actors whose English is Spanish, 8 bits at 11 kHz.

It is like a television in the room: short lines with pauses between them, far more like commands than a
book read aloud is. On the first two costs and rules are tuned; the last two judge. Nothing is trained on.
"""

import argparse
import io
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
import texts
from corpus import RATE_HZ, Samples, Store
from data import trimmed
from rnc import unpack

TUNES: Final = ("talk-queen", "talk-prompts")
JUDGES: Final = ("talk-sky", "talk-drascula")
_QUEEN: Final = "usr/share/scummvm/flight-of-the-amazon-queen/queen.1c"
_PROMPTS: Final = "usr/share/asterisk/sounds"
_SKY: Final = "usr/share/scummvm/beneath-a-steel-sky"
_DRASCULA: Final = "usr/share/scummvm/drascula/en"
_SKY_SPEECH: Final = 50_000
"""Files with this number and higher ones are lines of dialogue."""
_SKY_HEADER: Final = 22
_EIGHT_BITS_HZ: Final = 11_025
_SILENT: Final = ("silence", "beep", "ascending", "descending", "tt-monkeys")


def queen(root: Path) -> Iterator[tuple[str, Samples]]:
    """Read the lines of an archive of ScummVM's: a table of names, places and sizes, then MP3s."""
    with (root / _QUEEN).open("rb") as file:
        file.seek(13)
        (count,) = struct.unpack(">H", file.read(2))
        entries = [struct.unpack(">12sxII", file.read(21)) for _ in range(count)]
        for raw, start, size in entries:
            name = raw.rstrip(b"\0").decode("latin-1")
            if name.endswith(".SB"):
                file.seek(start)
                sound, rate_hz = soundfile.read(io.BytesIO(file.read(size)), dtype="float32")
                sound = np.asarray(soxr.resample(sound, rate_hz, RATE_HZ), np.float32)
                yield name, np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)


def sky(root: Path) -> Iterator[tuple[str, Samples]]:
    """Read the lines of a disk of the Virtual Theatre: a table of places and sizes, and packed files."""
    table = (root / _SKY / "sky.dnr").read_bytes()
    with (root / _SKY / "sky.dsk").open("rb") as file:
        for number, place, size in struct.iter_unpack("<H3s3s", table[4:]):
            start, length = int.from_bytes(place, "little"), int.from_bytes(size, "little") & 0x3FFFFF
            if number < _SKY_SPEECH or not length:
                continue
            file.seek((start & 0x7FFFFF) << (4 if start >> 23 else 0))
            packed = file.read(length)[_SKY_HEADER:]
            if packed.startswith(b"RNC\1"):
                yield str(number), _of_eight_bits(unpack(packed))


def drascula(root: Path) -> Iterator[tuple[str, Samples]]:
    """Read the lines, a file each."""
    files = sorted((root / _DRASCULA).glob("*.ALS"))  # codespell:ignore als
    if not files:
        sys.exit(f"There is no line in {root / _DRASCULA}: unpack Debian's drascula there (dpkg -x).")
    for path in files:
        yield path.stem, _of_eight_bits(path.read_bytes())


def _of_eight_bits(raw: bytes) -> Samples:
    """Turn unsigned samples of 8 bits at 11 kHz into signed ones of 16 bits at 16 kHz."""
    sound = np.frombuffer(raw, np.uint8).astype(np.float32) / 128 - 1
    sound = np.asarray(soxr.resample(sound, _EIGHT_BITS_HZ, RATE_HZ), np.float32)
    return np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)


def prompts(root: Path) -> Iterator[tuple[str, Samples]]:
    """Read the prompts but for sounds that nobody speaks."""
    import av

    for path in sorted((root / _PROMPTS).rglob("*.g722")):
        if not path.stem.startswith(_SILENT) and path.parent.name != "silence":
            with av.open(str(path), format="g722") as file:
                parts = [frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)]
            yield path.stem, np.concatenate(parts).astype(np.int16)


class Scribe:
    """Writes down what was said, to tell a command that was truly said from a false one."""

    def __init__(self) -> None:
        from moonshine_voice import ModelArch, Transcriber, get_model_path

        self._listener = Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY)

    def text(self, samples: npt.NDArray[np.float32]) -> str:
        """Give the words of a line, lower case; samples at 16 kHz on a scale of 1."""
        return texts.plain(" ".join(self._lines(samples)))

    def texts(self, samples: npt.NDArray[np.float32]) -> set[str]:
        """Give all that an utterance may have been.

        A word alone is written down best with silence around it; but silence is often written down as "you".
        """
        quiet = np.zeros(RATE_HZ // 4, np.float32)
        lines = self._lines(np.concatenate([quiet, samples, quiet]))
        return {self.text(samples), *(texts.plain(" ".join(lines[skip:])) for skip in (0, 1))}

    def _lines(self, samples: npt.NDArray[np.float32]) -> list[str]:
        return [
            line.text for line in self._listener.transcribe_without_streaming(samples.tolist(), RATE_HZ).lines
        ]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--packages", type=Path, required=True)
    given = parser.parse_args()
    for name, read in zip((*TUNES, *JUDGES), (queen, prompts, sky, drascula), strict=True):
        store = Store(given.work / "corpus", name)
        have = len(store.clips())
        if any(clip.split == "train" for clip in store.clips()):
            sys.exit(f"{name} was made for training, by an earlier version: remove {name}.* in the corpus.")
        for number, (label, samples) in enumerate(read(given.packages)):
            if number >= have:
                line = trimmed(samples)
                store.append(line, text="", speaker=f"{name}:{label}", kind="unknown", split="dev")
        clips = store.clips()
        print(f"{name}: {len(clips)} lines, {sum(clip.count for clip in clips) / RATE_HZ / 3600:.2f} h")


if __name__ == "__main__":
    main()
