"""What a room adds to a phrase is left out, and nothing that was said."""

import pytest

from matside.session.command import Command, Ignored, Situation
from matside.understand.interpret import Context, interpret
from matside.understand.phrasebook import Phrasebook
from matside.understand.strays import without_stumbles, without_tail
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


@pytest.mark.parametrize(
    ("tail", "is_taken"),
    [(("하나", 140, 0.6), True), (("하나", 140, 0.95), False), (("하나", 600, 0.6), False)],
)
def test_a_short_unsure_word_behind_a_sure_phrase_is_the_rooms(tail, is_taken):
    assert meant(("넘어가", 520, 1.0), tail) == (Command.NEXT if is_taken else Ignored(reason="not a phrase"))


def test_an_unsure_phrase_gets_no_help():
    assert isinstance(meant(("넘어가", 520, 0.8), ("하나", 140, 0.6)), Ignored)


def test_one_stray_word_alone_is_left_out_at_the_end_alone():
    assert isinstance(meant(("하나", 140, 0.6), ("넘어가", 520, 1.0)), Ignored)
    assert isinstance(meant(("넘어가", 520, 1.0), ("하나", 140, 0.6), ("하나", 140, 0.6)), Ignored)
    assert without_tail(utterance(("하나", 140, 0.6))) is None


@pytest.mark.parametrize("situation", [Situation.CHECK, Situation.PAIN_ASK, Situation.DIZZY_ASK])
@pytest.mark.parametrize("words", [("없어", "고마워"), ("출혈", "없어"), ("하혈", "아니요")])
def test_where_a_question_waits_nothing_is_left_out(words, situation):
    """An answer that leads past a question isn't guessed, and "no bleeding" is not "bleeding"."""
    first, last = words
    assert isinstance(meant((first, 460, 1.0), (last, 275, 0.7), situation=situation), Ignored)
    assert isinstance(meant(("없어", 460, 1.0), ("없어", 40, 1.0), situation=situation), Ignored)


@pytest.mark.parametrize(
    ("said", "situation"),
    [
        ("계속 아파", Situation.PAUSED),
        ("이어서 어지러워", Situation.STOPPED),
        ("넘어가 그만", Situation.HOLD),
        ("잠깐 기절", Situation.HOLD),
        ("다시 출혈", Situation.HOLD),
    ],
)
def test_a_last_word_that_could_be_urgent_is_never_left_out(said, situation):
    first, last = said.split()
    assert isinstance(meant((first, 400, 1.0), (last, 300, 0.8), situation=situation), Ignored)


def test_a_longer_phrase_is_not_cut_to_a_shorter_one():
    assert meant(("잠깐", 300, 1.0), ("쉬자", 300, 0.8)) is KO.command_for("잠깐 쉬자", Situation.HOLD)
