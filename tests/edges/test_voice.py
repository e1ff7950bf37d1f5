import json
import os
import signal
import struct
import subprocess
import sys
import wave
from unittest import mock

import numpy as np
import pytest

from matside.errors import EdgeError
from matside.say import voice_worker
from matside.say.prerender import SPEECH_LEVEL_DB, Prerenderer, estimated_ms, even_out
from matside.say.pyttsx3_voice import Pyttsx3Voice
from matside.say.rendered import read_rendered
from matside.say.speech_cache import SpeechCache
from matside.say.voice import Manner
from matside.session.cue import ToneKind

ENGLISH = Manner(language="en", preferred=("gmw/en-gb-x-rp",), rate_wpm=150)


@pytest.fixture
def voice():
    made = Pyttsx3Voice(ENGLISH)
    yield made
    made.close()


@pytest.fixture
def cache(tmp_path):
    return SpeechCache(tmp_path / "speech")


def fake_worker(body):
    """A stand-in for the worker, for what the real engine does only on a bad day."""
    script = f"import sys, json, time\nprint(json.dumps({{'ready': True}}), flush=True)\n{body}"
    return (sys.executable, "-c", script)


def only_file(folder):
    (found,) = folder.iterdir()
    return found


def test_the_real_engine_renders_words(voice, tmp_path):
    voice.render("Out, and lift the hips.", tmp_path / "a.wav")
    samples, rate_hz = read_rendered(tmp_path / "a.wav")
    assert rate_hz >= 16_000
    assert 0.8 < len(samples) / rate_hz < 4
    assert np.abs(samples).max() > 0.1


def test_one_process_renders_one_utterance_after_the_other(voice, tmp_path):
    for number in range(5):
        voice.render("one " * (number + 1), tmp_path / f"{number}.wav")
    lengths = [len(read_rendered(tmp_path / f"{number}.wav")[0]) for number in range(5)]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[-1] / 2


@pytest.mark.parametrize(
    ("language", "preferred", "chosen"),
    [
        ("ko", (), "ko"),
        ("en", ("nobody", "GMW/EN-US"), "gmw/en-us"),
        ("de", ("nobody",), "gmw/de"),
        ("xx", (), None),
    ],
)
def test_a_preferred_voice_is_chosen_else_one_of_the_language(tmp_path, language, preferred, chosen):
    voice = Pyttsx3Voice(Manner(language=language, preferred=preferred, rate_wpm=150))
    with mock.patch.object(voice, "_ask", wraps=voice._ask) as ask:
        answers = []
        ask.side_effect = lambda job, **kept: answers.append(Pyttsx3Voice._ask(voice, job, **kept))
        voice.render("숨을 내쉬세요", tmp_path / "a.wav")
    voice.close()
    assert [answer["voice"] for answer in answers] == [chosen]


def test_a_voice_that_does_not_exist_is_no_failure(tmp_path):
    voice = Pyttsx3Voice(Manner(language="xx", preferred=("nobody",), rate_wpm=150))
    voice.render("Hello.", tmp_path / "a.wav")
    voice.close()
    assert (tmp_path / "a.wav").stat().st_size > 44


def test_voices_are_listed_with_their_languages(voice):
    assert any("en-gb" in tag for info in voice.voices() for tag in info.languages)


def test_a_killed_engine_is_replaced(voice, tmp_path):
    voice.render("One.", tmp_path / "a.wav")
    os.kill(voice._worker._process.pid, signal.SIGKILL)
    voice._worker._process.wait()
    voice.render("Two.", tmp_path / "b.wav")
    assert (tmp_path / "b.wav").exists()


def test_a_hanging_engine_is_killed_and_after_two_failures_declared_broken(tmp_path):
    voice = Pyttsx3Voice(ENGLISH, command=fake_worker("time.sleep(60)"), answers_within_s=0.2)
    with pytest.raises(EdgeError, match=r"no answer for 0\.2 s") as caught:
        voice.render("One.", tmp_path / "a.wav")
    assert caught.value.hint or sys.platform not in {"linux", "darwin", "win32"}
    assert voice._worker is None
    with pytest.raises(EdgeError):
        voice.render("Two.", tmp_path / "a.wav")


def test_an_engine_that_is_not_there_is_named(tmp_path):
    voice = Pyttsx3Voice(ENGLISH, command=("/nonexistent/python",))
    with pytest.raises(EdgeError, match="can't start"):
        voice.render("One.", tmp_path / "a.wav")


def test_an_engine_that_writes_nothing_is_a_failure(tmp_path):
    voice = Pyttsx3Voice(ENGLISH, command=fake_worker("for _ in sys.stdin: print('{}', flush=True)"))
    with pytest.raises(EdgeError, match="wrote no sound"):
        voice.render("One.", tmp_path / "a.wav")


def test_a_worker_dies_with_its_parent(tmp_path):
    voice = Pyttsx3Voice(ENGLISH)
    voice.render("One.", tmp_path / "a.wav")
    process = voice._worker._process
    process.stdin.close()
    assert process.wait(timeout=10) == 0
    voice._worker.kill = lambda: (process.stdout.close(), voice._worker._reader.join())
    voice.close()


def test_a_text_is_rendered_once_and_then_read(voice, cache):
    first = Prerenderer(voice, cache)
    length_ms = first.length_ms("Out, lift.")
    voice.close()
    dead = Pyttsx3Voice(ENGLISH, command=("/nonexistent/python",))
    again = Prerenderer(dead, cache)
    assert again.length_ms("Out, lift.") == length_ms
    assert len(again.samples("Out, lift.", 22_050)) * 1000 / 22_050 == pytest.approx(length_ms, abs=1)
    assert again.problem is None


def test_another_rate_is_another_sound(cache):
    slow = Manner(language="en", preferred=(), rate_wpm=110)
    assert cache.key("pyttsx3", ENGLISH, "Hi") != cache.key("pyttsx3", slow, "Hi")
    assert cache.key("pyttsx3", ENGLISH, "Hi") != cache.key("other", ENGLISH, "Hi")


@pytest.mark.parametrize("damage", ["empty", "short", "header", "flipped"])
def test_a_damaged_cache_file_is_rendered_again(voice, cache, damage):
    good = Prerenderer(voice, cache).samples("Lower slowly.", 22_050)
    path = only_file(cache.folder)
    content = bytearray(path.read_bytes())
    match damage:
        case "empty":
            content = b""
        case "short":
            content = content[:2_000]
        case "header":
            content[0:4] = b"JUNK"
        case "flipped":
            content[1_000] ^= 0xFF
    path.write_bytes(content)
    again = Prerenderer(voice, cache).samples("Lower slowly.", 22_050)
    assert len(again) == pytest.approx(len(good), rel=0.02)
    assert np.abs(again).max() < 1
    assert cache.load(path.stem) is not None


def test_the_cache_holds_plain_wav_files(voice, cache):
    Prerenderer(voice, cache).length_ms("Hello.")
    with wave.open(str(only_file(cache.folder))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert sound.getnframes() > 1_000


def test_a_cache_that_cannot_be_written_does_not_silence_the_voice(voice, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    speech = Prerenderer(voice, SpeechCache(tmp_path / "file"))
    assert len(speech.samples("Hello.", 22_050)) > 1_000
    assert speech.problem is None


def test_no_half_written_file_is_left(voice, cache):
    Prerenderer(voice, cache).prerender(["One.", "Two."])
    assert sorted(path.suffix for path in cache.folder.iterdir()) == [".wav", ".wav"]


def test_progress_is_told_for_every_text(voice, cache):
    told = []
    Prerenderer(voice, cache).prerender(
        ["One.", "Two.", "One."], lambda done, total: told.append((done, total))
    )
    assert told == [(1, 2), (2, 2)]


def test_all_voices_speak_about_equally_loud(voice, cache):
    speech = Prerenderer(voice, cache)
    for text in ("One.", "Out, and lift the hips, all the way, slowly."):
        samples = speech.samples(text, 16_000)
        frames = samples[: len(samples) // 320 * 320].reshape(-1, 320)
        powers = np.mean(frames**2, axis=1)
        level_db = 10 * np.log10(powers[powers > powers.max() / 1_000].mean())
        assert level_db == pytest.approx(SPEECH_LEVEL_DB, abs=2.5)
        assert np.abs(samples).max() < 1


def test_silence_around_speech_is_cut_and_its_edges_are_soft():
    rate_hz = 16_000
    buzz = np.sin(np.arange(rate_hz) * 0.3).astype(np.float32) * 0.1
    quiet = np.zeros(rate_hz // 2, dtype=np.float32)
    cut = even_out(np.concatenate([quiet, buzz, quiet]), rate_hz)
    assert len(cut) == pytest.approx(rate_hz + 160, abs=20)
    assert abs(cut[0]) < 0.001
    assert abs(cut[-1]) < 0.001


def test_digital_silence_becomes_a_moment_of_silence():
    assert not even_out(np.zeros(16_000, dtype=np.float32), 16_000).any()
    assert not even_out(np.zeros(3, dtype=np.float32), 16_000).any()


def test_without_an_engine_lengths_are_estimated_and_tones_go_on(cache):
    speech = Prerenderer(None, cache)
    assert speech.problem
    assert speech.length_ms("Out, and lift the hips.") == estimated_ms("Out, and lift the hips.")
    assert len(speech.samples("Out.", 48_000)) == 0
    assert len(speech.sound("", ToneKind.TICK, 48_000)) > 1_000


def test_an_engine_that_breaks_leaves_estimates_and_says_so(cache):
    speech = Prerenderer(Pyttsx3Voice(ENGLISH, command=("/nonexistent/python",)), cache)
    assert speech.length_ms("Out.") == estimated_ms("Out.")
    assert "No voice" in speech.problem


@pytest.mark.parametrize(
    ("text", "length_ms"),
    [("Out, and lift the hips.", 2_381), ("숨을 내쉬세요", 1_200), ("I've.", 476), ("...", 300)],
)
def test_estimates_follow_words_in_english_and_syllables_in_korean(text, length_ms):
    assert estimated_ms(text) == pytest.approx(length_ms, abs=1)


@pytest.mark.parametrize(
    ("kind", "dtype", "scale"), [(b"NONE", ">i2", 1), (b"sowt", "<i2", 1), (b"fl32", ">f4", 32768)]
)
def test_aiff_is_read_whatever_its_name(tmp_path, kind, dtype, scale):
    values = np.array([0, 1000, -2000, 32767], dtype=np.int64)
    body = (values / scale).astype(dtype).tobytes()
    bits = np.dtype(dtype).itemsize * 8
    rate = struct.pack(">HQ", 16383 + 14, 22_050 << (63 - 14))
    common = struct.pack(">hIh", 1, len(values), bits) + rate
    form = b"AIFF" if kind == b"NONE" else b"AIFC"
    if form == b"AIFC":
        common += kind + b"\0\0"
    chunks = struct.pack(">4sI", b"COMM", len(common)) + common
    chunks += struct.pack(">4sI", b"SSND", len(body) + 8) + bytes(8) + body
    path = tmp_path / "speech.wav"
    path.write_bytes(b"FORM" + struct.pack(">I", len(chunks) + 4) + form + chunks)
    samples, rate_hz = read_rendered(path)
    assert rate_hz == 22_050
    assert np.allclose(samples * 32768, values, atol=1)


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"FORM", b"FORM\0\0\0\4AIFF", b"hello, this is no sound at all"]
)
def test_what_is_no_sound_is_an_edge_error(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(EdgeError, match="isn't sound"):
        read_rendered(tmp_path / "a.wav")


class ForgetfulEngine:
    """What pyttsx3's espeak driver does now and then: it writes a file without sound."""

    def __init__(self, *, empty):
        self.empty = empty
        self.path = ""

    def getProperty(self, name):  # noqa: N802 pyttsx3's own name
        assert name == "voices"
        return []

    def save_to_file(self, _text, path):
        self.path = path

    def runAndWait(self):  # noqa: N802 pyttsx3's own name
        self.empty -= 1
        with wave.open(self.path, "wb") as sound:
            sound.setparams((1, 2, 22_050, 0, "NONE", ""))
            sound.writeframes(b"" if self.empty >= 0 else b"\1\2" * 5_000 + bytes(20_000))


@pytest.fixture
def forgetful(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(voice_worker, "_set", lambda _engine, _name, _value: None)
    return ForgetfulEngine


@pytest.mark.parametrize("empty", [0, 2])
def test_an_empty_file_is_rendered_again(tmp_path, forgetful, empty):
    path = tmp_path / "a.wav"
    job = {"do": "render", "text": "Hello.", "path": str(path), "language": "en", "preferred": []}
    assert voice_worker._work(forgetful(empty=empty), job | {"rate_wpm": 150}) == {"voice": None}
    assert len(read_rendered(path)[0]) == 15_000


def test_an_engine_that_never_gives_sound_is_a_problem(tmp_path, forgetful):
    job = {"do": "render", "text": "Hello.", "path": str(tmp_path / "a.wav"), "language": "en"}
    answer = voice_worker._work(forgetful(empty=99), job | {"preferred": [], "rate_wpm": 150})
    assert "no sound" in answer["problem"]


@pytest.mark.parametrize("rates", [(150,) * 12, (80, 300) * 6, (200, 150, 150) * 4])
def test_every_text_is_spoken_at_the_rate_that_was_asked_for(tmp_path, rates):
    lengths = {}
    for number, rate_wpm in enumerate(rates):
        if number % 4 == 0:
            voice = Pyttsx3Voice(Manner(language="en", preferred=(), rate_wpm=rate_wpm))
        voice.manner = Manner(language="en", preferred=(), rate_wpm=rate_wpm)
        voice.render("Lower slowly.", tmp_path / "a.wav")
        lengths.setdefault(rate_wpm, []).append(len(read_rendered(tmp_path / "a.wav")[0]))
        if number % 4 == 3:
            voice.close()
    for rate_wpm, found in lengths.items():
        assert max(found) < 1.02 * min(found), rate_wpm
    fastest_first = [lengths[rate_wpm][0] for rate_wpm in sorted(lengths, reverse=True)]
    assert fastest_first == sorted(fastest_first)


def test_a_rendering_without_sound_is_not_kept(cache):
    class Mute:
        name, manner = "mute", ENGLISH

        def render(self, _text, path):
            with wave.open(str(path), "wb") as sound:
                sound.setparams((1, 2, 22_050, 0, "NONE", ""))
                sound.writeframes(b"\0\0" * 5_000)

    assert Prerenderer(Mute(), cache).length_ms("Hello.") > 0
    assert not cache.folder.exists() or not list(cache.folder.iterdir())


def test_the_process_ends_when_nobody_asks_any_more_even_in_a_job_that_never_ends(tmp_path):
    job = {"do": "render", "text": "Hello.", "path": str(tmp_path / "gone" / "a.wav"), "language": "en"}
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "matside.say.voice_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        worker.communicate(json.dumps(job | {"preferred": [], "rate_wpm": 150}) + "\n", timeout=30)
        assert worker.returncode is not None
    finally:
        worker.kill()
        worker.wait()
