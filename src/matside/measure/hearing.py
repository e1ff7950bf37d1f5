"""Hear recordings as a session does, and note what was taken, when, and what it cost.

The row is the session's own: the ear with its canceller and endpoint, then `interpret`, with the coach's
lines, the refractory time and the grammar of the situation. Only the devices' buffers are missing; what they
add is measured in the sound room. Over the coach one ear hears one recording after the other, as it does in
a session, so that the canceller is warm, and the coach steps back when somebody speaks.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from matside.hear.ear import Ear, Hearing
from matside.hear.vosk_recogniser import Model, VoskRecogniser
from matside.hear.wav_source import read_wav
from matside.measure.acoustics import active_db, chance, noise
from matside.measure.hearing_set import Clip
from matside.pcm import HEARING_RATE_HZ, Pcm, Signal
from matside.session.command import Command, Ignored, Situation
from matside.understand.company import NOBODY
from matside.understand.echo import OwnLine, is_louder_than_echo
from matside.understand.interpret import Context, in_company, interpret
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import SpeechBegan, Transcript
from matside.units import Ms, Samples

BLOCK: Final[Samples] = 512
LEAD: Final[Samples] = HEARING_RATE_HZ // 2
TAIL: Final[Samples] = HEARING_RATE_HZ * 8 // 5
"""Quiet before and after a recording: more than Vosk's own endpointing waits for."""
_ROOM_DB: Final = -75.0
_CLEAR_DB: Final = 25.0
_WITHIN_DB: Final = 35.0
_FRAME: Final[Samples] = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A recording as it comes to the microphone.

    Attributes:
        clip: What it is a copy of.
        condition: In which condition.
        sound: With quiet around it, 16 kHz.
        began_ms: First sound of the speech, where that is known.
        ended_ms: Its last sound, where that is known.
    """

    clip: Clip
    condition: str
    sound: Signal
    began_ms: Ms | None = None
    ended_ms: Ms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A command that was taken, when its words were known, and when the ear found its end."""

    command: Command
    text: str
    decided_ms: float
    ended_ms: Ms


@dataclass(slots=True)
class Result:
    """What came of one scene.

    Attributes:
        taken: Commands, in order.
        heard: Words and why they weren't taken.
        stirred_ms: When the coach would step back first.
        computed_s: Processor time.
        origin_ms: Where the scene begins in the ear's stream.
    """

    scene: Scene
    taken: list[Taken] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    stirred_ms: float | None = None
    computed_s: float = 0.0
    origin_ms: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether the command that was meant was taken first."""
        return bool(self.taken) and self.taken[0].command is self.scene.clip.wanted

    @property
    def latency_ms(self) -> float | None:
        """Time from the end of speech to the words, of what was heard right."""
        if not self.is_right:
            return None
        ended_ms = self.scene.ended_ms
        return self.taken[0].decided_ms - (self.taken[0].ended_ms if ended_ms is None else ended_ms)

    @property
    def duck_ms(self) -> float | None:
        """Time from the beginning of speech to the moment when the coach steps back."""
        if self.stirred_ms is None or self.scene.began_ms is None:
            return None
        return self.stirred_ms - self.scene.began_ms


class Judge:
    """What the session's loop does with what the ear gives."""

    def __init__(self, book: Phrasebook) -> None:
        self._book = book
        self._last: tuple[Command, Ms] | None = None
        self._company = NOBODY

    def decide(
        self, heard: Transcript, situation: Situation, own: Sequence[OwnLine] = ()
    ) -> Command | Ignored:
        """Decide what an utterance means."""
        context = Context(situation=situation, own=own, last=self._last, company=self._company)
        decision = interpret(heard, self._book, context)
        self._company = in_company(self._company, heard, decision, own)
        if not isinstance(decision, Ignored):
            self._last = (decision, heard.ended_ms)
        return decision


def as_scene(clip: Clip) -> Scene:
    """Put a recording into a little quiet."""
    sound = read_wav(clip.path)
    whole = np.concatenate((np.zeros(LEAD, np.float32), sound, np.zeros(TAIL, np.float32)))
    whole += noise(len(whole), _ROOM_DB, chance(clip.name, "quiet"))
    bounds = bounds_ms(sound) if clip.text else None
    lead_ms = LEAD * 1000 // HEARING_RATE_HZ
    return Scene(
        clip=clip,
        condition=clip.condition,
        sound=whole,
        began_ms=None if bounds is None else lead_ms + bounds[0],
        ended_ms=None if bounds is None else lead_ms + bounds[1],
    )


def bounds_ms(sound: Signal) -> tuple[Ms, Ms] | None:
    """Find where clean speech begins and ends, within 35 dB of its loudest; None where noise hides it."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not len(frames):
        return None
    levels_db = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)
    floor_db, top_db = float(np.percentile(levels_db, 5)), float(levels_db.max())
    within_db = min(_WITHIN_DB, top_db - floor_db - 6.0)
    if active_db(sound) - floor_db < _CLEAR_DB and len(frames) > 100:
        return None
    loud = np.flatnonzero(levels_db > top_db - max(within_db, 15.0))
    return int(loud[0]) * 10, int(loud[-1] + 1) * 10


def hear(scene: Scene, model: Model, book: Phrasebook) -> Result:
    """Hear one scene with a fresh ear, while the coach is silent."""
    situation = scene.clip.situation
    ear = Ear(VoskRecogniser(model))
    ear.decoys = frozenset(book.decoys)
    ear.attend(book.phrases_for(situation))
    judge, result = Judge(book), Result(scene=scene)
    for at in range(0, len(scene.sound), BLOCK):
        began_s = time.process_time()
        heard = ear.feed(Pcm(samples=scene.sound[at : at + BLOCK], start=at))
        result.computed_s += time.process_time() - began_s
        for one in heard:
            note(result, one, (at + BLOCK) / 16, judge)
    for one in ear.finish():
        note(result, one, len(scene.sound) / 16, judge)
    return result


def note(
    result: Result, one: Hearing, at_ms: float, judge: Judge, own: Sequence[OwnLine] = ()
) -> Command | None:
    """Write down what was heard at this moment; give the command that was taken."""
    if isinstance(one, SpeechBegan):
        if result.stirred_ms is None and is_louder_than_echo(one):
            result.stirred_ms = at_ms
        return None
    decision = judge.decide(one, result.scene.clip.situation, own)
    if isinstance(decision, Ignored):
        if one.words:
            result.heard.append(f"{one.text} ({decision.reason})")
        return None
    decided_ms = at_ms + one.compute_ms
    result.taken.append(
        Taken(
            command=decision,
            text=one.text,
            decided_ms=decided_ms,
            ended_ms=round(one.ended_ms - result.origin_ms),
        )
    )
    return decision
