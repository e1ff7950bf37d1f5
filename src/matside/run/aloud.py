"""Say one sentence through the loudspeaker, outside any session: to hear a voice, or to check the sound."""

import time

from matside.content.language import Language
from matside.errors import EdgeError
from matside.run.speech import open_speech
from matside.say.line import Line, Say
from matside.say.sample_clock import SampleClock
from matside.say.speaker import Speaker
from matside.session.cue import HalfWay, Priority
from matside.settings import Paths, Settings
from matside.units import Ms, seconds

AFTER_MS: Ms = 300


def say_aloud(text: str, language: Language, settings: Settings, paths: Paths) -> Ms:
    """Say a sentence and wait until it has sounded.

    Returns:
        Its length.

    Raises:
        EdgeError: There is no voice or no loudspeaker.
    """
    speech = open_speech(language, settings, paths)
    length_ms = speech.length_ms(text)
    if speech.problem:
        raise EdgeError(f"There is no voice: {speech.problem}.", hint="matside doctor tells what to do.")
    clock = SampleClock()
    speaker = Speaker(speech, clock, device=settings.speaker)
    speaker.open()
    try:
        at_ms = clock.now_ms() + AFTER_MS
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
        time.sleep(seconds(2 * AFTER_MS + length_ms))
    finally:
        speaker.close()
    return length_ms
