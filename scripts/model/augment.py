"""Turn the corpus into shards of features as a home's microphone would give them, for ever.

    augment.py WORK --shards N [--seed S] [--without PART ...]

Each shard holds a few hundred clips: drawn by kind of source, changed in speed, put into a simulated room,
mixed with noise, scaled to a level. The first shards are easy (near and quiet), because training from a flat
start needs that. It waits while the trainer hasn't used what is there, and takes in what was added to the
corpus. A PART is a source, or "rooms", "noise" or "speed": what `ablate.py` takes away to see its worth.
"""

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

import noises
import numpy as np
import numpy.typing as npt
import rooms
import soxr
from corpus import RATE_HZ, Clip, Store, stores
from features import log_mel
from lexicon import phones_of
from scipy.signal import fftconvolve
from shares import CLIPS_FOR_FULL_SHARE, SHARES, SPEECH_FOR_NOISE, WIDE_SPEED

CLIPS_A_SHARD: Final = 500
EASY_SHARDS: Final = 8
AHEAD: Final = 3
Sound = npt.NDArray[np.float32]


class Draw:
    """The training clips by source and kind, and chance.

    Args:
        folder: The corpus.
        rng: Chance.
        without: Sources that aren't drawn from, and kinds of change that aren't made.
    """

    def __init__(self, folder: Path, rng: np.random.Generator, without: frozenset[str] = frozenset()) -> None:
        self.rng = rng
        self.without = without
        self._stores: dict[str, Store] = {store.name: store for store in stores(folder)}
        self._pools: dict[tuple[str, str], list[tuple[Clip, list[int]]]] = defaultdict(list)
        for store in self._stores.values():
            for clip in usable(store.clips()):
                self._pools[store.name, clip[0].kind].append(clip)
        self._keys = [key for key in SHARES if self._pools[key] and key[0] not in without]
        shares = [
            SHARES[key] * min(1.0, len(self._pools[key]) / CLIPS_FOR_FULL_SHARE) ** 0.5 for key in self._keys
        ]
        self._shares = np.array(shares) / sum(shares)
        self._talkers = [
            clip
            for key, pool in self._pools.items()
            if key[0] in SPEECH_FOR_NOISE and key[0] not in without
            for clip in pool
        ]
        self._rooms = [rooms.room(rng) for _ in range(150)]

    def clip(self) -> tuple[Clip, list[int], Sound]:
        """Draw a clip with its phones and its samples on a scale of 1."""
        pool = self._pools[self._keys[self.rng.choice(len(self._keys), p=self._shares)]]
        clip, phones = pool[self.rng.integers(len(pool))]
        return clip, phones, self._sound(clip)

    def speech(self, count: int) -> Sound:
        """Give that much of somebody talking, in a room of its own."""
        parts, length = [], 0
        while length < count:
            clip, _ = self._talkers[self.rng.integers(len(self._talkers))]
            parts.append(self._sound(clip))
            length += clip.count
        start = int(self.rng.integers(0, length - count + 1))
        return self.in_room(np.concatenate(parts)[start : start + count])

    def in_room(self, sound: Sound) -> Sound:
        """Put sound into one of the rooms."""
        response = self._rooms[self.rng.integers(len(self._rooms))]
        wet: Sound = fftconvolve(sound, response)[: len(sound)].astype(np.float32)
        return wet

    def _sound(self, clip: Clip) -> Sound:
        sound = self._stores[clip.source].sound(clip).astype(np.float32) / 32768.0
        return sound / (np.sqrt((sound**2).mean()) + 1e-6) * 0.1


def usable(clips: list[Clip]) -> list[tuple[Clip, list[int]]]:
    """Keep what can be trained on: every word has phones; of what a machine wrote, only frequent words."""
    often = Counter(word for clip in clips for word in set(clip.text.split()))
    kept = []
    for clip in clips:
        doubtful = clip.source == "orders" and any(often[word] < 6 for word in clip.text.split())
        phones = None if clip.split != "train" or doubtful or not clip.text else phones_of(clip.text)
        if phones and clip.count / RATE_HZ < 8.5 and clip.count / RATE_HZ > 0.035 * len(phones):
            kept.append((clip, phones))
    return kept


def changed(draw: Draw, *, is_easy: bool) -> tuple[npt.NDArray[np.float16], list[int], float]:
    """Draw one clip and change it.

    Returns:
        Log-mels [frames, 40], phones, and how hard it is: 0 clean, 1 heavy noise.
    """
    rng = draw.rng
    if not is_easy and rng.random() < 0.04 and "noise" not in draw.without:
        count = int(rng.uniform(0.5, 2.5) * RATE_HZ)
        sound, is_speech = noises.draw(rng, count, draw.speech)
        if not is_speech:
            return _features(sound, rng.uniform(-50, -15)), [], 1.0
    clip, phones, sound = draw.clip()
    reach = 0.24 if clip.source in WIDE_SPEED else 0.14
    speed = float(np.exp(rng.uniform(-reach, reach)))
    if rng.random() < 0.8 and "speed" not in draw.without:
        sound = np.asarray(soxr.resample(sound, RATE_HZ * speed, RATE_HZ, quality="LQ"), np.float32)
    before, after = (int(rng.uniform(0.05, 0.5) * RATE_HZ) for _ in range(2))
    sound = np.pad(sound, (before, after))
    if rng.random() < (0.2 if is_easy else 0.65) and "rooms" not in draw.without:
        sound = draw.in_room(sound)
    hardness = 0.0
    if not is_easy and rng.random() < 0.8 and "noise" not in draw.without:
        noise, is_speech = noises.draw(rng, len(sound), draw.speech)
        snr_db = rng.uniform(8, 30) if is_speech else rng.uniform(3, 30)
        power = (sound[before:-after] ** 2).mean() / ((noise**2).mean() + 1e-9)
        sound = sound + noise * np.float32(np.sqrt(power) * 10 ** (-snr_db / 20))
        hardness = float(np.clip(1 - snr_db / 30, 0, 1))
    else:
        sound = sound + rng.normal(size=len(sound)).astype(np.float32) * 10 ** rng.uniform(-4.5, -3)
    return _features(sound, rng.uniform(-34, -12)), phones, hardness


def _features(sound: Sound, level_dbfs: float) -> npt.NDArray[np.float16]:
    level = np.sqrt((sound**2).mean()) + 1e-9
    whole = np.clip(np.rint(sound / level * 10 ** (level_dbfs / 20) * 32767), -32768, 32767)
    return log_mel(whole).astype(np.float16)


def make(draw: Draw, path: Path, *, is_easy: bool) -> None:
    """Write one shard, whole or not at all."""
    made = [changed(draw, is_easy=is_easy) for _ in range(CLIPS_A_SHARD)]
    made = [entry for entry in made if len(entry[0]) >= 20]
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        mels=np.concatenate([mels for mels, _, _ in made]),
        frames=np.array([len(mels) for mels, _, _ in made]),
        phones=np.array([phone for _, phones, _ in made for phone in phones], np.int64),
        counts=np.array([len(phones) for _, phones, _ in made]),
        hardness=np.array([hard for _, _, hard in made]),
    )
    part.rename(path)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--shards", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--without", nargs="*", default=[], help="sources, rooms, noise, speed")
    given = parser.parse_args()
    folder = given.work / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    used = given.work / "used"
    for number in range(given.shards):
        path = folder / f"{number:05d}.npz"
        if path.exists():
            continue
        while used.is_file() and number > int(used.read_text(encoding="utf-8")) + AHEAD:
            time.sleep(5)
        make(
            Draw(
                given.work / "corpus",
                np.random.default_rng([given.seed, number]),
                frozenset(given.without),
            ),
            path,
            is_easy=number < EASY_SHARDS,
        )


if __name__ == "__main__":
    main()
