"""A stumble within a phrase is left out, and nothing that was said."""

import pytest

from matside.session.command import Command, Ignored, Situation
from matside.understand.interpret import Context, interpret
from matside.understand.phrasebook import Phrasebook
from matside.understand.strays import without_stumbles
from matside.understand.transcript import Transcript, Word
from stage import library

KO = Phrasebook.of(library().languages["ko"].phrasebook)


def utterance(*words):
    """Make an utterance of (text, length, confidence), one word behind the other."""
    made, at_ms = [], 10_000
    for text, length_ms, confidence in words:
        made.append(Word(text=text, start_ms=at_ms, end_ms=at_ms + length_ms, confidence=confidence))
        at_ms += length_ms
    return Transcript(words=tuple(made), began_ms=10_000, ended_ms=at_ms, decided_ms=at_ms)


def meant(*words, situation=Situation.HOLD):
    return interpret(utterance(*words), KO, Context(situation=situation))


def test_a_word_twice_of_which_one_cannot_have_been_said_is_one_word():
    heard = utterance(("계속", 540, 1.0), ("해", 30, 1.0), ("해", 400, 1.0))
    assert without_stumbles(heard).text == "계속 해"
    assert without_stumbles(heard).words[-1].end_ms == heard.words[-1].end_ms
    assert interpret(heard, KO, Context(situation=Situation.PAUSED)) is Command.RESUME


def test_a_word_that_was_said_twice_stays():
    assert without_stumbles(utterance(("다시", 300, 1.0), ("다시", 300, 1.0))).text == "다시 다시"


@pytest.mark.parametrize("tail", [("하나", 140, 0.6), ("누구", 300, 0.5), ("미안해", 300, 0.7)])
def test_one_more_word_makes_it_another_utterance(tail):
    """Talk that was heard as a phrase and a decoy was once taken for "pause", twice in 38 minutes."""
    assert isinstance(meant(("잠시", 400, 1.0), tail), Ignored)


@pytest.mark.parametrize("situation", [Situation.CHECK, Situation.PAIN_ASK, Situation.DIZZY_ASK])
@pytest.mark.parametrize("words", [("없어", "고마워"), ("출혈", "없어"), ("하혈", "아니요")])
def test_where_a_question_waits_nothing_is_left_out(words, situation):
    """An answer that leads past a question isn't guessed, and "no bleeding" is not "bleeding"."""
    first, last = words
    assert isinstance(meant((first, 460, 1.0), (last, 275, 0.7), situation=situation), Ignored)
    assert isinstance(meant(("없어", 460, 1.0), ("없어", 40, 1.0), situation=situation), Ignored)


def test_a_longer_phrase_is_not_cut_to_a_shorter_one():
    assert meant(("잠깐", 300, 1.0), ("쉬자", 300, 0.8)) is KO.command_for("잠깐 쉬자", Situation.HOLD)
