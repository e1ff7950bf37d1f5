"""Commands spoken over the coach, heard with a warm canceller in a closed loop.

The coach talks on and on through a loudspeaker; its echo comes back through a room; one ear hears it all,
with what was played as its reference. When somebody is heard to begin, the coach steps back, as late as the
loudspeaker's buffer makes it, and comes up again when the words are known.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from matside.hear.ear import Ear, Hearing
from matside.hear.vosk_recogniser import Model, VoskRecogniser
from matside.measure.acoustics import active_db, at_active_db, through
from matside.measure.hearing import BLOCK, Judge, Result, Scene, note
from matside.measure.mix import ECHO_DB, echo_path
from matside.pcm import HEARING_RATE_HZ, Pcm, Signal
from matside.run.loop import DUCK_AT_MOST_MS, DUCK_DB, OWN_LINES_KEPT_MS
from matside.session.command import Ignored, Situation
from matside.understand.echo import OwnLine, is_louder_than_echo
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import SpeechBegan
from matside.units import Db, Ms, Samples

WARM_UP_S: Final = 20
SPEAKER_BUFFER_MS: Final[Ms] = 100
PAUSE: Final[Samples] = HEARING_RATE_HZ * 3 // 10
SPOKEN_DB: Final = -20.0
_HISS: Final = 5e-4
_LATENCY: Final[Samples] = 2_400
_LEAST_LATENCY: Final[Samples] = 320
_MOST_LATENCY: Final[Samples] = 5_600
_JUMP_MS: Final = (10, 120)
_DROPPED: Final = 0.5
"""Of the jumps; in the others sound is held up."""
_RAMP: Final = 0.5
"""How much of the way a block of 32 ms moves the gain; the mixer takes 20 ms for it."""


class Coach:
    """A loudspeaker that says one line after the other, and remembers when."""

    def __init__(self, lines: Sequence[tuple[str, Signal]]) -> None:
        self._lines = [(text, at_active_db(sound, SPOKEN_DB)) for text, sound in lines if len(sound)]
        self.said = 0
        self._left = np.zeros(0, np.float32)
        self._at: Samples = 0
        self._gain = self._target = 1.0
        self._orders: list[tuple[Ms, float]] = []
        self._up_again_ms: Ms | None = None
        self.own: list[OwnLine] = []

    def step_back(self, now_ms: Ms) -> None:
        """Order the duck."""
        self._orders.append((now_ms + SPEAKER_BUFFER_MS, 10 ** (DUCK_DB / 20)))
        self._up_again_ms = now_ms + DUCK_AT_MOST_MS

    def come_up(self, now_ms: Ms) -> None:
        """Order its end."""
        self._orders.append((now_ms + SPEAKER_BUFFER_MS, 1.0))
        self._up_again_ms = None

    def play(self, count: Samples) -> tuple[Signal, Signal]:
        """Give what is said next, and how it is played: ducked where somebody speaks."""
        now_ms = self._at // 16
        if self._up_again_ms is not None and now_ms >= self._up_again_ms:
            self.come_up(now_ms)
        while self._orders and self._orders[0][0] <= now_ms:
            self._target = self._orders.pop(0)[1]
        while len(self._left) < count:
            self._begin_line(now_ms)
        part, self._left = self._left[:count], self._left[count:]
        before, self._gain = self._gain, self._gain + _RAMP * (self._target - self._gain)
        self._at += count
        played: Signal = (part * np.linspace(before, self._gain, count)).astype(np.float32)
        return part, played

    def _begin_line(self, now_ms: Ms) -> None:
        text, sound = self._lines[self.said % len(self._lines)]
        self.said += 1
        at_ms = (self._at + len(self._left)) // 16
        self.own = [line for line in self.own if line.end_ms > now_ms - OWN_LINES_KEPT_MS]
        self.own.append(OwnLine(text=text, at_ms=at_ms, end_ms=at_ms + len(sound) // 16))
        self._left = np.concatenate((self._left, sound, np.zeros(PAUSE, np.float32)))


class Jumps:
    """A delay line whose length jumps: what a sound server does that drops blocks, or holds them up.

    Args:
        every_s: Seconds from one jump to the next; 0 never jumps.
        seed: Which jumps.
    """

    def __init__(self, every_s: float = 0.0, seed: int = 3) -> None:
        self._every = round(every_s * HEARING_RATE_HZ)
        self._luck = np.random.default_rng(seed)
        self._queue = np.zeros(_LATENCY if every_s else 0, np.float32)
        self._at: Samples = 0

    def through(self, echo: Signal) -> Signal:
        """Give as many samples as came in."""
        if not self._every:
            return echo
        self._queue = np.concatenate((self._queue, echo))
        self._at += len(echo)
        if self._at // self._every != (self._at - len(echo)) // self._every:
            by = round(self._luck.uniform(*_JUMP_MS)) * 16
            if self._luck.random() < _DROPPED and len(self._queue) - by > len(echo) + _LEAST_LATENCY:
                self._queue = self._queue[by:]
            elif len(self._queue) < _MOST_LATENCY:
                self._queue = np.concatenate((np.zeros(by, np.float32), self._queue))
        now, self._queue = self._queue[: len(echo)], self._queue[len(echo) :]
        return now


class Room:
    """The way from the loudspeaker to the microphone, block by block."""

    def __init__(self, path: Signal, gain: float) -> None:
        self._path = path * np.float32(gain)
        self._tail = np.zeros(len(path) + BLOCK, np.float32)
        size = 1 << (len(path) + BLOCK).bit_length()
        self._size, self._spectrum = size, np.fft.rfft(self._path, size)

    def echo(self, played: Signal) -> Signal:
        """Give the echo that comes in while this block is played."""
        answer = np.fft.irfft(np.fft.rfft(played, self._size) * self._spectrum, self._size)
        whole = len(self._path) + len(played)
        self._tail[:whole] += answer[:whole].astype(np.float32)
        now = self._tail[: len(played)].copy()
        self._tail = np.concatenate((self._tail[len(played) :], np.zeros(len(played), np.float32)))
        return now


@dataclass(slots=True)
class Alone:
    """What the ear made of the coach alone.

    Attributes:
        taken: Commands that nobody gave.
        utterances: Utterances with words in them.
        stepped_back: How often the coach stepped back for itself.
        over_echo_db: Of utterances with words, the loudest over what was predicted; None of none.
    """

    length_ms: Ms = 0
    taken: list[str] = field(default_factory=list)
    utterances: int = 0
    stepped_back: int = 0
    over_echo_db: Db | None = None


class OverCoach:
    """A person and a coach in a room, heard by one ear from the first scene to the last."""

    def __init__(
        self,
        model: Model,
        book: Phrasebook,
        lines: Sequence[tuple[str, Signal]],
        *,
        echo_db: Db = ECHO_DB,
        jump_every_s: float = 0.0,
    ) -> None:
        self._jumps = Jumps(jump_every_s)
        self._book = book
        self.coach = Coach(lines)
        self.ear = Ear(VoskRecogniser(model))
        self.ear.decoys = frozenset(book.decoys)
        self._at: Samples = 0
        self._luck = np.random.default_rng(11)
        path = echo_path()
        probe = at_active_db(np.concatenate([sound for _, sound in lines][:8]), SPOKEN_DB)
        gain_db = echo_db - active_db(through(probe, path))
        self._room = Room(path, 10 ** (gain_db / 20))
        self._unducked = Room(path, 10 ** (gain_db / 20))

    def hear_all(self, scenes: Iterator[Scene]) -> Iterator[tuple[Result, Scene]]:
        """Hear scenes one after the other.

        Yields:
            What came of each, and the scene as the microphone has it under a coach that never steps back.
        """
        for _ in range(WARM_UP_S * HEARING_RATE_HZ // BLOCK):
            self._feed(np.zeros(BLOCK, np.float32))
        for scene in scenes:
            yield self._hear(scene)

    def hear_coach_alone(self, situation: Situation, lines: int) -> Alone:
        """Let the coach say so many lines, and nobody else; note what it commands itself."""
        found, judge = Alone(), Judge(self._book)
        self.ear.attend(self._book.phrases_for(situation))
        begin, until = self._at, self.coach.said + lines
        while self.coach.said < until:
            _, heard = self._feed(np.zeros(BLOCK, np.float32))
            for one in heard:
                if isinstance(one, SpeechBegan):
                    if is_louder_than_echo(one):
                        self.coach.step_back(self._at // 16)
                        found.stepped_back += 1
                    continue
                self.coach.come_up(self._at // 16)
                if one.words:
                    found.utterances += 1
                    over_db = one.level_db - one.echo_db
                    so_far = found.over_echo_db
                    found.over_echo_db = over_db if so_far is None else max(over_db, so_far)
                decision = judge.decide(one, situation, self.coach.own)
                if not isinstance(decision, Ignored):
                    found.taken.append(f"{decision.value} ({one.text}) in {self.coach.own[-1].text!r}")
        found.length_ms = (self._at - begin) // 16
        return found

    def _hear(self, scene: Scene) -> tuple[Result, Scene]:
        result, judge = Result(scene=scene, origin_ms=self._at / 16), Judge(self._book)
        self.ear.attend(self._book.phrases_for(scene.clip.situation))
        raw: list[Signal] = []
        for at in range(0, len(scene.sound) // BLOCK * BLOCK, BLOCK):
            began_s = time.process_time()
            near, heard = self._feed(scene.sound[at : at + BLOCK])
            result.computed_s += time.process_time() - began_s
            raw.append(near)
            for one in heard:
                self._react(one, result, judge)
        return result, replace(scene, sound=np.concatenate(raw))

    def _feed(self, person: Signal) -> tuple[Signal, list[Hearing]]:
        """Let the next block pass; give it as it is under a coach at full voice, and what was heard."""
        full, far = self.coach.play(len(person))
        hiss = self._luck.normal(0.0, _HISS, len(person)).astype(np.float32)
        echo = self._jumps.through(self._room.echo(far))
        heard = self.ear.feed(Pcm(samples=person + echo + hiss, start=self._at), far)
        self._at += len(person)
        return person + self._unducked.echo(full) + hiss, heard

    def _react(self, one: Hearing, result: Result, judge: Judge) -> None:
        now_ms = self._at // 16
        if isinstance(one, SpeechBegan):
            if is_louder_than_echo(one):
                self.coach.step_back(now_ms)
        else:
            self.coach.come_up(now_ms)
        note(result, one, now_ms - result.origin_ms, judge, self.coach.own)
