"""An append-only store of speech: 16 kHz int16 samples in one file, one JSON line a clip in another.

A clip's line is written after its samples, so that a run killed at any moment loses at most that clip and the
next run goes on behind the last whole one.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

RATE_HZ: Final = 16_000
Samples = npt.NDArray[np.int16]
FINGERPRINT: Final = "fingerprint"
"""A file of a pack that tells of which clips it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What is known of one clip.

    Attributes:
        text: The words, lower case; empty where nobody wrote them down.
        speaker: A name that is unique to the speaker within the whole corpus.
        source: Where the voice comes from; `sources.toml` has its licence.
        kind: "phrase", "word", "sentence" or "unknown": how the trainer draws it.
        split: "train" or "dev"; a speaker is never in both.
        start: First sample in the store.
        count: Samples.
    """

    text: str
    speaker: str
    source: str
    kind: str
    split: str
    start: int
    count: int


class Store:
    """One source's clips. One process may write it while others read."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.folder = folder
        self._sound = folder / f"{name}.pcm"
        self._list = folder / f"{name}.jsonl"

    def clips(self) -> list[Clip]:
        """Read the list; a torn last line is left out."""
        return list(self._read())

    def sound(self, clip: Clip) -> Samples:
        """Read one clip's samples."""
        return np.fromfile(self._sound, np.int16, clip.count, offset=2 * clip.start)

    def append(self, samples: Samples, *, text: str, speaker: str, kind: str, split: str) -> None:
        """Add a clip behind the last one."""
        with self._sound.open("ab") as file:
            start = file.tell() // 2
            file.write(samples.astype("<i2").tobytes())
        clip = Clip(
            text=text,
            speaker=speaker,
            source=self.name,
            kind=kind,
            split=split,
            start=start,
            count=len(samples),
        )
        with self._list.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(clip)) + "\n")

    def _read(self) -> Iterator[Clip]:
        if not self._list.is_file():
            return
        for line in self._list.read_text(encoding="utf-8").splitlines():
            try:
                yield Clip(**json.loads(line))
            except (json.JSONDecodeError, TypeError):
                continue


def stores(folder: Path) -> list[Store]:
    """Open every store of a corpus, in order of name."""
    return [Store(folder, path.stem) for path in sorted(folder.glob("*.jsonl"))]


def to_int16(samples: npt.NDArray[np.floating], peak: float = 0.5) -> Samples:
    """Scale sound to a peak, in parts of full scale, and round it."""
    top = float(np.abs(samples).max()) or 1.0
    return np.rint(samples * (peak / top * 32767.0)).astype(np.int16)


def fingerprint(pack: Path) -> str:
    """Tell of which clips a pack is; empty where it doesn't say."""
    file = pack / FINGERPRINT
    return file.read_text(encoding="utf-8") if file.is_file() else ""
