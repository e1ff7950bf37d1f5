"""Train the network on batches that are mixed as they are needed: no sound is heard twice alike.

    train.py PACK --to FOLDER [--hours H] [--seconds S] [--seed N] [--ablate NAME ...]

PACK is what `pack.py` wrote. Hours count sound seen; with --seconds the learning rate has fallen by then, if
that is sooner (of this call, when a run goes on). Three stages: the phone at each moment as `align.py` found
it, CTC on near and quiet clips, CTC on all. Beside CTC another output goes on learning the phone at each
moment, less and less. FOLDER/best.pt is the average of the weights, which is what `export.py --weights`
takes. A run that was broken off is begun again with the same words and goes on where it was
(FOLDER/state.pt). With --ablate the network is trained again, without each named part in turn, to
FOLDER/NAME.pt.

On a GPU a batch is ten minutes of sound, and the next one is mixed while it is used. On a processor each
core mixes and uses a small one of its own, and a step is taken along the mean of what they say.
"""

import argparse
import contextlib
import copy
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import torch
from bank import Bank, Pack
from lexicon import distance
from mixing import Batch, Mixer
from muon import Muon
from network import OUTPUTS, STRIDE, WIDTH, Network
from shares import VARIANTS
from torch import Tensor, nn
from torch.nn import functional

HOURS: Final = {"cuda": 2_200.0, "cpu": 340.0}
BATCH_S: Final = {"cuda": 600.0, "cpu": 36.0}
"""Seconds of sound in a batch, padding included."""
STATE: Final = "state.pt"
REPORT_EVERY_S: Final = {"cuda": 20.0, "cpu": 300.0}
PEAK_RATE: Final = 3e-3
MUON_RATE: Final = 8e-3
"""Of matrices' steps; of all else's the one above."""
WARM_STEPS: Final = 300
FLAT_SHARE: Final = 0.015
EASY_SHARE: Final = 0.05
"""Of the run, up to where it guesses, and up to where clips are easy."""
LEAST_FLAT_STEPS: Final = 150
FALL_SHARE: Final = 0.6
"""Of the run, in which the rate falls to nothing."""
AVERAGE: Final = 0.998


class Learner(nn.Module):
    """The network, and an output beside its own that is only there to learn by."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.network = Network(width)
        self.place = nn.Linear(width, OUTPUTS)

    def loss(self, batch: Batch, *, is_flat: bool, place_share: float) -> Tensor:
        """Compute the loss of a batch.

        Args:
            batch: What is heard.
            is_flat: Whether both outputs learn the phone at each moment; else the network's own learns CTC.
            place_share: What the other one's loss counts for.
        """
        # In float32 on a processor: one that lacks bfloat16 takes ten times as long for it.
        with torch.autocast(batch.mels.device.type, dtype=torch.bfloat16, enabled=batch.mels.is_cuda):
            hidden = self.network.hidden(batch.mels)
            places = self.place(hidden)
            scores = self.network.scores(hidden)
        at = batch.places.flatten()
        placed = functional.cross_entropy(places.float().flatten(0, 1), at, ignore_index=-1)
        if is_flat:
            return placed * place_share + functional.nll_loss(scores.flatten(0, 1), at, ignore_index=-1)
        each = functional.ctc_loss(
            scores.transpose(0, 1).contiguous(),
            batch.phones,
            -(-batch.frames // STRIDE),
            batch.counts,
            reduction="none",
            zero_infinity=True,
        )
        return placed * place_share + (each / (batch.counts.to(each.device) + 3)).mean()


class Watch:
    """People who aren't in training: phone errors of a greedy reading, near, and in rooms and noise."""

    def __init__(self, pack: Pack, bank: Bank) -> None:
        quiet = Mixer(
            pack, bank, seed=1, split="dev", without=frozenset({"rooms", "noise", "speed", "throat"})
        )
        hard = Mixer(pack, bank, seed=2, split="dev", without=frozenset({"speed", "throat"}))
        self._sets = {
            name: [mixer.make(plan) for plan in mixer.batches(is_easy=False, share_s=240)[:6]]
            for name, mixer in (("near", quiet), ("hard", hard))
        }

    @torch.no_grad()
    def report(self, state: dict[str, Tensor]) -> dict[str, float]:
        """Give the phone errors in percent."""
        network = Network.load(state).to(next(iter(state.values())).device)
        return {name: round(self._errors(network, batches), 1) for name, batches in self._sets.items()}

    def _errors(self, network: Network, batches: list[Batch]) -> float:
        wrong = of = 0
        for batch in batches:
            best = network(batch.mels).argmax(2)
            rows = zip(best.tolist(), (-(-batch.frames // STRIDE)).tolist(), strict=True)
            truths = zip(batch.phones.tolist(), batch.counts.tolist(), strict=True)
            for (outputs, length), (phones, count) in zip(rows, truths, strict=True):
                own = outputs[:length]
                heard = [one for i, one in enumerate(own) if one and (i == 0 or own[i - 1] != one)]
                wrong += distance(heard, phones[:count])
                of += count
        return 100 * wrong / max(1, of)


class Worker:
    """A copy of the learner, and the batches that it is shown.

    Args:
        learner: The copy.
        mixer: What mixes its batches.
        batch_s: Seconds of sound in a batch.
        mixes_beside: Whether a batch is mixed while another is used.
    """

    def __init__(self, learner: Learner, mixer: Mixer, *, batch_s: float, mixes_beside: bool) -> None:
        self.learner, self.is_easy = learner, True
        source = mixer.endless if mixes_beside else mixer.in_turn
        self._batches: Iterator[Batch] = source(lambda: self.is_easy, batch_s)

    def work(self, *, is_flat: bool, place_share: float) -> tuple[Tensor, float]:
        """Mix and use one batch: leave the gradients, and give the loss and the hours of sound."""
        batch = next(self._batches)
        loss = self.learner.loss(batch, is_flat=is_flat, place_share=place_share)
        self.learner.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach(), float(batch.frames.sum()) / 100 / 3600

    def close(self) -> None:
        """Mix no more."""
        self._batches.close()  # type: ignore[attr-defined]


class Run:
    """One training run.

    Args:
        mixers: One for each batch of a step, with chances of their own.
        device: Where the network is.
        seed: Of the first weights.
        width: Of the layers.
        of: What tells this run from another.
    """

    def __init__(
        self, mixers: list[Mixer], device: torch.device, *, seed: int, width: int = WIDTH, of: str = ""
    ) -> None:
        torch.manual_seed(seed)
        self.learner = Learner(width).to(device).train()
        beside = device.type == "cuda"
        self._workers = [
            Worker(
                copy.deepcopy(self.learner) if number else self.learner,
                mixer,
                batch_s=BATCH_S[device.type],
                mixes_beside=beside,
            )
            for number, mixer in enumerate(mixers)
        ]
        self._every_s = REPORT_EVERY_S[device.type]
        weights = dict(self.learner.named_parameters())
        turned = [name for name, one in weights.items() if one.ndim == 2 and len(one) != OUTPUTS]
        self._muon = Muon(weights[name] for name in turned)
        rest = [one for name, one in weights.items() if name not in turned]
        self._adam = torch.optim.AdamW(rest, lr=PEAK_RATE, weight_decay=1e-2, fused=True)
        self.average = {name: value.clone() for name, value in self.learner.network.state_dict().items()}
        self.hours, self.steps, self._of = 0.0, 0, of

    def train(self, hours: float, seconds: float, watch: Watch | None, path: Path) -> dict[str, Any]:
        """Train to the end, and write the averaged weights; where it is watched, keep its state, too."""
        began = told = time.monotonic()
        losses = list[Tensor]()
        state = path.with_name(STATE)
        with contextlib.ExitStack() as open_ones:
            for worker in self._workers:
                open_ones.callback(worker.close)
            pool = open_ones.enter_context(ThreadPoolExecutor(len(self._workers)))
            while True:
                now = time.monotonic()
                done = max(self.hours / hours, (now - began) / seconds)
                if done >= 1:
                    break
                losses.append(self._step(pool, done))
                if watch and now - told > self._every_s:
                    told = now
                    about = {"s": round(now - began), "hours": round(self.hours, 1), "steps": self.steps}
                    about |= {"loss": round(float(torch.stack(losses).mean()), 3)}
                    print(json.dumps(about | watch.report(self.average)), flush=True)
                    losses.clear()
                    self._save(path)
                    self._keep(state)
        self._save(path)
        if watch:
            self._keep(state)
        about = {"seconds": round(time.monotonic() - began), "hours": round(self.hours), "steps": self.steps}
        return about | (watch.report(self.average) if watch else {})

    def go_on(self, kept: dict[str, Any]) -> None:
        """Go on from what was kept of a run that was broken off."""
        for worker in self._workers:
            worker.learner.load_state_dict(kept["learner"])
        self._adam.load_state_dict(kept["adam"])
        self._muon.load_state_dict(kept["muon"])
        self.average, self.hours, self.steps = kept["average"], kept["hours"], kept["steps"]
        print(f"goes on after {self.hours:.1f} hours, {self.steps} steps", flush=True)

    def _save(self, path: Path) -> None:
        _write({name: value.cpu() for name, value in self.average.items()}, path)

    def _keep(self, path: Path) -> None:
        kept = {
            "learner": self.learner.state_dict(),
            "adam": self._adam.state_dict(),
            "muon": self._muon.state_dict(),
        }
        about = {"average": self.average, "hours": self.hours, "steps": self.steps, "of": self._of}
        _write(kept | about, path)

    def _step(self, pool: ThreadPoolExecutor, done: float) -> Tensor:
        fall = max(min(1.0, (1 - done) / FALL_SHARE), 0.005)
        warm = min(1.0, (self.steps + 1) / WARM_STEPS)
        for group in self._adam.param_groups:
            group["lr"] = PEAK_RATE * warm * fall
        is_flat = done < FLAT_SHARE or self.steps < LEAST_FLAT_STEPS
        for worker in self._workers:
            worker.is_easy = done < EASY_SHARE
        made = list(pool.map(lambda worker: worker.work(is_flat=is_flat, place_share=fall), self._workers))
        self._gather()
        nn.utils.clip_grad_norm_(self.learner.parameters(), 2.0)
        self._adam.step()
        self._muon.step(MUON_RATE * warm * fall, pool)
        self.steps += 1
        self.hours += sum(heard for _, heard in made)
        keep = min(AVERAGE, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for worker in self._workers[1:]:
                torch._foreach_copy_(list(worker.learner.parameters()), list(self.learner.parameters()))
            state = self.learner.network.state_dict()
            names = [name for name, value in state.items() if value.is_floating_point()]
            torch._foreach_lerp_([self.average[n] for n in names], [state[n] for n in names], 1 - keep)
        return torch.stack([loss for loss, _ in made]).mean()

    def _gather(self) -> None:
        """Leave the mean of all gradients in the learner that steps are taken with."""
        every = [[own.grad for own in worker.learner.parameters()] for worker in self._workers]
        for other in every[1:]:
            torch._foreach_add_(every[0], other)
        torch._foreach_mul_(every[0], 1 / len(every))


def _write(what: dict[str, Any], path: Path) -> None:
    part = path.with_suffix(".part")
    torch.save(what, part)
    part.rename(path)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pack", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--hours", type=float, help=f"{HOURS['cuda']:.0f} on a GPU, else {HOURS['cpu']:.0f}")
    parser.add_argument("--seconds", type=float, default=86_400.0)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--ablate", nargs="*", choices=VARIANTS, default=[])
    parser.add_argument("--ablation-hours", type=float, default=200.0)
    parser.add_argument("--share", type=float, default=1.0, help="of hours, rooms, noises, for a trial")
    given = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cuda.matmul.allow_tf32 = True
    given.to.mkdir(parents=True, exist_ok=True)
    cores = os.cpu_count() or 2
    workers = 1 if device.type == "cuda" else cores
    began = time.monotonic()
    pack = Pack(given.pack, cores)
    print(f"pack read after {time.monotonic() - began:.1f} s", flush=True)
    if not pack.places.size:
        sys.exit(f"It isn't known where in the clips the phones lie: align.py {given.pack}")
    bank = Bank(pack, device, seed=given.seed, workers=cores, share=given.share)
    watch = Watch(pack, bank)
    print(f"ready after {time.monotonic() - began:.1f} s", flush=True)
    torch.set_num_threads(1)

    of = f"{pack.fingerprint} {given.share} {given.seed} places"
    if (hours := given.share * (HOURS[device.type] if given.hours is None else given.hours)) > 0:
        kept = _kept(given.to / STATE, of, device)
        seeds = [given.seed + kept.get("steps", 0) + number for number in range(workers)]
        mixers = [Mixer(pack, bank.seeded(seed), seed=seed) for seed in seeds]
        run = Run(mixers, device, seed=given.seed, of=of)
        if kept:
            run.go_on(kept)
        about = run.train(hours, given.seconds, watch, given.to / "best.pt")
        print("best", json.dumps(about), flush=True)
    for name in given.ablate:
        without = frozenset(VARIANTS[name])
        seeds = [given.seed + number for number in range(workers)]
        mixers = [Mixer(pack, bank.seeded(seed), seed=seed, without=without) for seed in seeds]
        width = int(name.split("-")[1]) if name.startswith("width") else WIDTH
        run = Run(mixers, device, seed=given.seed, width=width)
        hours = given.share * given.ablation_hours
        about = run.train(hours, given.seconds, None, given.to / f"{name}.pt")
        print(name, json.dumps(about | watch.report(run.average)), flush=True)


def _kept(state: Path, of: str, device: torch.device) -> dict[str, Any]:
    """Read what was kept of a run that was broken off; empty where there was none."""
    if not state.is_file():
        return {}
    kept: dict[str, Any] = torch.load(state, weights_only=True, map_location=device)
    if kept.get("of") != of:
        sys.exit(f"{state} is of another corpus, share or seed. Take it away, or name another folder.")
    return kept


if __name__ == "__main__":
    main()
