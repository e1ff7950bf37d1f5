"""Where an utterance begins and ends.

Theory of operation
-------------------
The input is one probability of speech for every frame of 32 ms; the output is the bounds of utterances, in
samples of the stream. Nothing here touches sound: the ear cuts it out by these bounds.

    probability   0 0 .6 .9 .9 .8 .4 .2 .1 .1 .0
                       |-------- voiced -|            a frame is voiced from 0.5 on, and stays so down to 0.35
                 |pre-|                    |-quiet-|
              start  began              ended    decided

An utterance opens at the first voiced frame, so that the recogniser can begin at once, with 300 ms of sound
from before it: soft consonants come before the detector notices. It counts as *begun* (the coach lowers the
voice, which costs little where it was nothing) after 64 ms of voice, and under the coach's own voice, whose
echo is never quite gone, only after 96 ms of 0.6 and more. It ends after 128 ms without voice: long enough to
bridge the closure of a "t" or a "p", short enough to feel immediate; the recogniser's own rule would wait
half a second to a second. The end that is reported is the end of the last voiced frame.

Three things are no command, whatever words were recognised, and are told apart here by time alone. A *click*
has less than 96 ms of voice, under the coach's voice less than 128 ms (160 ms of 0.8 lets no less of it
through and misses half of the talkers whom the coach drowns by 12 dB); it vanishes, or is reported as one
where it had begun. *Talk* runs on for more than 2.5 s: it is reported once, as too long, and then waited out.
And what follows other speech closely is likely a part of it, cut off by a pause for breath: every ending says
how long it was quiet before, and the reader of the words decides.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from matside.units import Ms, Samples

_SAMPLES_A_MS: Final = 16
LONG_AGO_MS: Final[Ms] = 10_000
"""The longest quiet that is told apart; before the first utterance it was quiet for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRules:
    """The numbers of the theory above; see there.

    Attributes:
        voiced_from: Probability that makes a frame voiced.
        voiced_down_to: Probability that keeps it so.
        strict_from: As `voiced_from` while the coach speaks.
        strict_begun_ms: As `begun_ms` while the coach speaks.
        word_ms: Voice that makes a word; less is a click.
        strict_word_ms: As `word_ms` while the coach speaks.
    """

    frame: Samples = 512
    voiced_from: float = 0.5
    voiced_down_to: float = 0.35
    strict_from: float = 0.6
    pre_roll_ms: Ms = 300
    begun_ms: Ms = 64
    strict_begun_ms: Ms = 96
    word_ms: Ms = 96
    strict_word_ms: Ms = 128
    quiet_ms: Ms = 128
    longest_ms: Ms = 2_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """There is voice: cut from `start` on. It may still prove to be a click."""

    start: Samples
    began: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The voice has lasted: somebody speaks."""

    began: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """It was a click; forget what was cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An utterance is whole.

    Attributes:
        began: First voiced sample.
        ended: First sample after the last voiced frame.
        decided: End of the frame that settled it.
        quiet_before_ms: How long there was no voice before it, at most `LONG_AGO_MS`.
        is_too_long: It is talk and still going on.
        is_click: It was over before it could be a word.
    """

    began: Samples
    ended: Samples
    decided: Samples
    quiet_before_ms: Ms
    is_too_long: bool = False
    is_click: bool = False


EndpointEvent: TypeAlias = Opened | Begun | Vanished | Ended


class Endpoint:
    """Turn probabilities into bounds, one frame at a time."""

    def __init__(self, rules: EndpointRules | None = None) -> None:
        self._rules = rules or EndpointRules()
        self._at: Samples = 0
        self._began: Samples | None = None
        self._voice_end: Samples = 0
        self._voiced: Samples = 0
        self._is_begun = False
        self._is_word = False
        self._is_talk = False
        self._last_end: Samples | None = None
        self._last_voice: Samples | None = None

    @property
    def is_open(self) -> bool:
        """Whether sound is being cut out for the recogniser now."""
        return self._began is not None and not self._is_talk

    @property
    def at(self) -> Samples:
        """How far the stream has been judged."""
        return self._at

    def step(self, probability: float, *, is_coach_speaking: bool = False) -> list[EndpointEvent]:
        """Judge the next frame.

        Args:
            probability: Of speech in it.
            is_coach_speaking: Our own voice may be left in it: be strict about beginnings.
        """
        rules = self._rules
        start, self._at = self._at, self._at + rules.frame
        if self._began is None:
            if probability < (rules.strict_from if is_coach_speaking else rules.voiced_from):
                return []
            return self._open(start)
        if probability >= rules.voiced_down_to:
            return self._go_on(probability, is_coach_speaking=is_coach_speaking)
        if self._at - self._voice_end < rules.quiet_ms * _SAMPLES_A_MS:
            return []
        return self._close()

    def forget(self) -> None:
        """Drop what is open: the stream was interrupted. What goes on right after it is the rest of that."""
        if self._is_word:
            self._last_voice = self._at
        self._shut()

    def _shut(self) -> None:
        self._began, self._is_begun, self._is_word, self._is_talk = None, False, False, False

    def _open(self, start: Samples) -> list[EndpointEvent]:
        self._began, self._voice_end, self._voiced = start, self._at, self._rules.frame
        earliest = 0 if self._last_end is None else self._last_end
        return [Opened(start=max(earliest, start - self._rules.pre_roll_ms * _SAMPLES_A_MS), began=start)]

    def _go_on(self, probability: float, *, is_coach_speaking: bool) -> list[EndpointEvent]:
        assert self._began is not None
        rules = self._rules
        self._voice_end = self._at
        if not is_coach_speaking or probability >= rules.strict_from:
            self._voiced += rules.frame
        begun_ms, word_ms = (
            (rules.strict_begun_ms, rules.strict_word_ms)
            if is_coach_speaking
            else (rules.begun_ms, rules.word_ms)
        )
        self._is_word = self._is_word or self._voiced >= word_ms * _SAMPLES_A_MS
        if not self._is_begun and self._voiced >= begun_ms * _SAMPLES_A_MS:
            self._is_begun = True
            return [Begun(began=self._began)]
        if not self._is_talk and self._at - self._began > rules.longest_ms * _SAMPLES_A_MS:
            ending = self._ending(is_too_long=True)
            self._is_talk = True
            return [ending]
        return []

    def _close(self) -> list[EndpointEvent]:
        events: list[EndpointEvent] = []
        if not self._is_begun:
            events.append(Vanished())
        elif not self._is_talk:
            events.append(self._ending())
        if self._is_begun:
            self._last_end = self._voice_end
        if self._is_word:
            self._last_voice = self._voice_end
        self._shut()
        return events

    def _ending(self, *, is_too_long: bool = False) -> Ended:
        assert self._began is not None
        quiet_ms = LONG_AGO_MS
        if self._last_voice is not None:
            quiet_ms = min(LONG_AGO_MS, (self._began - self._last_voice) // _SAMPLES_A_MS)
        return Ended(
            began=self._began,
            ended=self._voice_end,
            decided=self._at,
            quiet_before_ms=quiet_ms,
            is_too_long=is_too_long,
            is_click=not self._is_word,
        )
