"""Play lines through the loudspeaker and take what the microphone hears, sample against sample.

This is how the listener of a session gets its two signals, without an ear behind it: for the voice check and
for a recording that somebody asked for. Nothing is written here.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matside.errors import EdgeError
from matside.hear.listener import played_with
from matside.hear.microphone import Microphone
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.say.line import Line, Say
from matside.say.prerender import Prerenderer
from matside.say.sample_clock import SampleClock
from matside.say.speaker import Speaker
from matside.session.cue import HalfWay, Priority
from matside.settings import Settings
from matside.understand.echo import OwnLine
from matside.units import Ms, seconds

_READ_S: Final = 0.2
_OPENS_WITHIN_S: Final = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRecording:
    """What was taken and what was played meanwhile, at 16 kHz, equally long.

    Attributes:
        lines: What was said when, in milliseconds from the first sample.
        has_gap: Sound was lost in between.
    """

    near: Signal
    far: Signal
    lines: tuple[OwnLine, ...]
    has_gap: bool


def record_room(
    settings: Settings,
    speech: Prerenderer,
    lines: Sequence[tuple[str, Ms]],
    length_ms: Ms,
    heed: Callable[[Ms], None] = lambda _at_ms: None,
) -> RoomRecording:
    """Play lines and take sound for so long.

    Args:
        settings: Which devices.
        speech: How lines sound.
        lines: Texts, and when each begins, in milliseconds from the start.
        length_ms: How long to take.
        heed: Told how far it is, a few times a second.

    Raises:
        EdgeError: There is no microphone or loudspeaker, or none that works.
    """
    clock = SampleClock()
    speaker = Speaker(speech, clock, device=settings.speaker)
    microphone = Microphone(settings.microphone)
    for text, _ in lines:
        speech.samples(text, HEARING_RATE_HZ)
    speaker.open()
    try:
        microphone.open()
        return _take(speaker, microphone, speech, lines, (length_ms, heed))
    finally:
        microphone.close()
        speaker.close()


def _take(
    speaker: Speaker,
    microphone: Microphone,
    speech: Prerenderer,
    lines: Sequence[tuple[str, Ms]],
    until: tuple[Ms, Callable[[Ms], None]],
) -> RoomRecording:
    length_ms, heed = until
    near: list[Signal] = []
    far: list[Signal] = []
    begin_ms: float | None = None
    taken, gaps = 0, 0
    waiting = [(at_ms, text) for text, at_ms in lines]
    own: list[OwnLine] = []
    give_up_s = time.monotonic() + _OPENS_WITHIN_S + seconds(2 * length_ms)
    while taken * 1000 < length_ms * HEARING_RATE_HZ:
        captured = microphone.read(_READ_S)
        if captured is None:
            if time.monotonic() > give_up_s or microphone.stalled_s > _OPENS_WITHIN_S:
                raise EdgeError("The microphone gives no sound.", hint="Unplug it and plug it in again.")
            continue
        gaps += captured.is_after_gap
        if begin_ms is None:
            begin_ms = speaker.clock.at_ms(captured.start_s + captured.skew_s)
        near.append(captured.samples)
        far.append(played_with(speaker, captured))
        taken += len(captured.samples)
        while waiting and speaker.clock.now_ms() + speaker.lead_ms >= begin_ms + waiting[0][0]:
            at_ms, text = waiting.pop(0)
            own.append(_say(speaker, speech, text, round(begin_ms + at_ms)))
        heed(taken * 1000 // HEARING_RATE_HZ)
    moved = -round(begin_ms or 0)
    return RoomRecording(
        near=np.concatenate(near),
        far=np.concatenate(far),
        lines=tuple(
            OwnLine(text=line.text, at_ms=line.at_ms + moved, end_ms=line.end_ms + moved) for line in own
        ),
        has_gap=gaps > 1,
    )


def _say(speaker: Speaker, speech: Prerenderer, text: str, at_ms: Ms) -> OwnLine:
    length_ms = speech.length_ms(text)
    line = Line(
        text=text,
        tone=None,
        length_ms=length_ms,
        at_ms=at_ms,
        latest_ms=at_ms,
        end_by_ms=None,
        priority=Priority.REPLY,
        meaning=HalfWay(),
    )
    speaker.obey(Say(line=line, at_ms=at_ms))
    return OwnLine(text=text, at_ms=at_ms, end_ms=at_ms + length_ms)
