"""Train the network on shards of features, on one core.

    train.py WORK --hours H [--seed S] [--width W]

H counts hours of sound seen since the very first step; the learning rate falls to nothing over the last
third of them. A run that was broken off goes on from its last checkpoint (every few minutes); a
larger H later warms a finished network up again. Three stages: guesses of where each phone lies (evenly
spread over the loud frames), then CTC on the easy shards, then CTC on all. WORK/train/best.pt is the average
of the weights over the last few hundred steps, which is what is exported.
"""

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from augment import EASY_SHARDS
from corpus import Clip, Store
from features import log_mel
from lexicon import distance, phones_of
from network import STRIDE, WIDTH, Network, outputs_for
from torch import Tensor
from torch.nn import functional

FLAT_HOURS: Final = 3.0
EASY_HOURS: Final = 9.0
PEAK_RATE: Final = 2e-3
WARM_STEPS: Final = 100
BATCH_FRAMES: Final = 3_600
USES: Final = 5
RECENT: Final = 40
SAVE_EVERY_S: Final = 150.0
AVERAGE: Final = 0.997
_DB_IN_NEPERS: Final = np.log(10) / 10


@dataclass(slots=True, kw_only=True)
class Batch:
    """Clips of like length.

    Attributes:
        mels: Float32 [clips, frames, 40], the last frame repeated.
        frames: Frames of each clip.
        phones: Phones of each clip.
    """

    mels: Tensor
    frames: Tensor
    phones: list[npt.NDArray[np.int64]]


def batches(path: Path, rng: np.random.Generator) -> Iterator[Batch]:
    """Read a shard as batches of a shuffled order, each changed a little in level, colour and by masks."""
    with np.load(path) as file:
        mels, frames, phones, counts = (file[name] for name in ("mels", "frames", "phones", "counts"))
    starts, places = np.cumsum(frames) - frames, np.cumsum(counts) - counts
    order = np.argsort(frames + rng.uniform(0, 40, len(frames)))
    groups, group = [], []
    for clip in order:
        if group and (len(group) + 1) * frames[clip] > BATCH_FRAMES:
            groups.append(group)
            group = []
        group.append(int(clip))
    groups.append(group)
    for place in rng.permutation(len(groups)):
        own = groups[place]
        longest = int(frames[own].max())
        padded = np.empty((len(own), longest, mels.shape[1]), np.float32)
        for row, clip in enumerate(own):
            whole = mels[starts[clip] : starts[clip] + frames[clip]].astype(np.float32)
            padded[row] = np.concatenate([whole, np.repeat(whole[-1:], longest - len(whole), axis=0)])
        yield Batch(
            mels=torch.from_numpy(changed(padded, rng)),
            frames=torch.from_numpy(frames[own]),
            phones=[phones[places[clip] : places[clip] + counts[clip]] for clip in own],
        )


def changed(mels: npt.NDArray[np.float32], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Change the level by -8 to 6 dB, the colour by a smooth curve, and hide a few bands and moments."""
    clips, frames, bins = mels.shape
    gain_db = rng.uniform(-8, 6, (clips, 1, 1))
    across = np.linspace(-1, 1, bins)
    tilt_db = rng.normal(0, 2.0, (clips, 1)) * across + rng.normal(0, 1.5, (clips, 1)) * np.cos(
        np.pi * across * rng.uniform(0.5, 2, (clips, 1)) + rng.uniform(0, 6, (clips, 1))
    )
    mels = mels + (_DB_IN_NEPERS * (gain_db + tilt_db[:, None, :])).astype(np.float32)
    for clip in range(clips):
        mean = mels[clip].mean()
        if rng.random() < 0.5:
            width, low = rng.integers(1, 7), rng.integers(0, bins - 7)
            mels[clip, :, low : low + width] = mean
        if rng.random() < 0.4:
            length, start = rng.integers(1, 7), rng.integers(0, max(1, frames - 7))
            mels[clip, start : start + length] = mean
    return mels


def loss_of(network: Network, batch: Batch, *, is_flat: bool) -> Tensor:
    """Compute the loss of a batch: by guessed places, or CTC."""
    scores = network(batch.mels)  # in float32: where a processor lacks bfloat16, autocast is ten times slower
    lengths = -(-batch.frames // STRIDE)
    if is_flat:
        return functional.nll_loss(
            scores.flatten(0, 1), guessed(batch, scores.shape[1]).flatten(), ignore_index=-1
        )
    targets = torch.from_numpy(np.concatenate(batch.phones))
    counts = torch.tensor([len(phones) for phones in batch.phones])
    each = functional.ctc_loss(
        scores.transpose(0, 1), targets, lengths, counts, reduction="none", zero_infinity=True
    )
    return (each / (counts + 3)).mean()


def guessed(batch: Batch, outputs: int) -> Tensor:
    """Guess the phone at each output: spread evenly over the loud stretch, and blank elsewhere."""
    labels = torch.full((len(batch.phones), outputs), -1, dtype=torch.long)
    loudness = batch.mels[:, ::STRIDE].mean(dim=2)
    for row, phones in enumerate(batch.phones):
        count = outputs_for(int(batch.frames[row]))
        own = loudness[row, :count]
        loud = torch.nonzero(own > own.max() - 0.45 * (own.max() - own.min()))[:, 0]
        labels[row, :count] = 0
        if len(phones) and len(loud):
            first, last = int(loud[0]), int(loud[-1]) + 1
            where = torch.arange(first, last)
            labels[row, first:last] = torch.from_numpy(phones)[
                (where - first) * len(phones) // (last - first)
            ]
    return labels


def rate(hours: float, steps: int, whole_hours: float) -> float:
    """Give the learning rate."""
    falling = min(1.0, (whole_hours - hours) / (whole_hours / 3))
    return PEAK_RATE * min(1.0, (steps + 1) / WARM_STEPS) * max(falling, 0.01)


class Run:
    """A training run that can be broken off."""

    def __init__(self, work: Path, seed: int, width: int = WIDTH) -> None:
        torch.manual_seed(seed)
        self._folder = work / "train"
        self._shards = work / "shards"
        self._used = work / "used"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.network = Network(width)
        self._optimiser = torch.optim.AdamW(self.network.parameters(), lr=PEAK_RATE, weight_decay=1e-3)
        self.average = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.hours, self.steps, self._uses = 0.0, 0, dict[str, int]()
        self._rng = np.random.default_rng(seed)
        state = self._folder / "state.pt"
        if state.is_file():
            kept: dict[str, Any] = torch.load(state, weights_only=True)
            self.network.load_state_dict(kept["network"])
            self._optimiser.load_state_dict(kept["optimiser"])
            self.average = kept["average"]
            self.hours, self.steps, self._uses = kept["hours"], kept["steps"], kept["uses"]
            self._rng = np.random.default_rng([seed, self.steps])

    def train(self, whole_hours: float, dev: "Dev") -> None:
        """Go on until so many hours of sound were seen in all."""
        saved, losses = time.monotonic(), list[float]()
        while self.hours < whole_hours:
            for batch in batches(self._next_shard(), self._rng):
                losses.append(self._step(batch, whole_hours))
                if time.monotonic() - saved > SAVE_EVERY_S:
                    saved = time.monotonic()
                    self.save()
                    print(
                        f"{time.strftime('%H:%M:%S')} hours {self.hours:.2f} steps {self.steps} "
                        f"loss {np.mean(losses):.3f} {dev.report(self.average)}",
                        flush=True,
                    )
                    losses = []
        self.save()
        print(f"done: hours {self.hours:.2f} steps {self.steps} {dev.report(self.average)}", flush=True)

    def save(self) -> None:
        """Write the checkpoint and the averaged weights, each whole or not at all."""
        state = {
            "network": self.network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "average": self.average,
            "hours": self.hours,
            "steps": self.steps,
            "uses": self._uses,
        }
        for name, value in (("state.pt", state), ("best.pt", self.average)):
            part = self._folder / f"{name}.part"
            torch.save(value, part)
            part.rename(self._folder / name)

    def _step(self, batch: Batch, whole_hours: float) -> float:
        self.network.train()
        for group in self._optimiser.param_groups:
            group["lr"] = rate(self.hours, self.steps, whole_hours)
        loss = loss_of(self.network, batch, is_flat=self.hours < FLAT_HOURS)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self._optimiser.step()
        self.steps += 1
        self.hours += float(batch.frames.sum()) / 100 / 3600
        keep = min(AVERAGE, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - keep)
                else:
                    self.average[name] = value.clone()
        return loss.item()

    def _next_shard(self) -> Path:
        """Take one that was used seldom, the oldest first; where all were used often, one of the latest."""
        while not (there := sorted(self._shards.glob("?????.npz"))):
            time.sleep(2)
        if self.hours < EASY_HOURS:
            there = there[:EASY_SHARDS]
        elif len(there) > EASY_SHARDS:
            there = there[EASY_SHARDS:]
        fresh = [path for path in there if self._uses.get(path.name, 0) < USES][:8]
        path = random.Random(self.steps).choice(fresh or there[-RECENT:])  # noqa: S311
        self._uses[path.name] = self._uses.get(path.name, 0) + 1
        used = max(int(name[:5]) for name, uses in self._uses.items() if uses >= 1)
        part = self._used.with_suffix(".part")  # `augment` reads it at any moment
        part.write_text(str(used), encoding="utf-8")
        part.rename(self._used)
        return path


class Dev:
    """Held-out people's words, as recorded; the phone errors of a greedy reading."""

    def __init__(self, work: Path, most: int = 100) -> None:
        self._clips: list[tuple[Tensor, list[int], str]] = []
        for name in ("words", "wakewords"):
            store = Store(work / "corpus", name)
            held = [clip for clip in store.clips() if clip.split == "dev"]
            for clip in held[:: max(1, len(held) // most)]:
                self._add(store, clip, name)

    def report(self, state: dict[str, Tensor]) -> str:
        """Give the phone error rate of each source."""
        network = Network.load(state)
        wrong, of = dict[str, int](), dict[str, int]()
        with torch.no_grad():
            for mels, phones, name in self._clips:
                best = network(mels[None])[0].argmax(dim=1).tolist()
                heard = [one for i, one in enumerate(best) if one and (i == 0 or best[i - 1] != one)]
                wrong[name] = wrong.get(name, 0) + distance(heard, phones)
                of[name] = of.get(name, 0) + len(phones)
        return " ".join(f"{name} {100 * wrong[name] / of[name]:.1f} %" for name in of)

    def _add(self, store: Store, clip: Clip, name: str) -> None:
        if phones := phones_of(clip.text):
            self._clips.append((torch.from_numpy(log_mel(store.sound(clip))), phones, name))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--hours", type=float, default=150.0)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--width", type=int, default=WIDTH, help="of the layers; only from the start")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    Run(given.work, given.seed, given.width).train(given.hours, Dev(given.work))


if __name__ == "__main__":
    main()
