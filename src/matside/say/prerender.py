"""Texts to sound, ahead of time: rendered once, evened out, kept on disk, brought to the device's rate."""

import functools
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from matside.errors import EdgeError
from matside.pcm import Signal
from matside.say.line import Line
from matside.say.rendered import read_rendered
from matside.say.speech_cache import SpeechCache, sound_ms
from matside.say.tones import load_tone, tone_ms
from matside.say.voice import Voice
from matside.session.cue import ToneKind
from matside.units import Db, Hz, Ms

SPEECH_LEVEL_DB: Db = -20.0
"""Level of the voiced parts, so that all engines speak about equally loud and leave room to go louder."""

_PEAK = 10 ** (-1 / 20)
_SILENCE = 10 ** (-50 / 20)
_FADE_S = 0.005
_FRAME_S = 0.02
_VOICED_BELOW_LOUDEST_DB = 30
_SOUNDS_KEPT = 96

_WORDS_PER_S = 2.1
"""Calm speech, about 126 words a minute; for Korean 5 syllables a second are as calm."""
_SYLLABLES_PER_S = 5.0
_SHORTEST_MS = 300


class Prerenderer:
    """Know the length and the samples of every text and tone.

    Where there is no engine, or it breaks, lengths are estimated and texts have no sound: the captions and
    the tones go on at the same times. `problem` then says why.
    """

    def __init__(self, voice: Voice | None, cache: SpeechCache) -> None:
        self._voice = voice
        self._cache = cache
        self._lengths_ms: dict[str, Ms] = {}
        self.problem: str | None = None if voice else "there is no speech engine"
        self.sound = functools.lru_cache(maxsize=_SOUNDS_KEPT)(self._sound)

    def length_ms(self, text: str) -> Ms:
        """Length of the rendered text, silence trimmed. Renders it where that hasn't happened yet."""
        known = self._lengths_ms.get(text)
        if known is None:
            known = self._find_length_ms(text)
            self._lengths_ms[text] = known
        return known

    def tone_ms(self, kind: ToneKind) -> Ms:
        """Length of the tone."""
        return tone_ms(kind)

    def samples(self, text: str, rate_hz: Hz) -> Signal:
        """Give the rendered text at this rate; no samples where there is no voice."""
        return self.sound(text, None, rate_hz)

    def sound_of(self, line: Line, rate_hz: Hz) -> Signal:
        """Give what a line sounds like at this rate."""
        return self.sound(line.text, line.tone, rate_hz)

    def prerender(
        self, texts: Iterable[str], progress: Callable[[int, int], None] = lambda _done, _total: None
    ) -> None:
        """Render all texts that aren't on disk yet.

        Args:
            texts: What will be needed.
            progress: Called with how many are done and how many there are.
        """
        wanted = list(dict.fromkeys(texts))
        for done, text in enumerate(wanted, start=1):
            self.length_ms(text)
            progress(done, len(wanted))

    def _find_length_ms(self, text: str) -> Ms:
        if self._voice is None:
            return estimated_ms(text)
        stored_ms = self._cache.length_ms(self._cache.key(self._voice.name, self._voice.manner, text))
        if stored_ms is not None:
            return stored_ms
        rendered = None if self.problem else self._render(self._voice, text)
        return estimated_ms(text) if rendered is None else sound_ms(len(rendered[0]), rendered[1])

    def _render(self, voice: Voice, text: str) -> tuple[Signal, Hz] | None:
        """Render and keep a text; None where the engine broke, which is noted."""
        try:
            with tempfile.TemporaryDirectory(prefix="matside-") as folder:
                path = Path(folder) / "speech.wav"
                voice.render(text, path)
                raw, rate_hz = read_rendered(path)
        except (EdgeError, OSError) as error:
            self.problem = str(error)
            return None
        samples = even_out(raw, rate_hz)
        if samples.any():
            # Silence may be a mishap of the engine's: kept, it would be one for ever.
            self._cache.store(self._cache.key(voice.name, voice.manner, text), samples, rate_hz)
        return samples, rate_hz

    def _sound(self, text: str, tone: ToneKind | None, rate_hz: Hz) -> Signal:
        found = load_tone(tone) if tone is not None else self._spoken(text)
        if found is None:
            return np.zeros(0, dtype=np.float32)
        samples, from_hz = found
        if from_hz == rate_hz:
            return samples
        import soxr

        brought: Signal = soxr.resample(samples, from_hz, rate_hz, quality="HQ")
        return brought

    def _spoken(self, text: str) -> tuple[Signal, Hz] | None:
        if self._voice is None:
            return None
        stored = self._cache.load(self._cache.key(self._voice.name, self._voice.manner, text))
        if stored is not None or self.problem:
            return stored
        return self._render(self._voice, text)


def estimated_ms(text: str) -> Ms:
    """Guess how long a text takes to say, where nothing can say it."""
    syllables = len(re.findall(r"[가-힣]", text))
    words = len(re.findall(r"[^\W가-힣]+(?:['’]\w+)?", text))
    return max(_SHORTEST_MS, round(1000 * (words / _WORDS_PER_S + syllables / _SYLLABLES_PER_S)))


def even_out(samples: Signal, rate_hz: Hz) -> Signal:
    """Bring speech to the common level, cut the silence around it and soften its edges."""
    voiced = _voiced_level(samples, rate_hz)
    if voiced <= 0:
        return np.zeros(rate_hz // 100, dtype=np.float32)
    gain = min(10 ** (SPEECH_LEVEL_DB / 20) / voiced, _PEAK / float(np.abs(samples).max()))
    louder = samples * np.float32(gain)
    fade = max(1, round(_FADE_S * rate_hz))
    loud = np.flatnonzero(np.abs(louder) > _SILENCE)
    if not len(loud):
        return np.zeros(rate_hz // 100, dtype=np.float32)
    # The fades lie in the quiet around the speech where there is some, so that no onset is blunted.
    cut: Signal = louder[max(0, loud[0] - fade) : loud[-1] + 1 + fade].copy()
    fade = min(fade, len(cut) // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    cut[:fade] *= ramp
    cut[len(cut) - fade :] *= ramp[::-1]
    return cut


def _voiced_level(samples: Signal, rate_hz: Hz) -> float:
    """Give the root mean square over the frames that carry speech."""
    frame = max(1, round(_FRAME_S * rate_hz))
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    if not len(frames):
        return 0.0
    powers = np.mean(np.square(frames, dtype=np.float64), axis=1)
    voiced = powers[powers >= powers.max() * 10 ** (-_VOICED_BELOW_LOUDEST_DB / 10)]
    return float(np.sqrt(voiced.mean()))
