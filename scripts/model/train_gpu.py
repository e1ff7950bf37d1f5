"""Train the network where there is a GPU: batches are made there, and no sound is heard twice alike.

    train_gpu.py PACK --to FOLDER [--hours H] [--seconds S] [--seed N] [--without PART ...] [--only NAME ...]

PACK is what `pack.py` wrote. Hours count sound seen; with --seconds the learning rate has fallen by then, if
that is sooner. Three stages, as in `train.py`: guesses of where each phone lies, CTC on near and quiet clips,
CTC on all. FOLDER/best.pt is the average of the weights, which is what `export.py --weights` takes. With
--ablate the network is trained again, without each part in turn, to FOLDER/NAME.pt. It runs without a GPU,
too, a thousand times slower: enough to see that it runs.
"""

import argparse
import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any, Final

import shares
import torch
from bank import Bank, Pack
from lexicon import distance
from mixing import BATCH_S, Batch, Mixer
from network import STRIDE, WIDTH, Network
from torch import Tensor
from torch.nn import functional

PEAK_RATE: Final = 3e-3
WARM_STEPS: Final = 300
FLAT_SHARE: Final = 0.015
EASY_SHARE: Final = 0.05
"""Of the run, up to where it guesses, and up to where clips are easy."""
LEAST_FLAT_STEPS: Final = 350
FALL_SHARE: Final = 0.6
"""Of the run, in which the rate falls to nothing."""
AVERAGE: Final = 0.998
REPORT_EVERY_S: Final = 20.0
VARIANTS: Final = shares.VARIANTS | {"no-residual": ("residual",)}


def loss_of(network: Network, batch: Batch, *, is_flat: bool) -> Tensor:
    """Compute the loss of a batch: by guessed places, or CTC."""
    with torch.autocast(batch.mels.device.type, dtype=torch.bfloat16):
        scores = network(batch.mels)
    lengths = -(-batch.frames // STRIDE)
    if is_flat:
        return functional.nll_loss(scores.flatten(0, 1), guessed(batch, scores.shape[1]).flatten())
    each = functional.ctc_loss(
        scores.transpose(0, 1).contiguous(),
        batch.phones,
        lengths,
        batch.counts,
        reduction="none",
        zero_infinity=True,
    )
    return (each / (batch.counts.to(each.device) + 3)).mean()


def guessed(batch: Batch, outputs: int) -> Tensor:
    """Guess the phone at each output: spread evenly over the loud stretch, and blank elsewhere."""
    device = batch.mels.device
    at = torch.arange(outputs, device=device)[None]
    lengths = (-(-batch.frames // STRIDE)).to(device)
    loudness = batch.mels[:, ::STRIDE].mean(2)[:, :outputs]
    is_own = at < lengths[:, None]
    most = loudness.masked_fill(~is_own, -1e9).max(1, keepdim=True).values
    least = loudness.masked_fill(~is_own, 1e9).min(1, keepdim=True).values
    is_loud = (loudness > most - 0.45 * (most - least)) & is_own
    first = torch.where(is_loud, at, outputs).min(1, keepdim=True).values
    last = torch.where(is_loud, at, -1).max(1, keepdim=True).values + 1
    counts = batch.counts.to(device)[:, None]
    which = (at - first) * counts // (last - first).clamp(min=1)
    which = torch.minimum(which.clamp(min=0), (counts - 1).clamp(min=0))
    phones = torch.gather(batch.phones, 1, which)
    return torch.where((at >= first) & (at < last) & (counts > 0), phones, 0)


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


class Run:
    """One training run."""

    def __init__(
        self, mixer: Mixer, device: torch.device, *, seed: int, batch_s: float, width: int = WIDTH
    ) -> None:
        torch.manual_seed(seed)
        self._mixer, self._batch_s, self.is_simple = mixer, batch_s, False
        self.network = Network(width).to(device)
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=PEAK_RATE, weight_decay=1e-2, fused=device.type == "cuda"
        )
        self.average = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.hours, self.steps = 0.0, 0

    def train(self, hours: float, seconds: float, watch: Watch | None, path: Path) -> dict[str, Any]:
        """Train to the end, and write the averaged weights."""
        began = told = time.monotonic()
        losses = list[Tensor]()
        done = 0.0
        source = self._mixer.in_turn if self.is_simple else self._mixer.endless
        batches = source(lambda: done < EASY_SHARE, self._batch_s)
        with contextlib.closing(batches):
            for batch in batches:
                now = time.monotonic()
                done = max(self.hours / hours, (now - began) / seconds)
                if done >= 1:
                    break
                losses.append(self._step(batch, done))
                if watch and now - told > REPORT_EVERY_S:
                    told = now
                    about = {"s": round(now - began), "hours": round(self.hours), "steps": self.steps}
                    about |= {"loss": round(float(torch.stack(losses).mean()), 3)}
                    print(json.dumps(about | watch.report(self.average)), flush=True)
                    losses.clear()
                    self._save(path)
        self._save(path)
        about = {"seconds": round(time.monotonic() - began), "hours": round(self.hours), "steps": self.steps}
        return about | (watch.report(self.average) if watch else {})

    def _save(self, path: Path) -> None:
        part = path.with_suffix(".part")
        torch.save({name: value.cpu() for name, value in self.average.items()}, part)
        part.rename(path)

    def _step(self, batch: Batch, done: float) -> Tensor:
        self.network.train()
        rate = (
            PEAK_RATE
            * min(1.0, (self.steps + 1) / WARM_STEPS)
            * max(min(1.0, (1 - done) / FALL_SHARE), 0.005)
        )
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        is_flat = done < FLAT_SHARE or self.steps < LEAST_FLAT_STEPS
        loss = loss_of(self.network, batch, is_flat=is_flat)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self._optimiser.step()
        self.steps += 1
        self.hours += float(batch.frames.sum()) / 100 / 3600
        keep = min(AVERAGE, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            state = self.network.state_dict()
            names = [name for name, value in state.items() if value.is_floating_point()]
            torch._foreach_lerp_([self.average[n] for n in names], [state[n] for n in names], 1 - keep)
        return loss.detach()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pack", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--hours", type=float, default=3_000.0)
    parser.add_argument("--seconds", type=float, default=86_400.0)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--batch-s", type=float, default=BATCH_S)
    parser.add_argument("--ablate", nargs="*", choices=VARIANTS, default=[])
    parser.add_argument("--ablation-hours", type=float, default=200.0)
    parser.add_argument("--in-turn", action="store_true", help="make no batch while another is used")
    parser.add_argument("--share", type=float, default=1.0, help="of rooms and noises, to see that it runs")
    given = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cuda.matmul.allow_tf32 = True
    given.to.mkdir(parents=True, exist_ok=True)
    workers = os.cpu_count() or 2
    began = time.monotonic()
    pack = Pack(given.pack, workers)
    print(f"pack read after {time.monotonic() - began:.1f} s", flush=True)
    bank = Bank(pack, device, seed=given.seed, workers=workers, share=given.share)
    watch = Watch(pack, bank)
    print(f"ready after {time.monotonic() - began:.1f} s", flush=True)
    if given.hours > 0:
        run = Run(Mixer(pack, bank, seed=given.seed), device, seed=given.seed, batch_s=given.batch_s)
        run.is_simple = given.in_turn
        about = run.train(given.hours, given.seconds, watch, given.to / "best.pt")
        print("best", json.dumps(about), flush=True)
    for name in given.ablate:
        own = Mixer(pack, bank, seed=given.seed, without=frozenset(VARIANTS[name]))
        width = int(name.split("-")[1]) if name.startswith("width") else WIDTH
        run = Run(own, device, seed=given.seed, batch_s=given.batch_s, width=width)
        about = run.train(given.ablation_hours, given.seconds, None, given.to / f"{name}.pt")
        print(name, json.dumps(about | watch.report(run.average)), flush=True)


if __name__ == "__main__":
    main()
