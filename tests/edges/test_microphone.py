"""The microphone through real PortAudio, in the PulseAudio room."""

import itertools
import os
import threading
import time

import numpy as np
import pytest

from matside import portaudio, sound_server
from matside.errors import EdgeError
from matside.hear.listener import Listener
from matside.hear.microphone import Microphone, _StreamClock
from matside.hear.wav_source import write_wav
from matside.run.route_watch import RouteWatch
from matside.understand.transcript import Transcript
from room import open_room, wait_until

pytestmark = pytest.mark.room

TRANSLATING = """#!/bin/sh
[ "$LC_ALL$LANGUAGE" = C.UTF-8 ] && news="Event 'change' on source-output #1" || news="이벤트 소스-출력 #1"
[ -e {folder}/pulled ] && class=monitor || class=sound
case "$*" in
  subscribe) while [ ! -e {folder}/pulled ]; do sleep 0.05; done; echo "$news"; exec sleep 20;;
  *source-outputs)
    echo '[{{"index": 1, "source": 0, "properties": {{"application.process.id": "{pid}"}}}}]';;
  *sources) echo '[{{"index": 0, "name": "it", "properties": {{"device.class": "'$class'"}}}}]';;
  *) echo "[]";;
esac
"""


class Notes:
    """A hearer that writes everything down."""

    def __init__(self):
        self.heard = []
        self.told = []
        self.changed = threading.Event()

    def post(self, heard):
        self.heard.append(heard)

    def lost(self, edge, problem):
        self.told.append((edge, problem))

    def found(self, edge):
        self.told.append((edge, "found"))


def _session_ms(monotonic_s):
    return round(monotonic_s * 1000)


def _tone(path, *, length_s=1.0, hz=440.0):
    times_s = np.arange(round(length_s * 16_000)) / 16_000
    write_wav(path, (0.3 * np.sin(2 * np.pi * hz * times_s)).astype(np.float32))
    return path


def _listen(microphone, seconds):
    parts = []
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        if (captured := microphone.read(0.2)) is not None:
            parts.append(captured)
    return parts


def test_microphone_hears_what_is_played_in_the_room(room, tmp_path):
    microphone = Microphone()
    microphone.open()
    try:
        wait_until(lambda: microphone.read(0.2) is not None, within_s=10, what="sound")
        room.say(_tone(tmp_path / "tone.wav", length_s=1.5))
        parts = _listen(microphone, 3.0)
    finally:
        microphone.close()
    sound = np.concatenate([part.samples for part in parts])
    loud = np.abs(sound) > 0.1
    assert loud.sum() > 0.65 * 1.5 * 16_000
    spectrum = np.abs(np.fft.rfft(sound))
    assert abs(np.argmax(spectrum) * 16_000 / len(sound) - 440) < 3


def test_blocks_follow_each_other_without_a_hole(room):
    microphone = Microphone()
    microphone.open()
    try:
        parts = _listen(microphone, 4.0)
    finally:
        microphone.close()
    for one, following in itertools.pairwise(parts):
        assert following.start_s == pytest.approx(one.end_s, abs=1e-6)
    assert sum(part.is_after_gap for part in parts) == 1, "only the opening is a gap"
    now_s = parts[-1].end_s + parts[-1].skew_s
    assert abs(now_s - time.monotonic()) < 1.0


def test_clock_of_a_stream_follows_drift_and_small_losses_where_the_reference_is_looked_for():
    clock, luck, real_s, taken = _StreamClock(16_000), np.random.default_rng(2), 100.0, 0

    def hear(seconds, ppm=0.0):
        nonlocal real_s, taken
        for _ in range(round(seconds * 40)):
            real_s += 0.025 * (1 + ppm * 1e-6)
            taken += 400
            start_s = clock.pass_on(400, 400, real_s + luck.uniform(-0.008, 0.008))
        return start_s + 0.025 + clock.late_s - real_s

    assert abs(hear(10)) < 0.02
    assert abs(hear(1_800, ppm=-101)) < 0.03
    real_s += 0.12  # the sound server lost some
    assert abs(hear(1)) < 0.03
    assert not clock.has_jumped
    real_s += 4.0  # the computer slept
    assert abs(hear(2)) < 0.03


def test_unknown_device_is_refused_with_the_names_there_are(room):
    with pytest.raises(EdgeError, match='called "no such thing"') as refusal:
        Microphone("no such thing").open()
    assert "default" in refusal.value.hint


def test_device_is_found_by_a_part_of_its_name(room):
    assert portaudio.find_device("DEFAU", "input").name == "default"


def test_listener_hears_a_spoken_command(room, korean_model, korean_clip):
    from matside.hear.vosk_recogniser import VoskRecogniser

    notes = Notes()
    listener = Listener(Microphone(), lambda: VoskRecogniser(korean_model), notes, _session_ms)
    listener.attend(["다음", "너무 힘들어"])
    listener.start()
    try:
        wait_until(lambda: listener.ear.recogniser is not None, within_s=20, what="the recogniser")
        time.sleep(1.0)
        said_s = time.monotonic()
        room.say(korean_clip("너무 힘들어"))
        wait_until(lambda: any(isinstance(one, Transcript) for one in notes.heard), within_s=15, what="words")
    finally:
        assert listener.stop()
    transcript = next(one for one in notes.heard if isinstance(one, Transcript))
    assert transcript.text == "너무 힘들어"
    assert said_s * 1000 - 50 < transcript.began_ms < transcript.ended_ms < time.monotonic() * 1000
    assert notes.told == []


def test_listener_comes_back_when_the_microphone_does(room, tmp_path):
    notes = Notes()
    listener = Listener(Microphone(), lambda: None, notes, _session_ms)
    listener.start()
    try:
        wait_until(lambda: listener.ear.is_fed, within_s=20, what="sound")
        room.break_microphone()
        wait_until(lambda: notes.told != [], within_s=20, what="the loss")
        wait_until(lambda: "no microphone" in notes.told[-1][1], within_s=10, what="the reason")
        room.mend_microphone()
        wait_until(lambda: notes.told[-1][1] == "found", within_s=30, what="the return")
    finally:
        assert listener.stop()
    assert all(edge == "microphone" and problem for edge, problem in notes.told)
    assert [problem for _, problem in notes.told].count("found") == 1


def test_loudspeaker_lent_in_place_of_the_microphone_is_none(room, tmp_path):
    """With music on, what is lent is never silent."""
    notes = Notes()
    listener = Listener(Microphone(), lambda: None, notes, _session_ms)
    watch = RouteWatch(lambda _words: None, listener.deafen)
    room.play(_tone(tmp_path / "music.wav", length_s=40.0))
    listener.start()
    try:
        wait_until(lambda: listener.ear.is_fed, within_s=20, what="sound")
        assert watch.open()
        room.break_microphone()
        wait_until(lambda: notes.told != [], within_s=20, what="the loss")
        assert "no microphone" in notes.told[0][1]
        time.sleep(6.0)
        assert len(notes.told) == 1, "however often it is tried again"
        room.mend_microphone()
        wait_until(lambda: len(notes.told) == 2, within_s=30, what="the return")
        assert notes.told[1] == ("microphone", "found")
    finally:
        watch.close()
        assert listener.stop()


def test_sound_is_watched_on_when_the_news_ended(room):
    """As where the sound server was begun anew."""
    deafened = threading.Event()
    watch = RouteWatch(lambda _words: None, deafened.set)
    microphone = Microphone()
    microphone.open()
    try:
        assert watch.open()
        wait_until(lambda: watch._news is not None, within_s=10, what="the news")
        first = watch._news
        first.kill()
        wait_until(lambda: watch._news is not first, within_s=10, what="the news again")
        room.break_microphone()
        assert deafened.wait(10)
    finally:
        watch.close()
        microphone.close()
    assert watch._news.poll() is not None


def test_a_device_whose_name_cannot_be_printed_goes_by_its_own():
    """`pactl` 16 writes "(null)" for what isn't all ASCII."""
    entry = {"name": "alsa_output.usb", "description": "(null)", "properties": {}}
    assert sound_server._device(entry).words == "alsa_output.usb"
    assert sound_server._device(entry | {"description": "Headset"}).words == "Headset"


def test_news_are_understood_in_a_system_that_speaks_korean(monkeypatch, tmp_path):
    """`pactl` translates them, but no test machine has that language: a script stands in for it."""
    tool = tmp_path / "pactl"
    tool.write_text(TRANSLATING.format(folder=tmp_path, pid=os.getpid()), encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    monkeypatch.setenv("LANGUAGE", "ko")
    deafened = threading.Event()
    watch = RouteWatch(lambda _words: None, deafened.set)
    assert watch.open()
    try:
        assert not deafened.wait(0.5)
        (tmp_path / "pulled").touch()
        assert deafened.wait(10)
    finally:
        watch.close()


def test_without_a_microphone_the_loudspeaker_is_not_opened_for_one(room):
    room.break_microphone()
    with pytest.raises(EdgeError, match="no microphone") as refusal:
        Microphone().open()
    assert "Plug one in" in refusal.value.hint
    assert not Microphone().is_open


def test_muted_microphone_is_told_and_so_is_its_return(tmp_path):
    from room import inside

    with open_room(has_noise=False) as room, inside(room):
        notes = Notes()
        listener = Listener(Microphone(), lambda: None, notes, _session_ms)
        listener.start()
        try:
            wait_until(lambda: notes.told != [], within_s=20, what="the notice")
            assert "muted" in notes.told[0][1]
            room.say(_tone(tmp_path / "tone.wav"))
            wait_until(lambda: len(notes.told) == 2, within_s=20, what="the return")
        finally:
            assert listener.stop()
    assert notes.told[1] == ("microphone", "found")


def test_model_that_cannot_be_loaded_is_told_and_listening_goes_on(room):
    def load():
        raise EdgeError("No model.", hint="Get one.")

    notes = Notes()
    listener = Listener(Microphone(), load, notes, _session_ms)
    listener.start()
    try:
        wait_until(lambda: listener.ear.is_fed, within_s=20, what="sound")
    finally:
        assert listener.stop()
    assert notes.told == [("model", "No model. Get one.")]


def test_renewing_closes_the_other_edges_streams_first(room, monkeypatch):
    released = []
    claim = portaudio.claim(lambda: released.append(True))
    monkeypatch.setattr(portaudio, "_probe", lambda: [["another", 1, 1]])
    before = portaudio.generation()
    try:
        assert portaudio.renew_if_changed()
    finally:
        claim.drop()
    assert released == [True]
    assert portaudio.generation() == before + 1


def test_library_stays_as_it_is_while_no_device_changes(room):
    before = portaudio.generation()
    assert not portaudio.renew_if_changed()
    assert portaudio.generation() == before
