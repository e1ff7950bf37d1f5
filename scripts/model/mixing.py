"""Batches of speech as a home's microphone would give it, made where the network is trained, never twice.

Many clips at once, on a GPU or a core, each with a speed, a simulated room, a noise and a level of its own,
as Kaldi's log-mels; of these another length of the speaker's throat, and another pace without another pitch.
What is left of a coach's voice after our canceller is one more noise: speech in a room, its direct sound
mostly taken away.
"""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from bank import BABBLE, FRAME, HOP, RATE_HZ, Bank, Pack, in_rooms
from features import BINS, HIGH_HZ, LOW_HZ
from network import STRIDE
from shares import CLIPS_FOR_FULL_SHARE, SHARES, WIDE_SPEED
from torch import Tensor
from torch.nn import functional

DRAWN: Final = 6_144
"""Clips that are drawn at a time, to be sorted by length."""
KINDS: Final = ("coloured", "hum", "breathing", "knocks", "music", "babble", "speech", "residual")
KIND_SHARES: Final = (0.27, 0.07, 0.10, 0.07, 0.06, 0.17, 0.12, 0.14)
_FFT: Final = 512
_TAPS: Final = 5
_WARPS: Final = np.linspace(0.84, 1.16, 33)
"""Factors by which frequencies are moved, as another length of throat does."""
_DB_IN_NEPERS: Final = float(np.log(10) / 10)


@dataclass(slots=True, kw_only=True)
class Batch:
    """Clips of like length.

    Attributes:
        mels: Float32 [clips, frames, 40], the last frame repeated.
        frames: Frames of each clip; on the CPU, or CTC would wait for the device to tell them.
        phones: Int64 [clips, most], zeros behind each clip's phones.
        counts: Phones of each clip; on the CPU.
        places: Int64 [clips, ceil(frames / 3)], the phone that each output stands at, 0 for silence, -1 where
            that isn't known and past the end.
    """

    mels: Tensor
    frames: Tensor
    phones: Tensor
    counts: Tensor
    places: Tensor


class Mixer:
    """Makes batches.

    Args:
        pack: The corpus.
        bank: The same clips with rooms and noises, on the device where batches are made.
        seed: Of chance.
        split: "train", or "dev" for clips to watch training by.
        without: Sources that aren't drawn from, and of "rooms", "noise", "speed", "throat", "residual" what
            isn't done.
    """

    def __init__(
        self,
        pack: Pack,
        bank: Bank,
        *,
        seed: int,
        split: str = "train",
        without: frozenset[str] = frozenset(),
    ) -> None:
        self._bank, self._device, self._without = bank, bank.device, without
        self._rng = np.random.default_rng(seed)
        self._chance = torch.Generator(bank.device).manual_seed(seed)
        self._choose(pack, split)
        self._banks = torch.stack([mel_bank(warp) for warp in _WARPS]).to(bank.device)
        self._window = povey_window().to(bank.device)

    def _choose(self, pack: Pack, split: str) -> None:
        clips = [
            clip for clip in pack.clips if clip["split"] == split and clip["source"] not in self._without
        ]
        keys = [
            (clip["source"], clip["kind"])
            for clip in clips
            if split == "dev" or (clip["source"], clip["kind"]) in SHARES
        ]
        self._keys = sorted(set(keys))
        self._pools = [
            np.array([i for i, clip in enumerate(clips) if (clip["source"], clip["kind"]) == key])
            for key in self._keys
        ]
        shares = np.array(
            [
                SHARES.get(key, 1.0) * min(1.0, len(pool) / CLIPS_FOR_FULL_SHARE) ** 0.5
                for key, pool in zip(self._keys, self._pools, strict=True)
            ]
        )
        self._shares = shares / shares.sum()
        self._starts = np.array([clip["at"] for clip in clips])
        self._counts = np.array([clip["count"] for clip in clips])
        self._reach = np.array([0.24 if clip["source"] in WIDE_SPEED else 0.14 for clip in clips])
        self._placed = np.array([clip["placed"] for clip in clips])
        self._frames = np.array([clip["frames"] for clip in clips])
        self._phones = [np.array(clip["phones"]) for clip in clips]
        self._levels = np.array(
            [
                np.sqrt((pack.sound[at : at + count].astype(np.float32) ** 2).mean()) + 1e-3
                for at, count in zip(self._starts, self._counts, strict=True)
            ],
            np.float32,
        )

    def batches(self, *, is_easy: bool, share_s: float) -> list[tuple[Any, ...]]:
        """Plan the next batches, each of so many seconds, padding included; `make` makes one."""
        rng = self._rng
        keys = rng.choice(len(self._keys), DRAWN, p=self._shares)
        drawn = np.array([pool[int(rng.integers(len(pool)))] for pool in (self._pools[key] for key in keys)])
        speeds = np.exp(rng.uniform(-1, 1, DRAWN) * self._reach[drawn])
        speeds[(rng.random(DRAWN) > 0.8) | ("speed" in self._without)] = 1.0
        before, after = rng.uniform(0.05, 0.5, (2, DRAWN))
        lengths = ((before + after) * RATE_HZ + self._counts[drawn] / speeds).astype(int)
        order = np.argsort(lengths)
        groups, group = [], list[int]()
        for place in order:
            if group and (len(group) + 1) * lengths[place] > share_s * RATE_HZ:
                groups.append(group)
                group = []
            group.append(int(place))
        groups.append(group)
        return [
            (drawn[own], speeds[own], (before[own] * RATE_HZ).astype(int), lengths[own], is_easy)
            for own in (groups[place] for place in rng.permutation(len(groups)))
        ]

    def in_turn(self, is_easy: Callable[[], bool], share_s: float) -> Iterator[Batch]:
        """Give batches for ever, each made when it is asked for."""
        while True:
            easy = is_easy()
            for plan in self.batches(is_easy=easy, share_s=share_s):
                if easy and not is_easy():
                    break
                yield self.make(plan)

    def endless(self, is_easy: Callable[[], bool], share_s: float) -> Iterator[Batch]:
        """Give batches for ever, each made while the one before is used: half of the time is Python's."""
        stream = torch.cuda.Stream() if self._device.type == "cuda" else None
        if stream:
            torch.cuda.synchronize()  # what the banks were made of was put there by another stream
        ready = queue.Queue[Batch | BaseException](2)
        is_over = threading.Event()

        def put(one: Batch | BaseException) -> None:
            while not is_over.is_set():
                with contextlib.suppress(queue.Full):
                    ready.put(one, timeout=0.2)
                    return

        def work() -> None:
            try:
                while not is_over.is_set():
                    easy = is_easy()
                    for plan in self.batches(is_easy=easy, share_s=share_s):
                        if is_over.is_set() or (easy and not is_easy()):
                            break
                        with torch.cuda.stream(stream) if stream else contextlib.nullcontext():
                            batch = self.make(plan)
                        if stream:
                            stream.synchronize()
                        put(batch)
            except BaseException as problem:  # noqa: BLE001, raised again where batches are used
                put(problem)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            while True:
                batch = ready.get()
                if isinstance(batch, BaseException):
                    raise batch
                if stream:
                    for made in (batch.mels, batch.phones):
                        made.record_stream(torch.cuda.current_stream())
                yield batch
        finally:
            is_over.set()
            thread.join()

    @torch.no_grad()
    def make(self, plan: tuple[Any, ...]) -> Batch:
        """Make the batch of a plan."""
        drawn, speeds, before, lengths, is_easy = plan
        rng, device = self._rng, self._device
        clips, longest = len(drawn), int(-(-lengths.max() // 1_600) * 1_600)

        def put(values: npt.ArrayLike, kind: torch.dtype = torch.float32) -> Tensor:
            return torch.from_numpy(np.asarray(values)).to(device, kind)

        lengths_there = put(lengths, torch.long)
        at = torch.arange(longest, device=device)
        sound = self._resampled(
            (self._starts[drawn], self._counts[drawn], self._levels[drawn]), speeds, before, longest
        )
        power = (sound**2).sum(1) / put(self._counts[drawn] / speeds)
        in_room = rng.random(clips) < (0.2 if is_easy else 0.7)
        if "rooms" not in self._without and in_room.any():
            which = torch.from_numpy(np.flatnonzero(in_room)).to(device)
            sound[which] = in_rooms(sound[which], self._bank.rooms(len(which)))
        noise, snr_db, is_alone, is_mute = self._noises(clips, longest, is_easy=is_easy)
        gain = torch.sqrt(power) * 10 ** (-put(snr_db) / 20)
        sound = torch.where(put(is_alone, torch.bool)[:, None], 0.0, sound)
        gain = torch.where(put(is_alone, torch.bool), 0.1, gain)
        noise = noise * (gain / (torch.sqrt((noise**2).mean(1)) + 1e-6))[:, None]
        air = torch.randn(sound.shape, generator=self._chance, device=device)
        air *= put(10 ** rng.uniform(-4.5, -3, clips))[:, None]
        sound = sound + torch.where(put(is_mute, torch.bool)[:, None], air, noise)
        sound = sound * (at < lengths_there[:, None])
        level_dbfs = np.where(is_alone, rng.uniform(-50, -15, clips), rng.uniform(-36, -12, clips))
        rms = torch.sqrt((sound**2).sum(1) / lengths_there) + 1e-9
        sound = torch.round(sound * (put(10 ** (level_dbfs / 20)) * 32767 / rms)[:, None])
        mels, frames, moments = self._mels(sound.clamp(-32768, 32767), lengths)
        moments = (moments[:, ::STRIDE] * HOP + FRAME / 2 - put(before)[:, None]) * put(speeds)[:, None]
        counts = np.array(
            [0 if alone else len(self._phones[i]) for i, alone in zip(drawn, is_alone, strict=True)]
        )
        phones = np.zeros((clips, max(1, counts.max())), np.int64)
        for row, (i, count) in enumerate(zip(drawn, counts, strict=True)):
            phones[row, :count] = self._phones[i][:count]
        is_past = STRIDE * torch.arange(moments.shape[1])[None] >= frames[:, None]
        places = self._phones_at(moments, drawn).masked_fill(put(is_alone, torch.bool)[:, None], 0)
        return Batch(
            mels=mels,
            frames=frames,
            phones=put(phones, torch.long),
            counts=torch.from_numpy(counts),
            places=places.masked_fill(is_past.to(device), -1),
        )

    def _phones_at(self, samples: Tensor, drawn: Any) -> Tensor:
        """Give the phones at moments of clips, in samples from each one's first: [clips, moments]."""
        frame = torch.round((samples - FRAME / 2) / HOP).long()
        frames = torch.from_numpy(self._frames[drawn]).to(self._device)[:, None]
        first = torch.from_numpy(self._placed[drawn]).to(self._device)[:, None]
        phones = self._bank.places[first + torch.minimum(frame.clamp(min=0), frames - 1)].long()
        return torch.where((frame >= 0) & (frame < frames), phones, 0)

    def _resampled(self, what: tuple[Any, Any, Any], speeds: Any, before: Any, longest: int) -> Tensor:
        """Give clips [clips, longest] at other speeds, their mean square 0.01: a windowed sinc of 10 taps."""
        first, count = (torch.from_numpy(values).to(self._device)[:, None] for values in what[:2])
        level = torch.from_numpy(what[2]).to(self._device)
        speed = torch.from_numpy(speeds).to(self._device, torch.float32)[:, None]
        begins = torch.from_numpy(before).to(self._device)[:, None]
        most, edge = int(what[1].max()), 2 * _TAPS
        inner = torch.arange(most, device=self._device)[None]
        got = self._bank.sound[(inner + first).clamp(max=len(self._bank.sound) - 1)]
        clips = functional.pad(torch.where(inner < count, got.float(), 0.0), (edge, edge + 1))
        rows = torch.arange(len(clips), device=self._device)[:, None] * clips.shape[1] + edge
        place = (torch.arange(longest, device=self._device)[None] - begins) * speed
        base = torch.floor(place)
        part = place - base
        index = base.long().clamp(-_TAPS - 1, most + _TAPS) + rows
        sound = torch.zeros_like(place)
        for tap, weight in _weights(part, (1 / speed).clamp(max=1.0)):
            sound.addcmul_(clips.take(index + tap), weight)
        return sound * (0.1 / level)[:, None]

    def _noises(self, clips: int, length: int, *, is_easy: bool) -> tuple[Tensor, Any, Any, Any]:
        """Draw noises [clips, length], how far below the speech each is, which are alone, which are none."""
        rng = self._rng
        shares = np.array(KIND_SHARES)
        if "residual" in self._without:
            shares[KINDS.index("residual")] = 0
        kinds = rng.choice(len(KINDS), clips, p=shares / shares.sum())
        noise = self._bank.noises(np.minimum(kinds, BABBLE), length)
        talks = np.flatnonzero(kinds >= KINDS.index("speech"))
        if len(talks):
            which = torch.from_numpy(talks).to(self._device)
            responses = self._bank.rooms(len(talks))
            is_left = torch.from_numpy(kinds[talks] == KINDS.index("residual")).to(self._device)
            taken = torch.from_numpy(rng.uniform(0.03, 0.4, len(talks))).to(self._device, torch.float32)
            until = torch.from_numpy(rng.integers(400, 4_000, len(talks))).to(self._device)
            early = torch.arange(responses.shape[1], device=self._device)[None] < until[:, None]
            responses = torch.where(is_left[:, None] & early, responses * taken[:, None], responses)
            noise[which] = in_rooms(self._bank.talking(len(talks), length), responses)
        snr_db = rng.uniform(0, 30, clips)
        snr_db = np.where(kinds == KINDS.index("speech"), rng.uniform(6, 30, clips), snr_db)
        is_speech = kinds >= KINDS.index("speech")
        is_mute = np.full(clips, is_easy) | (rng.random(clips) > 0.85) | ("noise" in self._without)
        is_alone = ~is_mute & ~is_speech & (rng.random(clips) < 0.05)
        return noise, snr_db, is_alone, is_mute

    def _mels(self, sound: Tensor, lengths: Any) -> tuple[Tensor, Tensor, Tensor]:
        """Compute Kaldi's log-mels, with another throat and another pace, and hide a little of them.

        Returns:
            The log-mels; frames of each clip; the frame of the sound that each is, before it was paced.
        """
        rng, device = self._rng, self._device
        clips = len(sound)
        warps = rng.integers(0, len(_WARPS), clips)
        warps[(rng.random(clips) < 0.3) | ("throat" in self._without)] = len(_WARPS) // 2
        mels = log_mels(sound, self._window, self._banks[torch.from_numpy(warps).to(device)])
        frames = 1 + (lengths - FRAME) // HOP
        paces = np.exp(rng.uniform(-0.18, 0.18, clips))
        paces[(rng.random(clips) < 0.5) | ("speed" in self._without)] = 1.0
        paced = np.maximum((frames / paces).astype(int), 1)
        place = (
            torch.arange(int(paced.max()), device=device)[None]
            * torch.from_numpy(paces).to(device).float()[:, None]
        )
        last = torch.from_numpy(frames - 1).to(device)[:, None]
        place = torch.minimum(place, last.float())
        low = place.long()
        high = torch.minimum(low + 1, last)
        part = (place - low)[:, :, None]
        row = torch.arange(clips, device=device)[:, None]
        mels = mels[row, low] * (1 - part) + mels[row, high] * part
        return self._hidden(self._coloured(mels)), torch.from_numpy(paced), place

    def _coloured(self, mels: Tensor) -> Tensor:
        """Change the level by -8 to 6 dB and the colour by a smooth curve."""
        clips, rng = len(mels), self._rng
        across = np.linspace(-1, 1, BINS)
        wave = np.cos(np.pi * across * rng.uniform(0.5, 2, (clips, 1)) + rng.uniform(0, 6, (clips, 1)))
        curve_db = rng.uniform(-8, 6, (clips, 1)) + rng.normal(0, 2.0, (clips, 1)) * across
        curve_db = curve_db + rng.normal(0, 1.5, (clips, 1)) * wave
        return mels + torch.from_numpy(curve_db * _DB_IN_NEPERS).to(self._device, torch.float32)[:, None]

    def _hidden(self, mels: Tensor) -> Tensor:
        """Hide some bands of half of the clips, and a moment of two in five."""
        clips, frames, bins = mels.shape
        rng, mean = self._rng, mels.mean((1, 2), keepdim=True)
        for axis, size, share in ((2, bins, 0.5), (1, frames, 0.4)):
            width = rng.integers(1, 7, clips) * (rng.random(clips) < share)
            low = rng.integers(0, max(1, size - 7), clips)
            at = np.arange(size)[None]
            is_in = torch.from_numpy((at >= low[:, None]) & (at < (low + width)[:, None])).to(self._device)
            mels = torch.where(is_in[:, None, :] if axis == 2 else is_in[:, :, None], mean, mels)
        return mels


def povey_window() -> Tensor:
    """Give Kaldi's window, [400]."""
    return torch.hann_window(FRAME, periodic=False) ** 0.85


def log_mels(sound: Tensor, window: Tensor, banks: Tensor) -> Tensor:
    """Compute Kaldi's log-mels: [clips, samples] on int16's scale to [clips, frames, 40].

    Args:
        sound: The samples.
        window: Kaldi's "povey", [400].
        banks: A bank for each clip, [clips, 257, 40].
    """
    frames = sound.unfold(1, FRAME, HOP)
    frames = frames - frames.mean(2, keepdim=True)
    frames = torch.cat([frames[:, :, :1] * 0.03, frames[:, :, 1:] - 0.97 * frames[:, :, :-1]], 2) * window
    spectrum = torch.fft.rfft(functional.pad(frames, (0, _FFT - FRAME)))
    power = spectrum.real**2 + spectrum.imag**2
    return torch.log(torch.bmm(power, banks).clamp(min=1.1920929e-07))


def _weights(part: Tensor, cut: Tensor) -> Iterator[tuple[int, Tensor]]:
    """Give the weight of each tap of a windowed sinc.

    Args:
        part: How far behind the tap at 0 the wanted moment lies, 0 to 1, [clips, samples].
        cut: What is let through, of half the rate, [clips, 1].
    """
    sines, cosines = torch.sin(torch.pi * cut * part), torch.cos(torch.pi * cut * part)
    reach = torch.pi / (_TAPS + 0.5)
    half_sines, half_cosines = 0.5 * torch.sin(reach * part), 0.5 * torch.cos(reach * part)
    for tap in range(1 - _TAPS, _TAPS + 1):
        away = part - tap
        if tap in {0, 1}:  # where a difference of products is too coarse
            weight = cut * torch.sinc(cut * away)
        else:
            turn = cut * (torch.pi * tap)
            weight = (sines * torch.cos(turn) - cosines * torch.sin(turn)).div_(away.mul_(torch.pi))
        window = half_cosines * float(np.cos(reach * tap)) + 0.5
        yield tap, weight.mul_(window.add_(half_sines, alpha=float(np.sin(reach * tap))))


def mel_bank(warp: float) -> Tensor:
    """Give Kaldi's triangles [257, 40] over frequencies that are moved by a factor, less so at the top."""
    hz = np.arange(_FFT // 2) * RATE_HZ / _FFT
    bend = 4_800 * min(warp, 1.0) / warp
    nyquist = RATE_HZ / 2
    moved = np.where(
        hz <= bend, hz * warp, bend * warp + (hz - bend) * (nyquist - bend * warp) / (nyquist - bend)
    )
    mel = 1127 * np.log(1 + moved / 700)
    edges = np.linspace(1127 * np.log(1 + LOW_HZ / 700), 1127 * np.log(1 + HIGH_HZ / 700), BINS + 2)
    up = (mel[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[None, 2:] - mel[:, None]) / (edges[2:] - edges[1:-1])
    bank = np.maximum(0, np.minimum(up, down))
    return torch.from_numpy(np.pad(bank, ((0, 1), (0, 0)))).float()
