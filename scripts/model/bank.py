"""What batches are mixed from, held where they are made: the packed clips, and banks of rooms and noises."""

import copy
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final, Self

import noises
import numpy as np
import numpy.typing as npt
import rooms
import soundfile
import torch
from corpus import fingerprint
from scipy.fft import next_fast_len
from shares import SPEECH_FOR_NOISE
from torch import Tensor

RATE_HZ: Final = 16_000
FRAME: Final = 400
HOP: Final = 160
"""Samples that a frame of features is computed of, and from one to the next."""
PLACES: Final = "places.npz"
ROOMS: Final = 4_000
LENGTH: Final = int(9.5 * RATE_HZ)
"""Of a noise, in samples: longer than any clip."""
NOISES_EACH: Final = 320
MADE: Final = (noises.coloured, noises.hum, noises.breathing, noises.knocks, noises.music)
BABBLE: Final = len(MADE)
"""The row of noises that several talkers at once are in, behind those that are made of numbers."""


class Pack:
    """What `pack.py` wrote, read into memory.

    Attributes:
        clips: The rows of clips.json, each with `at`, its first sample in `sound`, `frames`, how many frames
            it has, and `placed`, the first of them in `places`.
        sound: Int16, all of it.
        places: Int8, what `align.py` found: the phone at each frame, 0 for silence and -1 for not known.
            Empty before.
        fingerprint: Tells it from another.
    """

    def __init__(self, folder: Path, workers: int) -> None:
        self.fingerprint = fingerprint(folder)
        self.clips: list[dict[str, Any]] = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
        files = sorted(folder.glob("sound-*.mp3"))
        with ProcessPoolExecutor(workers) as pool:
            chunks = list(pool.map(_decoded, files))
        starts = np.cumsum([0, *map(len, chunks)])
        self.sound = np.concatenate(chunks)
        placed = 0
        for clip in self.clips:
            clip["at"] = int(starts[clip["chunk"]]) + clip["start"]
            clip["placed"], clip["frames"] = placed, max(1, 1 + (clip["count"] - FRAME) // HOP)
            placed += clip["frames"]
        self.places = read_places(folder, self.fingerprint)


def read_places(folder: Path, of: str) -> npt.NDArray[np.int8]:
    """Read where phones lie in the clips of a pack; empty where that is of another, or wasn't found yet."""
    path = folder / PLACES
    if path.is_file():
        with np.load(path) as kept:
            if str(kept["fingerprint"]) == of:
                return np.asarray(kept["places"], np.int8)
    return np.empty(0, np.int8)


class Bank:
    """Sound, rooms and noises on a device.

    Args:
        pack: The corpus.
        device: Where they are held.
        seed: Of chance.
        workers: Processes that make rooms and noises.
        share: Of the rooms and noises, to see that it runs.
    """

    def __init__(
        self, pack: Pack, device: torch.device, *, seed: int, workers: int = 2, share: float = 1.0
    ) -> None:
        self.device, self.rng = device, np.random.default_rng([seed, 1])
        self.each = max(8, int(share * NOISES_EACH))
        self.sound = torch.from_numpy(pack.sound).to(device)
        self.places = torch.from_numpy(pack.places).to(device)
        talks = [clip["source"] in SPEECH_FOR_NOISE and clip["split"] == "train" for clip in pack.clips]
        places = [clip["at"] for clip, is_one in zip(pack.clips, talks, strict=True) if is_one]
        self._talk = np.array([at for at in places if at + LENGTH < len(pack.sound)])
        with ProcessPoolExecutor(workers) as pool:
            made = list(pool.map(_room_of, range(max(40, int(share * ROOMS))), chunksize=8))
            self._rooms = torch.from_numpy(np.stack(made)).to(device)
            wanted = [(kind, number) for kind in range(len(MADE)) for number in range(self.each)]
            made = list(pool.map(_noise_of, wanted, chunksize=8))
            self._noises = torch.from_numpy(np.stack(made)).to(device)
        self._noises = torch.cat([self._noises, self._babble()])

    def seeded(self, seed: int) -> Self:
        """Give the same bank with a chance of its own, for another thread."""
        other = copy.copy(self)
        other.rng = np.random.default_rng([seed, 2])
        return other

    def rooms(self, count: int) -> Tensor:
        """Draw impulse responses [count, 7200]."""
        return self._rooms[self._put(self.rng.integers(0, len(self._rooms), count))]

    def talking(self, count: int, length: int) -> Tensor:
        """Draw people talking on, [count, length], dry, their mean square 0.01."""
        starts = self._put(self.rng.choice(self._talk, count))
        sound = self.sound[starts[:, None] + torch.arange(length, device=self.device)].float()
        return sound / (torch.sqrt((sound**2).mean(1, keepdim=True)) + 1.0) * 0.1

    def noises(self, kinds: npt.NDArray[np.integer], length: int) -> Tensor:
        """Draw a noise of each kind, [kinds, length]: the places of MADE, or BABBLE."""
        rows = kinds * self.each + self.rng.integers(0, self.each, len(kinds))
        shift = self._put(self.rng.integers(0, LENGTH, len(kinds)))
        at = (torch.arange(length, device=self.device)[None] + shift[:, None]) % LENGTH
        return self._noises[self._put(rows)[:, None], at].float()

    def _babble(self) -> Tensor:
        made = []
        for _ in range(0, self.each, 8):
            several = int(self.rng.integers(3, 8))
            talkers = self.talking(8 * several, LENGTH)
            sound = in_rooms(talkers, self.rooms(len(talkers))).view(8, several, LENGTH).sum(1)
            made.append((sound / torch.sqrt((sound**2).mean(1, keepdim=True))).half())
        return torch.cat(made)[: self.each]

    def _put(self, values: npt.NDArray[np.integer]) -> Tensor:
        return torch.from_numpy(values).to(self.device)


def in_rooms(sound: Tensor, responses: Tensor) -> Tensor:
    """Put each sound into its room, at the same length."""
    size = next_fast_len(sound.shape[1] + responses.shape[1], real=True)
    spectrum = torch.fft.rfft(sound, size) * torch.fft.rfft(responses, size)
    return torch.fft.irfft(spectrum, size)[:, : sound.shape[1]]


def _decoded(path: Path) -> npt.NDArray[np.int16]:
    sound, _ = soundfile.read(path, dtype="int16")
    return np.asarray(sound, np.int16)


def _noise_of(given: tuple[int, int]) -> npt.NDArray[np.float16]:
    kind, number = given
    sound = MADE[kind](np.random.default_rng([kind, number]), LENGTH)
    return (sound / (np.sqrt((sound**2).mean()) + 1e-9)).astype(np.float16)


def _room_of(number: int) -> npt.NDArray[np.float32]:
    return rooms.room(np.random.default_rng([77, number]))
