"""A model made for commands: Vosk loads it, its graph is the phrasebook's, its answers can be weighed."""

import math
import struct
from pathlib import Path

import pytest

from matside.hear.command_graph import GraphCosts, Vocabulary, command_graph, transition
from matside.hear.command_model import Confidence, best_reading
from matside.hear.openfst import Fst

FOLDER = Path(__file__).parents[2] / "models/matside-en"
COSTS = GraphCosts(garbage=4.0, garbage_phone=1.0, decoy=0.5, short=0.5, urgent=1.0, blank=0.0)
TINY = Vocabulary(
    phones=("AA", "P", "S", "T"),
    words={"[unk]": 1, "stop": 2, "top": 3, "pass": 4},
    pronunciations={"stop": [["S", "T", "AA", "P"]], "top": [["T", "AA", "P"]], "pass": [["P", "S", "S"]]},
)
BLANK = transition(1)


def costs_of_paths(fst: Fst, frames: list[int]) -> dict[tuple[int, ...], float]:
    """Give the cheapest cost of each sequence of words that reads all these labels, by brute force."""
    best: dict[tuple[int, tuple[int, ...]], float] = {(0, ()): 0.0}

    def closed(states: dict[tuple[int, tuple[int, ...]], float]) -> dict[tuple[int, tuple[int, ...]], float]:
        queue = list(states)
        while queue:
            state, words = queue.pop()
            for arc in fst.arcs[state]:
                if arc.takes == 0:
                    there = (arc.to, words + ((arc.gives,) if arc.gives else ()))
                    cost = states[state, words] + arc.cost
                    if len(there[1]) < 4 and cost < states.get(there, math.inf) - 1e-9:
                        states[there] = cost
                        queue.append(there)
        return states

    best = closed(best)
    for label in frames:
        following: dict[tuple[int, tuple[int, ...]], float] = {}
        for (state, words), cost in best.items():
            for arc in fst.arcs[state]:
                if arc.takes == label:
                    there = (arc.to, words + ((arc.gives,) if arc.gives else ()))
                    following[there] = min(following.get(there, math.inf), cost + arc.cost)
        best = closed(following)
    answers: dict[tuple[int, ...], float] = {}
    for (state, words), cost in best.items():
        if state in fst.finals:
            answers[words] = min(answers.get(words, math.inf), cost + fst.finals[state])
    return answers


def labels(text: str) -> list[int]:
    return [BLANK if sign == "-" else TINY.label({"A": "AA"}.get(sign, sign)) for sign in text]


def graph(*phrases: str, decoys: tuple[str, ...] = (), urgent: tuple[str, ...] = ()) -> Fst:
    return command_graph(TINY, phrases, decoys=decoys, urgent=urgent, costs=COSTS)


class TestGraph:
    def test_a_phrase_and_anything_else_read_the_same_sound(self):
        answers = costs_of_paths(graph("stop"), labels("--STTA-AP--"))
        # After a blank the same phone is a new one: "anything else" pays for five, the phrase has four.
        assert answers == {(1,): pytest.approx(4.0 + 5 * 1.0)}
        answers = costs_of_paths(graph("stop"), labels("--SS-TTAAP--"))
        assert answers == {(2,): pytest.approx(0.5), (1,): pytest.approx(4.0 + 4 * 1.0)}

    def test_two_equal_phones_need_a_blank_between_them(self):
        assert (4,) not in costs_of_paths(graph("pass"), labels("PSS"))
        assert (4,) in costs_of_paths(graph("pass"), labels("PS-S"))

    def test_an_urgent_phrase_is_cheaper_and_a_decoy_costs_its_own(self):
        answers = costs_of_paths(graph("stop", decoys=("top",), urgent=("stop",)), labels("STAP"))
        assert answers[2,] == pytest.approx(0.5 - 1.0)
        assert costs_of_paths(graph("stop", decoys=("top",)), labels("TAP"))[3,] == pytest.approx(0.5)

    def test_a_phrase_with_an_unknown_word_is_left_out(self):
        assert costs_of_paths(graph("burpees stop"), labels("STAP")) == {(1,): pytest.approx(8.0)}


# Written by OpenFst 1.8 for the transducer in the test, its properties left out: 8 bytes after the flags.
REFERENCE = bytes.fromhex(
    "d6fdb27e06000000766563746f72080000007374616e646172640200000000000000"
    "0000000000000000030000000000000000000000000000000000807f0100000000000000"
    "03000000070000000000c03f010000000000807f020000000000000003000000000000000000000001000000"
    "0000000002000000000000bf020000000000803e0000000000000000"
)


class TestFile:
    def test_the_bytes_are_openfsts(self):
        fst = Fst()
        middle, end = fst.add_state(), fst.add_state()
        fst.add_arc(0, middle, takes=3, gives=7, cost=1.5)
        fst.add_arc(middle, middle, takes=3)
        fst.add_arc(middle, end, gives=2, cost=-0.5)
        fst.end_at(end, 0.25)
        data = fst.to_bytes()
        assert data[:34] + data[42:] == REFERENCE
        assert struct.unpack_from("<Q", data, 34) == (3,)


class TestReading:
    CONFIDENCE = Confidence(slope=1.0, offset=-2.0)

    @staticmethod
    def reading(text: str, score: float) -> dict[str, object]:
        words = [{"word": word, "start": 0.1, "end": 0.4} for word in text.split()]
        return {"text": text, "confidence": score, "result": words}

    def test_the_lead_is_the_confidence(self):
        close = best_reading(
            {"alternatives": [self.reading("stop", -10.0), self.reading("[unk]", -10.5)]}, self.CONFIDENCE
        )
        clear = best_reading(
            {"alternatives": [self.reading("stop", -10.0), self.reading("[unk]", -17.0)]}, self.CONFIDENCE
        )
        assert [word.text for word in close] == ["stop"]
        assert close[0].confidence < 0.5
        assert clear[0].confidence > 0.9

    def test_anything_else_is_no_word_of_ours(self):
        words = best_reading(
            {"alternatives": [self.reading("[unk]", -9.0), self.reading("stop", -10.0)]}, self.CONFIDENCE
        )
        assert [(word.text, word.confidence) for word in words] == [("[unk]", 0.0)]

    def test_nothing_is_nothing(self):
        assert best_reading({"alternatives": []}, self.CONFIDENCE) == ()
        assert best_reading({"alternatives": [{"text": "", "confidence": -3.0}]}, self.CONFIDENCE) == ()
