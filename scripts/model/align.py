"""Where in each clip each phone lies, found from the clips alone: a hidden Markov model of single phones.

    align.py PACK [--check WEIGHTS]

Three states for a phone, silence at will between any two; mixtures of Gaussians over cepstra with their
first and second slope, begun from phones spread evenly over the loud stretch and made better by turns of
Viterbi's search (the "monophone" stage of Kaldi and HTK: Young et al., "The HTK Book", chapter 3). Writes
PACK/places.npz: a phone (0 for silence, -1 for not known) for each hundredth of a second of each clip, which
`train.py` learns from. Six minutes of a core for six hours of clips. With --check a trained network says
how often it hears a phone where it was found.
"""

import argparse
import itertools
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import torch
from bank import FRAME, HOP, PLACES, Pack
from features import BINS
from lexicon import PHONES
from mixing import log_mels, mel_bank, povey_window
from network import STRIDE, Network
from torch import Tensor
from torch.nn import functional

CEPSTRA: Final = 13
WIDTH: Final = 3 * CEPSTRA
STATES: Final = 1 + 3 * len(PHONES)
"""Silence, and three for each phone."""
BATCH: Final = 64
FLOOR_NEPERS: Final = 12.0
"""How far below its loudest moment a clip's silence counts: 52 dB, as digital silence has no level."""
LOUD_NEPERS: Final = 5.0
LOUD_SHARE: Final = 0.45
"""How far below its loudest moment a clip may be loud, and of the way down to its quietest."""
STAY: Final = math.log(0.6)
MOVE: Final = math.log(0.4)
PAUSE: Final = math.log(0.04)
"""Of a pause between two phones; nothing here knows where words end."""
TURNS: Final = ((1, 7), (2, 3), (4, 3), (8, 4))
"""Gaussians of a state, and turns with as many."""
LEARN_FROM: Final = 3
"""One clip of so many is learnt from; all are aligned at the end."""
LEAST_VARIANCE: Final = 0.01
CHECKED: Final = 1_500
EARLIER: Final = 3
LATER: Final = 6
"""Frames before and behind a phone at which a network may still give it."""
NEVER: Final = -1e30


class Gaussians:
    """A mixture of Gaussians for each state.

    Args:
        means: [states, mixture, 39].
        variances: The same.
        shares: [states, mixture].
    """

    def __init__(self, means: Tensor, variances: Tensor, shares: Tensor) -> None:
        self.means, self.variances, self.shares = means, variances, shares
        each = -0.5 * (variances.log() + means**2 / variances + math.log(2 * math.pi)).sum(2)
        self._constant = (each + shares.log()).flatten()
        self._map = torch.cat([means / variances, -0.5 / variances], 2).flatten(0, 1).T.contiguous()

    def each(self, features: Tensor) -> Tensor:
        """Give log-likelihoods of [frames, 39] as [frames, states, mixture]."""
        scores = torch.addmm(self._constant, torch.cat([features, features**2], 1), self._map)
        return scores.view(len(features), *self.shares.shape)

    def split(self) -> Self:
        """Give twice as many, each pair around one."""
        away = 0.2 * self.variances.sqrt()
        return type(self)(
            torch.cat([self.means - away, self.means + away], 1),
            self.variances.repeat(1, 2, 1),
            self.shares.repeat(1, 2) / 2,
        )


class Sums:
    """What a turn adds up: how often, the sum and the squares for each Gaussian."""

    def __init__(self, mixture: int) -> None:
        self._count = torch.zeros(STATES * mixture)
        self._sum, self._squares = torch.zeros(2, STATES * mixture, WIDTH, dtype=torch.float64)
        self._mixture = mixture

    def add(self, features: Tensor, states: Tensor, gaussians: Gaussians | None) -> None:
        """Add frames [frames, 39] that lie in states [frames]."""
        if gaussians is None or self._mixture == 1:
            shares = torch.ones(len(states), 1)
        else:
            own = gaussians.each(features)[torch.arange(len(states)), states]
            shares = torch.softmax(own, 1)
        for which in range(self._mixture):
            rows = states * self._mixture + which
            share = shares[:, which : which + 1]
            self._count.index_add_(0, rows, share[:, 0])
            self._sum.index_add_(0, rows, (share * features).double())
            self._squares.index_add_(0, rows, (share * features**2).double())

    def gaussians(self) -> Gaussians:
        """Give the mixtures that fit best."""
        count = self._count.clamp(min=1.0)[:, None]
        means = self._sum / count
        variances = (self._squares / count - means**2).clamp(min=LEAST_VARIANCE)
        shape = (STATES, self._mixture)
        shares = self._count.view(shape) + 1.0
        return Gaussians(
            means.float().view(*shape, WIDTH),
            variances.float().view(*shape, WIDTH),
            shares / shares.sum(1, keepdim=True),
        )


class Clips:
    """Features of all clips, in batches of like length."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._window, self._bank = povey_window(), mel_bank(1.0)[None]
        at = (torch.arange(BINS) + 0.5) * torch.pi / BINS
        self._cosines = torch.cos(at[:, None] * torch.arange(CEPSTRA)) * math.sqrt(2 / BINS)
        counts = np.array([clip["count"] for clip in pack.clips])
        self.order = np.argsort(counts, kind="stable")
        self.frames = np.array([clip["frames"] for clip in pack.clips])

    def batches(self, every: int) -> list[npt.NDArray[np.integer]]:
        """Give the clips of each batch; one clip of so many."""
        chosen = self.order[::every]
        return [chosen[first : first + BATCH] for first in range(0, len(chosen), BATCH)]

    def features(self, which: npt.NDArray[np.integer]) -> tuple[Tensor, Tensor]:
        """Give cepstra and slopes [clips, frames, 39], and which frames are loud [clips, frames]."""
        most = int(self.frames[which].max())
        sound = torch.zeros(len(which), (most - 1) * HOP + FRAME)
        for row, number in enumerate(which):
            clip = self._pack.clips[number]
            own = self._pack.sound[clip["at"] : clip["at"] + clip["count"]][: sound.shape[1]]
            sound[row, : len(own)] = torch.from_numpy(own.astype(np.float32))
        mels = log_mels(sound, self._window, self._bank.expand(len(which), -1, -1))
        is_own = torch.arange(most)[None] < torch.from_numpy(self.frames[which])[:, None]
        level = mels.mean(2).masked_fill(~is_own, NEVER)
        top = level.max(1).values[:, None]
        mels = torch.maximum(mels, top[:, :, None] - FLOOR_NEPERS)
        low = level.masked_fill(~is_own, -NEVER).min(1).values[:, None]
        is_loud = level > top - torch.clamp(LOUD_SHARE * (top - low), max=LOUD_NEPERS)
        cepstra = mels @ self._cosines
        weights = is_loud.float()[:, :, None]
        cepstra = cepstra - (cepstra * weights).sum(1, keepdim=True) / weights.sum(1, keepdim=True)
        slope = _slope(cepstra)
        return torch.cat([cepstra, slope, _slope(slope)], 2), is_loud


def _slope(values: Tensor) -> Tensor:
    """Give the slope of [clips, frames, width] over five frames."""
    padded = functional.pad(values.transpose(1, 2), (2, 2), mode="replicate").transpose(1, 2)
    one, two = padded[:, 3:-1] - padded[:, 1:-3], padded[:, 4:] - padded[:, :-4]
    return (one + 2 * two) / 10


def _chain(phones: list[int]) -> list[int]:
    """Give the states of a clip in their order: silence, and each phone's three with silence behind."""
    return [0, *(state for phone in phones for state in (3 * phone - 2, 3 * phone - 1, 3 * phone, 0))]


def _even(clips: Clips, which: npt.NDArray[np.integer], chains: list[list[int]], is_loud: Tensor) -> Tensor:
    """Spread each clip's states over its loud stretch: [clips, frames], -1 past its end."""
    states = torch.full(is_loud.shape, -1)
    for row, (number, chain) in enumerate(zip(which, chains, strict=True)):
        frames = int(clips.frames[number])
        states[row, :frames] = 0
        spoken = [state for state in chain if state]
        loud = torch.nonzero(is_loud[row])[:, 0]
        first, last = int(loud[0]), int(loud[-1]) + 1
        if spoken and last > first:
            at = torch.arange(last - first) * len(spoken) // (last - first)
            states[row, first:last] = torch.tensor(spoken)[at]
    return states


def _search(scores: Tensor, frames: npt.NDArray[np.integer], chains: list[list[int]]) -> Tensor:
    """Find the likeliest way through each chain.

    Args:
        scores: Log-likelihoods [clips, frames, states].
        frames: Of each clip.
        chains: States of each clip.

    Returns:
        The state at each frame, [clips, frames]; -1 past the end, and all through a clip that is too short.
    """
    clips, most, _ = scores.shape
    longest = max(2, *map(len, chains))
    chain = torch.zeros(clips, longest, dtype=torch.long)
    for row, own in enumerate(chains):
        chain[row, : len(own)] = torch.tensor(own)
    at = torch.arange(longest)
    move = torch.where((at % 4 == 0) & (at > 0), PAUSE, MOVE)
    skip = torch.where((at % 4 == 1) & (at > 1), MOVE, NEVER)
    lengths = torch.from_numpy(frames)
    own_scores = scores.gather(2, chain[:, None].expand(-1, most, -1))
    best = torch.full((clips, longest), NEVER)
    best[:, :2] = own_scores[:, 0, :2]
    came = torch.zeros(most, clips, longest, dtype=torch.uint8)
    for frame in range(1, most):
        one = functional.pad(best[:, :-1], (1, 0), value=NEVER) + move
        two = functional.pad(best[:, :-2], (2, 0), value=NEVER) + skip
        new, steps = torch.stack([best + STAY, one, two]).max(0)
        is_over = (frame >= lengths)[:, None]
        best = torch.where(is_over, best, new + own_scores[:, frame])
        came[frame] = steps.masked_fill(is_over, 0)
    rows = torch.arange(clips)
    last = torch.tensor([len(own) - 1 for own in chains])
    before = (last - 1).clamp(min=0)
    place = torch.where(best[rows, last] > best[rows, before], last, before)
    is_known = best[rows, place] > NEVER / 2
    states = torch.empty(clips, most, dtype=torch.long)
    for frame in range(most - 1, -1, -1):
        states[:, frame] = chain[rows, place]
        place = place - came[frame, rows, place].long()
    is_past = torch.arange(most)[None] >= lengths[:, None]
    return states.masked_fill(is_past | ~is_known[:, None], -1)


def places(pack: Pack, workers: int) -> list[npt.NDArray[np.int8]]:
    """Find each clip's phone at each hundredth of a second: 0 for silence, -1 where it isn't known."""
    clips = Clips(pack)
    chains = [_chain(clip["phones"]) for clip in pack.clips]
    gaussians: Gaussians | None = None

    def work(which: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.integer], Tensor, Tensor]:
        features, is_loud = clips.features(which)
        own = [chains[number] for number in which]
        if gaussians is None:
            return which, _even(clips, which, own, is_loud), features
        scores = torch.logsumexp(gaussians.each(features.flatten(0, 1)), 2).unflatten(0, features.shape[:2])
        return which, _search(scores, clips.frames[which], own), features

    with ThreadPoolExecutor(workers) as pool:
        for mixture, turns in TURNS:
            for _ in range(turns):
                if gaussians is not None and mixture > gaussians.shares.shape[1]:
                    gaussians = gaussians.split()
                sums = Sums(mixture)
                for _, states, features in pool.map(work, clips.batches(LEARN_FROM)):
                    is_known = states >= 0
                    sums.add(features[is_known], states[is_known], gaussians)
                gaussians = sums.gaussians()
        found = [np.empty(0, np.int8)] * len(pack.clips)
        for which, states, _ in pool.map(work, clips.batches(1)):
            phones = torch.where(states > 0, (states + 2) // 3, states).to(torch.int8).numpy()
            for row, number in enumerate(which):
                found[number] = phones[row, : clips.frames[number]]
    return found


@torch.no_grad()
def agreement(pack: Pack, weights: Path) -> dict[str, tuple[int, int]]:
    """Count by source how many phones a network hears where they were found, and of how many.

    Of clips whose every phone it hears. CTC may give a phone at any moment of it, and a little later.
    """
    network = Network.load(torch.load(weights, weights_only=True))
    window, bank = povey_window(), mel_bank(1.0)[None]
    counted = dict[str, tuple[int, int]]()
    for clip in pack.clips[:: max(1, len(pack.clips) // CHECKED)]:
        sound = torch.from_numpy(pack.sound[clip["at"] : clip["at"] + clip["count"]].astype(np.float32))
        best = network(log_mels(sound[None], window, bank)).argmax(2)[0].tolist()
        heard = [(one, i * STRIDE) for i, one in enumerate(best) if one and (i == 0 or best[i - 1] != one)]
        own = pack.places[clip["placed"] : clip["placed"] + clip["frames"]]
        edges = [0, *(np.flatnonzero(np.diff(own)) + 1).tolist(), len(own)]
        spans = [(first, last) for first, last in itertools.pairwise(edges) if own[first] > 0]
        if [one for one, _ in heard] != clip["phones"] or len(spans) != len(heard):
            continue
        within = [
            first - EARLIER <= at <= last + LATER for (first, last), (_, at) in zip(spans, heard, strict=True)
        ]
        right, of = counted.get(clip["source"], (0, 0))
        counted[clip["source"]] = right + sum(within), of + len(within)
    return counted


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pack", type=Path)
    parser.add_argument("--check", type=Path, metavar="WEIGHTS")
    given = parser.parse_args()
    torch.set_num_threads(1)
    workers = os.cpu_count() or 2
    pack = Pack(given.pack, workers)
    if given.check:
        for source, (right, of) in sorted(agreement(pack, given.check).items()):
            print(f"{source}\t{100 * right / of:.1f} % of {of}")
        return
    if pack.places.size:
        print("it is known already where phones lie")
        return
    began = time.monotonic()
    found = places(pack, workers)
    part = given.pack / f"part-{PLACES}"
    np.savez(part, places=np.concatenate(found), fingerprint=pack.fingerprint)
    part.rename(given.pack / PLACES)
    unknown = sum(1 for one in found if one.min() < 0)
    print(f"{len(found)} clips in {time.monotonic() - began:.0f} s; {unknown} too short for their phones")


if __name__ == "__main__":
    main()
