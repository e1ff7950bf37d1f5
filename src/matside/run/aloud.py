"""Say sentences outside any session: to hear a voice, to check the sound, to have a card read."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from matside.content.language import Language
from matside.errors import EdgeError
from matside.run.speech import open_speech
from matside.say.line import Line, Say
from matside.say.prerender import Prerenderer
from matside.say.sample_clock import SampleClock
from matside.say.speaker import Speaker
from matside.session.cue import HalfWay, Priority, Tone, ToneKind
from matside.settings import Paths, Settings
from matside.units import Ms, seconds

AFTER_MS: Ms = 300
BETWEEN_MS: Ms = 700
"""Between two lines of a card, so that each can settle."""


def say_aloud(text: str, language: Language, settings: Settings, paths: Paths) -> Ms:
    """Say a sentence and wait until it has sounded.

    Returns:
        Its length.

    Raises:
        EdgeError: There is no voice or no loudspeaker.
    """
    speech = _voiced((text,), language, settings, paths)
    _sound([_line(text, speech, AFTER_MS)], speech, settings, tell=lambda _: None)
    return speech.length_ms(text)


def read_aloud(
    texts: Sequence[str], language: Language, settings: Settings, paths: Paths, *, tell: Callable[[str], None]
) -> None:
    """Say one line after the other and wait until the last has sounded.

    Args:
        texts: The lines.
        language: Whose voice reads them.
        settings: The person's own voice, rate, volume and loudspeaker.
        paths: Where rendered speech is kept.
        tell: Told each line as it begins.

    Raises:
        EdgeError: There is no voice or no loudspeaker.
    """
    speech = _voiced(texts, language, settings, paths)
    _sound(list(_lines(texts, speech)), speech, settings, tell=tell)


def read_to_file(
    texts: Sequence[str], path: Path, language: Language, settings: Settings, paths: Paths
) -> Ms:
    """Write one line after the other into a WAV file, as `read_aloud` would say them.

    Returns:
        The length of the whole.

    Raises:
        EdgeError: There is no voice, or the file can't be written.
    """
    from matside.say.wav_mouth import WavMouth

    speech = _voiced(texts, language, settings, paths)
    lines = list(_lines(texts, speech))
    mouth = WavMouth(path, speech)
    mouth.set_volume(settings.volume_db)
    try:
        for line in lines:
            mouth.obey(Say(line=line, at_ms=line.at_ms))
        end_ms = lines[-1].at_ms + lines[-1].length_ms + AFTER_MS if lines else 0
        mouth.finish(end_ms)
    finally:
        mouth.close()
    return end_ms


def sound_tone(kind: ToneKind, language: Language, settings: Settings, paths: Paths) -> None:
    """Play one of the program's own tones and wait until it has sounded.

    Raises:
        EdgeError: There is no loudspeaker.
    """
    speech = open_speech(language, settings, paths)
    line = Line(
        text="",
        tone=kind,
        length_ms=speech.tone_ms(kind),
        at_ms=AFTER_MS,
        latest_ms=AFTER_MS,
        end_by_ms=None,
        priority=Priority.REPLY,
        meaning=Tone(kind=kind),
    )
    _sound([line], speech, settings, tell=lambda _: None)


def _voiced(texts: Sequence[str], language: Language, settings: Settings, paths: Paths) -> Prerenderer:
    speech = open_speech(language, settings, paths)
    speech.prerender(texts)
    if speech.problem:
        raise EdgeError(f"There is no voice: {speech.problem}.", hint="matside doctor tells what to do.")
    return speech


def _lines(texts: Sequence[str], speech: Prerenderer) -> Iterator[Line]:
    at_ms = AFTER_MS
    for text in texts:
        yield _line(text, speech, at_ms)
        at_ms += speech.length_ms(text) + BETWEEN_MS


def _line(text: str, speech: Prerenderer, at_ms: Ms) -> Line:
    return Line(
        text=text,
        tone=None,
        length_ms=speech.length_ms(text),
        at_ms=at_ms,
        latest_ms=at_ms,
        end_by_ms=None,
        priority=Priority.REPLY,
        meaning=HalfWay(),
    )


def _sound(
    lines: Sequence[Line], speech: Prerenderer, settings: Settings, *, tell: Callable[[str], None]
) -> None:
    """Play lines at their own times, counted from when the loudspeaker is open."""
    clock = SampleClock()
    speaker = Speaker(speech, clock, device=settings.speaker)
    speaker.open()
    speaker.set_volume(settings.volume_db)
    try:
        began_ms = clock.now_ms()
        for line in lines:
            at_ms = began_ms + line.at_ms
            _wait_until(at_ms - AFTER_MS, clock)
            speaker.obey(Say(line=line, at_ms=at_ms))
            tell(line.text)
        if lines:
            _wait_until(began_ms + lines[-1].at_ms + lines[-1].length_ms + AFTER_MS, clock)
    finally:
        speaker.close()


def _wait_until(at_ms: Ms, clock: SampleClock) -> None:
    time.sleep(max(0.0, seconds(at_ms - clock.now_ms())))
