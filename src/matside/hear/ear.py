"""The ear: sound in, "somebody began to speak" and transcripts out, in one straight line without threads.

canceller → voice detector → endpoint → recogniser, in frames of 32 ms. Where sound comes from and how it
keeps time is other modules' business, so a microphone, a file and a test hear alike.
"""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, assert_never

import numpy as np

from matside.hear.canceller import Canceller
from matside.hear.denoiser import Denoiser, NoiseSpectrum
from matside.hear.echo_delay import LATEST
from matside.hear.endpoint import Begun, Ended, Endpoint, EndpointEvent, Opened, Vanished
from matside.hear.level import SILENCE_DB, level_db, power, ratio
from matside.hear.likeness import likeness, resemblance
from matside.hear.slow_gain import SlowGain
from matside.hear.vad import FRAME, Vad, open_vad
from matside.hear.vosk_recogniser import Recogniser
from matside.pcm import HEARING_RATE_HZ, Pcm, Signal
from matside.understand.transcript import SpeechBegan, Transcript, Word
from matside.units import Db, Ms, Samples

Hearing: TypeAlias = SpeechBegan | Transcript

_KEPT_FRAMES: Final = 128
"""Four seconds: more than the longest utterance with its pre-roll."""
_SURE: Final = 0.8
_SILENT: Final = 0.3
_SURE_FRAMES: Final = 4
_LONGEST_HOLD_FRAMES: Final = 94
"""Three seconds: nobody commands for longer, but the residual of a room that changed would for ever."""
_LOUD_FRAMES: Final = 3
_PRE_ROLL_FRAMES: Final = 10
_TARGET_DB: Final[Db] = -13.0
"""How loud the loudest 100 ms are made for the recogniser, trained on near voices: of 41 Korean
phrases at -26 dBFS it knew 34 as they were, 19 at 10 dB less and none at 20 dB less; now 35, 33, 34."""
_LEAST_GAIN_DB: Final[Db] = -12.0
_MOST_GAIN_DB: Final[Db] = 50.0
_RESEMBLES: Final = 0.27
"""Measured after jumps of the delay, the coach's own words: 0.34 to 0.78; people over the coach: 0.18."""
_IS_LIKE: Final = 18.0
"""Measured for its own voice in a room not learnt: 27 to 102; people over the coach: 13 at most."""
_STANDS_OUT_DB: Final[Db] = 22.0
"""Loudest 100 ms over the floor from which on decoys are listened for. At 12 dB of noise, of 40 Korean
phrases 20 were heard without them, 12 with them; in a quiet room as many, and half of the false words."""
_SOFT_ONSET_MS: Final[Ms] = 120
"""In a quiet room the detector may notice a soft first syllable so late."""
_GAUGED_FRAMES: Final = 8
"""An utterance's level is taken from its first 256 ms, or from all of a shorter one; until then it waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """One frame as it stands in memory: where it begins, its sound, and its powers."""

    start: Samples
    samples: Signal
    far: Signal
    echo: Signal
    power: float
    echo_power: float


class Ear:
    """Hear utterances in a stream of 16 kHz sound.

    Every `SpeechBegan` is followed by exactly one `Transcript`; its words are empty where nothing was
    recognised, the talk was too long for a command, or there is no recogniser.

    Args:
        recogniser: None where there is no model; the start of speech is still told.
        vad: None opens the best one there is.
        origin_ms: Session time of sample 0 of the stream.

    Attributes:
        decoys: Phrases that are listened for only where the room is quiet enough.
    """

    def __init__(self, recogniser: Recogniser | None, *, vad: Vad | None = None, origin_ms: Ms = 0) -> None:
        self.canceller = Canceller()
        self.recogniser = recogniser
        self.decoys: frozenset[str] = frozenset()
        self._phrases: tuple[str, ...] = ()
        self._has_decoys = True
        self._stands_out = True
        self._vad = vad or open_vad()
        self._slow_gain = SlowGain()
        self._endpoint = Endpoint()
        self._origin_ms = origin_ms
        self._offset: Samples = 0
        self._near = np.empty(0, np.float32)
        self._far = np.empty(0, np.float32)
        self._frames: deque[_Frame] = deque(maxlen=_KEPT_FRAMES)
        self._sure_frames = 0
        self._cut_from: Samples = 0
        self._waiting: list[Signal] = []
        self._gain: np.float32 | None = None
        self._noise = NoiseSpectrum()
        self._denoiser = Denoiser(None, 0.0)
        self._is_begun = False

    @property
    def is_fed(self) -> bool:
        """Whether any sound has come in yet."""
        return self._endpoint.at > 0

    def attend(self, phrases: Sequence[str]) -> None:
        """Listen for these phrases from the next utterance on."""
        self._phrases, self._has_decoys = tuple(phrases), True
        if self.recogniser is not None:
            self.recogniser.attend(phrases)

    def feed(self, near: Pcm, far: Signal | None = None) -> list[Hearing]:
        """Hear the next block.

        Args:
            near: What the microphone took, at 16 kHz, any length. Its `start` is the clock: small steps
                against the samples counted so far correct it; the sound itself counts as unbroken.
            far: What was played in the same time, as long as `near`; None where nothing was.

        Returns:
            What was heard, in order of time.
        """
        assert near.rate_hz == HEARING_RATE_HZ
        self._offset = near.start - self._endpoint.at - len(self._near)
        played = np.zeros_like(near.samples) if far is None else far
        self._near = np.concatenate((self._near, near.samples))
        self._far = np.concatenate((self._far, played))
        heard: list[Hearing] = []
        whole = len(self._near) // FRAME * FRAME
        for at in range(0, whole, FRAME):
            heard += self._hear_frame(self._near[at : at + FRAME], self._far[at : at + FRAME])
        self._near, self._far = self._near[whole:], self._far[whole:]
        return heard

    def lapse(self) -> list[Hearing]:
        """The stream was interrupted: drop what is open, and begin anew with the next block."""
        heard: list[Hearing] = []
        if self._is_begun:
            heard.append(self._nothing(self._endpoint.at))
        self._endpoint.forget()
        self._vad.reset()
        self._near = self._far = np.empty(0, np.float32)
        self._drop()
        return heard

    def finish(self) -> list[Hearing]:
        """The stream is over: hear what is still open, as if silence followed."""
        start = self._offset + self._endpoint.at + len(self._near)
        return self.feed(Pcm(samples=np.zeros(HEARING_RATE_HZ // 2, np.float32), start=start))

    def _hear_frame(self, near: Signal, far: Signal) -> list[Hearing]:
        clean = self.canceller.process(near, far)
        probability = self._vad.probability(self._slow_gain.lift(clean))
        self._hold_canceller(probability)
        self._frames.append(
            _Frame(
                start=self._endpoint.at,
                samples=clean,
                far=far,
                echo=self.canceller.echo,
                power=power(clean),
                echo_power=self.canceller.echo_power,
            )
        )
        if probability < _SILENT and not self._endpoint.is_open:
            self._noise.follow(clean)
        was_open = self._endpoint.is_open
        events = self._endpoint.step(probability, is_coach_speaking=self.canceller.is_echoing)
        if was_open:
            self._pass_on(clean)
        heard = [self._react(event) for event in events]
        return [one for one in heard if one is not None]

    def _react(self, event: EndpointEvent) -> Hearing | None:
        match event:
            case Opened(start=start):
                self._cut_from = start
                for frame in self._frames:
                    if frame.start + FRAME > start:
                        self._pass_on(frame.samples[max(0, start - frame.start) :])
            case Vanished():
                self._drop()
            case Begun(began=began):
                self._is_begun = True
                level, echo = self._levels(began, self._endpoint.at + FRAME)
                return SpeechBegan(at_ms=self._session_ms(began), level_db=level, echo_db=echo)
            case Ended():
                return self._transcribe(event)
            case _:
                assert_never(event)
        return None

    def _transcribe(self, ending: Ended) -> Transcript:
        before_s = time.perf_counter()
        words: tuple[Word, ...] = ()
        if self.recogniser is not None and not (ending.is_too_long or ending.is_click):
            self._gauge(ending.began)
            self.recogniser.accept(self._denoiser.finish() * (self._gain or np.float32(1)))
            words = self.recogniser.finish()
        compute_ms = (time.perf_counter() - before_s) * 1000
        self._drop()
        loudest_db, echo_db = self._levels(ending.began, ending.ended)
        if self._is_ours(ending.began, ending.ended):
            echo_db = max(echo_db, loudest_db)
        cut_ms = self._session_ms(self._cut_from)
        began_ms, ended_ms = self._session_ms(ending.began), self._session_ms(ending.ended)
        moved = [_moved(word, cut_ms) for word in words]
        return Transcript(
            words=self._without_noise(moved, began_ms, ended_ms),
            began_ms=began_ms,
            ended_ms=ended_ms,
            decided_ms=self._session_ms(ending.decided),
            compute_ms=compute_ms,
            level_db=loudest_db,
            echo_db=echo_db,
            quiet_before_ms=ending.quiet_before_ms,
        )

    def _without_noise(self, words: Sequence[Word], began_ms: Ms, ended_ms: Ms) -> tuple[Word, ...]:
        """Drop words where there was no voice: noise that the recogniser had to call something."""
        from_ms = began_ms - (_SOFT_ONSET_MS if self._stands_out else 0)
        return tuple(word for word in words if from_ms < (word.start_ms + word.end_ms) / 2 < ended_ms)

    def _levels(self, began: Samples, ended: Samples) -> tuple[Db, Db]:
        """Give the loudest 100 ms of an utterance and of the echo that is left in it."""
        inside = [frame for frame in self._frames if began <= frame.start < ended]
        return (
            _loudest_db([frame.power for frame in inside]),
            _loudest_db([frame.echo_power for frame in inside]),
        )

    def _is_ours(self, began: Samples, ended: Samples) -> bool:
        """Tell whether an utterance follows what was played, though it should have been cancelled.

        Then the canceller has lost its place, and what it predicts is worth nothing.
        """
        inside = [frame for frame in self._frames if began <= frame.start < ended]
        if not inside or not self.canceller.is_echoing:
            return False
        left = np.concatenate([frame.samples for frame in inside])
        if resemblance(left, np.concatenate([frame.echo for frame in inside])) > _RESEMBLES:
            return True
        played = [frame.far for frame in self._frames if began - LATEST <= frame.start < ended]
        return likeness(left, np.concatenate(played)) > _IS_LIKE

    def _nothing(self, at: Samples) -> Transcript:
        at_ms = self._session_ms(at)
        return Transcript(words=(), began_ms=at_ms, ended_ms=at_ms, decided_ms=at_ms, level_db=SILENCE_DB)

    def _pass_on(self, samples: Signal) -> None:
        """Give sound to the recogniser, once it is known how loud the utterance is."""
        if self.recogniser is None:
            return
        if self._gain is not None:
            self.recogniser.accept(self._denoiser.accept(samples) * self._gain)
            return
        self._waiting.append(samples)
        if len(self._waiting) > _PRE_ROLL_FRAMES + _GAUGED_FRAMES:
            self._gauge(self._endpoint.at - _GAUGED_FRAMES * FRAME)

    def _gauge(self, began: Samples) -> None:
        """Choose the utterance's gain by its sound since `began`, and let go what waited for it."""
        if self._gain is not None or self.recogniser is None:
            return
        loudest_db = _loudest_db([frame.power for frame in self._frames if frame.start >= began])
        gain_db = max(_LEAST_GAIN_DB, min(_MOST_GAIN_DB, _TARGET_DB - loudest_db))
        self._gain = np.float32(ratio(gain_db) ** 0.5)
        self._choose_phrases(loudest_db)
        in_noise_db, in_quiet_db = self.recogniser.denoising_db
        floor_db = in_quiet_db if self._stands_out else in_noise_db
        self._denoiser = Denoiser(self._noise.of_now(), floor_db)
        self.recogniser.accept(self._denoiser.accept(np.concatenate(self._waiting)) * self._gain)
        self._waiting = []

    def _choose_phrases(self, loudest_db: Db) -> None:
        """Leave the decoys out of the grammar in noise and over the coach: there they catch commands, too."""
        self._stands_out = loudest_db - self._slow_gain.floor_db >= _STANDS_OUT_DB
        has_decoys = self._stands_out and not self.canceller.is_echoing
        if self.recogniser is None or not self.decoys or not self._phrases or has_decoys is self._has_decoys:
            return
        self._has_decoys = has_decoys
        kept = [phrase for phrase in self._phrases if has_decoys or phrase not in self.decoys]
        self.recogniser.attend(kept)

    def _drop(self) -> None:
        self._is_begun, self._gain, self._waiting = False, None, []
        if self.recogniser is not None:
            self.recogniser.drop()

    def _hold_canceller(self, probability: float) -> None:
        """Keep the filter from learning the person: somebody surely speaks over the coach."""
        self._sure_frames = self._sure_frames + 1 if probability >= _SURE else 0
        is_speech = _SURE_FRAMES <= self._sure_frames <= _LONGEST_HOLD_FRAMES
        self.canceller.is_held = is_speech and self.canceller.is_converged

    def _session_ms(self, sample: Samples) -> Ms:
        return self._origin_ms + (sample + self._offset) * 1000 // HEARING_RATE_HZ


def _moved(word: Word, by_ms: Ms) -> Word:
    return replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms)


def _loudest_db(powers: Sequence[float]) -> Db:
    """Give the loudest run of 96 ms."""
    if not powers:
        return SILENCE_DB
    size = min(_LOUD_FRAMES, len(powers))
    return level_db(max(sum(powers[at : at + size]) for at in range(len(powers) - size + 1)) / size)
