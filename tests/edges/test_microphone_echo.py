"""The coach's own voice out of the loudspeaker, through the room, into the microphone, and away again."""

import time

import numpy as np
import pytest
import soxr

from conftest import speak
from matside import sound_server
from matside.hear.listener import Listener
from matside.hear.microphone import Microphone
from matside.hear.vosk_recogniser import VoskRecogniser
from matside.hear.wav_source import read_wav
from matside.say.line import Line, Say
from matside.say.sample_clock import SampleClock
from matside.say.speaker import Speaker
from matside.session.cue import HalfWay, Priority
from matside.understand.transcript import Transcript
from room import inside, open_room, wait_until

pytestmark = [pytest.mark.room, pytest.mark.model]

SENTENCES = (
    "Breathe out and lift your hips slowly, and let them down again.",
    "Turn onto your side and bend your knees a little.",
    "Stay there, and let the breath come and go for five more seconds.",
)


class Coach:
    """A coach that says one long line."""

    def __init__(self, samples):
        self.samples = samples

    def sound_of(self, line, rate_hz):
        return soxr.resample(self.samples, 16_000, rate_hz).astype(np.float32)


class Notes:
    def __init__(self):
        self.texts = []
        self.problems = []

    def post(self, heard):
        if isinstance(heard, Transcript):
            self.texts.append(heard.text)

    def lost(self, edge, problem):
        self.texts.append(f"lost {edge}")
        self.problems.append(problem)

    def found(self, edge):
        self.texts.append(f"found {edge}")


def test_command_is_heard_over_the_coach_once_the_room_is_learnt(korean_model, korean_clip, tmp_path):
    said = [read_wav(speak(text, tmp_path / f"{at}.wav", "en-us")) for at, text in enumerate(SENTENCES)]
    talk = np.tile(np.concatenate(said), 6) * np.float32(0.3)
    phrases = ["멈춰", "너무 힘들어", "계속", "다시"]
    notes = Notes()
    with open_room(echo_gain_db=-6) as room, inside(room):
        clock = SampleClock()
        speaker = Speaker(Coach(talk), clock)
        speaker.open()
        microphone = Microphone()
        listener = Listener(
            microphone,
            lambda: VoskRecogniser(korean_model),
            notes,
            lambda at_s: round(at_s * 1000),
            speaker,
        )
        listener.attend(phrases)
        listener.start()
        try:
            wait_until(lambda: listener.ear.is_fed, within_s=20, what="sound")
            at_ms = clock.now_ms() + 500
            length_ms = len(talk) // 16
            speaker.obey(Say(line=_line(at_ms, length_ms), at_ms=at_ms))
            canceller = listener.ear.canceller
            wait_until(lambda: canceller.erle_db > 15, within_s=30, what="the canceller to learn the room")
            time.sleep(2.0)
            del notes.texts[:]
            room.say_until(lambda: "너무 힘들어" in notes.texts, korean_clip("너무 힘들어"))
        finally:
            assert listener.stop()
            speaker.close()
    # What a try became before it was heard may be no command, nor anything of the coach's.
    assert notes.texts[-1] == "너무 힘들어"
    assert {*notes.texts}.isdisjoint({*phrases} - {"너무 힘들어"})
    assert not any(text.startswith(("lost", "found")) for text in notes.texts)


def test_silence_broken_only_by_the_coach_is_no_return(tmp_path, monkeypatch):
    """Where the sound server can't be asked, what it lends gives the coach and nothing else."""
    monkeypatch.setattr(sound_server, "records_a_monitor", lambda _pid: False)
    said = read_wav(speak(SENTENCES[1], tmp_path / "line.wav", "en-us"))
    notes = Notes()
    with open_room(has_noise=False) as room, inside(room):
        room.break_microphone()
        clock = SampleClock()
        speaker = Speaker(Coach(said), clock)
        speaker.open()
        listener = Listener(Microphone(), lambda: None, notes, lambda at_s: round(at_s * 1000), speaker)
        listener.start()
        try:
            wait_until(lambda: notes.texts != [], within_s=20, what="the notice")
            room.start_recording()
            for _ in range(2):
                at_ms = clock.now_ms() + 500
                length_ms = len(said) // 16
                speaker.obey(Say(line=_line(at_ms, length_ms), at_ms=at_ms))
                time.sleep(length_ms / 1000 + 1.5)
            assert np.abs(read_wav(room.stop_recording())).max() > 0.01, "the coach spoke"
        finally:
            assert listener.stop()
            speaker.close()
    assert [text for text in notes.texts if text.startswith(("lost", "found"))] == ["lost microphone"]
    assert "muted" in notes.problems[0]


def _line(at_ms, length_ms):
    return Line(
        text="talk",
        tone=None,
        length_ms=length_ms,
        at_ms=at_ms,
        latest_ms=at_ms,
        end_by_ms=None,
        priority=Priority.REP,
        meaning=HalfWay(),
    )
