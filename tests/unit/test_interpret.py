"""Which utterance is a command, and why another isn't."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matside.session.command import Command, Ignored, Situation
from matside.understand.company import ONE_OF_A_ROW, UNSURE, Company
from matside.understand.echo import Duplex, OwnLine
from matside.understand.interpret import Context, in_company, interpret
from matside.understand.keymap import command_for_key
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import Transcript, Word
from stage import library

BOOKS = {code: Phrasebook.of(words.phrasebook) for code, words in library().languages.items()}
EN = BOOKS["en"]
HOLD = Context(situation=Situation.HOLD)


def utterance(text, *, began_ms=10_000, length_ms=600, **rest):
    words = tuple(
        Word(text=word, start_ms=began_ms, end_ms=began_ms + 200, confidence=1.0) for word in text.split()
    )
    ended_ms = began_ms + length_ms
    return Transcript(words=words, began_ms=began_ms, ended_ms=ended_ms, decided_ms=ended_ms, **rest)


@pytest.mark.parametrize("code", BOOKS)
def test_every_phrase_is_its_command_wherever_it_makes_sense(code):
    book = BOOKS[code]
    for situation in Situation:
        for phrase, command in book.by_situation[situation].items():
            assert interpret(utterance(phrase), book, Context(situation=situation)) is command


@pytest.mark.parametrize(
    ("heard", "reason"),
    [
        (utterance(""), "no words"),
        (utterance("stop", length_ms=100), "too short"),
        (utterance("stop", length_ms=3_000), "too long"),
        (utterance("next", length_ms=1_100), "too long for these words"),
        (utterance("the next stop"), "not a phrase"),
        (utterance("stop stop next"), "not a phrase"),
        (utterance("next next"), "not a phrase"),
        (utterance("ready"), "makes no sense now"),
        (utterance("next", quiet_before_ms=100), "part of other talk"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_command_is_ignored_for_a_reason(heard, reason):
    assert interpret(heard, EN, HOLD) == Ignored(reason=reason)


def test_urgent_words_are_taken_out_of_other_talk():
    assert interpret(utterance("stop", quiet_before_ms=0), EN, HOLD) is Command.STOP


def test_the_same_command_within_a_moment_is_its_echo():
    context = dataclasses.replace(HOLD, last=(Command.NEXT, 9_500))
    assert interpret(utterance("next"), EN, context) == Ignored(reason="said twice")
    assert interpret(utterance("skip", began_ms=10_400), EN, context) is Command.NEXT
    assert interpret(utterance("pause"), EN, context) is Command.PAUSE


def test_no_may_be_said_twice_in_a_row():
    context = Context(situation=Situation.CHECK, last=(Command.NO, 9_900))
    assert interpret(utterance("no"), EN, context) is Command.NO


def test_our_own_words_coming_back_are_ignored_and_a_person_over_them_is_heard():
    own = (OwnLine(text="Say continue, easier, skip, pain, or end session.", at_ms=9_000, end_ms=13_000),)
    context = dataclasses.replace(HOLD, own=own)
    assert interpret(utterance("skip", level_db=-24, echo_db=-25), EN, context) == Ignored(reason="own voice")
    assert interpret(utterance("skip", level_db=-12, echo_db=-25), EN, context) is Command.NEXT
    assert interpret(utterance("skip", began_ms=20_000), EN, context) is Command.NEXT


def test_urgent_words_over_the_coach_need_less():
    own = (OwnLine(text="Breathe out and lift.", at_ms=9_000, end_ms=13_000),)
    context = dataclasses.replace(HOLD, own=own)
    assert interpret(utterance("stop", level_db=-20, echo_db=-25), EN, context) is Command.STOP
    assert interpret(utterance("next", level_db=-20, echo_db=-25), EN, context) == Ignored(reason="own voice")


@settings(max_examples=300)
@given(
    st.text(max_size=30),
    st.integers(0, 10**7),
    st.integers(0, 10_000),
    st.sampled_from(Situation),
    st.floats(-200, 10),
)
def test_interpretation_is_total(text, began_ms, length_ms, situation, level_db):
    heard = utterance(text, began_ms=began_ms, length_ms=length_ms, level_db=level_db)
    own = (OwnLine(text=text, at_ms=began_ms, end_ms=began_ms),)
    assert isinstance(interpret(heard, EN, Context(situation=situation, own=own)), Command | Ignored)


@pytest.mark.parametrize("code", BOOKS)
@pytest.mark.parametrize("situation", Situation)
def test_every_key_and_every_name_works_everywhere(code, situation):
    book = BOOKS[code]
    for command, key in book.keys.items():
        assert command_for_key(key, book, situation) is command
        assert command_for_key(command.value, book, situation) is command
        assert command_for_key(f" {command.value.upper()} ", book, situation) is command


def test_space_pauses_and_goes_on():
    assert command_for_key(" ", EN, Situation.HOLD) is Command.PAUSE
    assert command_for_key(" ", EN, Situation.PAUSED) is Command.RESUME
    assert command_for_key(" ", EN, Situation.STOPPED) is Command.RESUME


def test_return_says_ready_in_a_setup_and_nothing_elsewhere():
    assert command_for_key("\n", EN, Situation.SETUP) is Command.READY
    assert command_for_key("\n", EN, Situation.HOLD) is None


@settings(max_examples=200)
@given(st.text(max_size=12), st.sampled_from(Situation))
def test_any_typing_is_a_command_or_nothing(typed, situation):
    assert command_for_key(typed, EN, situation) in {None, *Command}


def test_a_typed_phrase_is_taken():
    assert command_for_key("too hard", EN, Situation.HOLD) is Command.EASIER
    assert command_for_key("blah", EN, Situation.HOLD) is None


def test_urgent_word_may_be_drawn_out():
    assert interpret(utterance("stop", length_ms=2_000), EN, HOLD) is Command.STOP


def test_room_that_lets_little_through_lets_urgent_words_through():
    own = [OwnLine(text="Lift your hips slowly", at_ms=9_500, end_ms=12_000)]
    said = {text: utterance(text, level_db=-20.0, echo_db=-60.0) for text in ("next", "stop", "hold on")}
    for duplex, taken in ((Duplex.FULL, 3), (Duplex.GATED, 2), (Duplex.GAPS, 2)):
        context = Context(situation=Situation.HOLD, own=own, duplex=duplex)
        got = [one for one in said.values() if not isinstance(interpret(one, EN, context), Ignored)]
        assert len(got) == taken, duplex
    saying = [OwnLine(text="We stop there", at_ms=9_500, end_ms=12_000)]
    gaps = Context(situation=Situation.HOLD, own=saying, duplex=Duplex.GAPS)
    assert interpret(said["stop"], EN, gaps) == Ignored(reason="while the coach speaks")
    full = Context(situation=Situation.HOLD, own=saying)
    assert interpret(said["stop"], EN, full) is Command.STOP, "a real stop over a line that holds the word"
    later = Context(situation=Situation.HOLD, own=own[:0], duplex=Duplex.GAPS)
    assert interpret(said["next"], EN, later) is Command.NEXT


@pytest.mark.parametrize("situation", [Situation.CHECK, Situation.PAIN_ASK])
def test_a_yes_over_a_check_question_is_the_coach_and_over_the_pain_question_is_hers(situation):
    own = (OwnLine(text="Any chest pain, or fainting?", at_ms=9_900, end_ms=14_000),)
    context = Context(situation=situation, own=own, asked_ms=9_900)
    decided = interpret(utterance("yes", level_db=-20.0, echo_db=-60.0), EN, context)
    early = Ignored(reason="before the question was asked")
    assert decided == (early if situation is Situation.CHECK else Command.YES)
    after = interpret(utterance("yes", began_ms=14_300, level_db=-20.0, echo_db=-60.0), EN, context)
    assert after is Command.YES


@pytest.mark.parametrize(("over_db", "taken"), [(9, False), (13, True)])
def test_a_red_word_over_the_coach_must_be_well_above_its_echo(over_db, taken):
    own = (OwnLine(text="In, float your arms up.", at_ms=9_900, end_ms=12_000),)
    context = Context(situation=Situation.MOVE, own=own)
    heard = utterance("bleeding", level_db=-40.0 + over_db, echo_db=-40.0)
    assert interpret(heard, EN, context) == (Command.RED if taken else Ignored(reason="own voice"))
    gap = utterance("bleeding", began_ms=13_000, level_db=-50.0, echo_db=-120.0)
    assert interpret(gap, EN, context) is Command.RED


@pytest.mark.parametrize("text", ["stop stop", "stop stop stop", "it hurts it hurts", "bleeding bleeding"])
def test_what_is_urgent_may_be_called_more_than_once_in_a_breath(text):
    once = text.split()[0] if text[0] != "i" else "it hurts"
    assert interpret(utterance(text, length_ms=1_500), EN, HOLD) is EN.command_for(once, Situation.HOLD)


def probable(text, confidence, over_db, **rest):
    heard = utterance(text, level_db=-40.0 + over_db, echo_db=-40.0, **rest)
    words = tuple(dataclasses.replace(word, confidence=confidence, is_probable=True) for word in heard.words)
    return dataclasses.replace(heard, words=words)


@pytest.mark.parametrize(
    ("text", "confidence", "over_db", "taken"),
    [
        ("bleeding", 0.95, 8.5, True),
        ("bleeding", 0.95, 7.5, False),
        ("bleeding", 0.9, 8.5, False),
        ("next", 0.95, 4.5, True),
        ("next", 0.95, 3.5, False),
        ("next", 0.9, 4.5, False),
        ("stop", 0.95, 3.5, False),
        ("stop", 0.95, 4.5, True),
    ],
)
def test_over_the_coach_a_word_that_is_sure_needs_less(text, confidence, over_db, taken):
    own = (OwnLine(text="In, float your arms up.", at_ms=9_900, end_ms=12_000),)
    context = Context(situation=Situation.MOVE, own=own)
    decided = interpret(probable(text, confidence, over_db), EN, context)
    assert (decided == Ignored(reason="own voice")) is not taken
    saying = dataclasses.replace(context, own=(OwnLine(text=f"{text}. {text}.", at_ms=9_900, end_ms=12_000),))
    still = interpret(probable(text, confidence, over_db), EN, saying)
    assert still == Ignored(reason="own voice"), "the coach says it"


@pytest.mark.parametrize(
    ("text", "line", "situation"),
    [
        ("i'm bleeding", "Any bleeding, or fluid?", Situation.CHECK),
        ("numb", "Any numbness between your legs?", Situation.CHECK),
        ("i fainted", "Any chest pain, or fainting?", Situation.CHECK),
        ("i feel faint", "Any chest pain, or fainting?", Situation.CHECK),
    ],
)
def test_over_a_line_that_holds_a_form_of_it_a_sure_word_needs_all(text, line, situation):
    context = Context(situation=situation, own=(OwnLine(text=line, at_ms=9_900, end_ms=11_500),))
    assert interpret(probable(text, 0.95, 9), EN, context) == Ignored(reason="own voice")
    assert interpret(probable(text, 0.95, 12.5), EN, context) in {Command.RED, Command.DIZZY}


@pytest.mark.parametrize(
    ("text", "situation"),
    [("yes", Situation.PAIN_ASK), ("no", Situation.DIZZY_ASK), ("yes", Situation.END_ASK)],
)
def test_over_the_coach_an_answer_needs_all_however_sure(text, situation):
    own = (OwnLine(text="Is it severe, or did it come suddenly?", at_ms=9_900, end_ms=12_000),)
    context = Context(situation=situation, own=own, passing=Command.YES if text == "no" else Command.NO)
    assert interpret(probable(text, 0.99, 6), EN, context) == Ignored(reason="own voice")
    assert not isinstance(interpret(probable(text, 0.99, 8.5), EN, context), Ignored)


def test_what_vosk_itself_is_sure_of_needs_all():
    context = Context(situation=Situation.MOVE, own=(OwnLine(text="In.", at_ms=9_900, end_ms=12_000),))
    heard = utterance("next", level_db=-34.0, echo_db=-40.0)
    assert interpret(heard, EN, context) == Ignored(reason="own voice")


def test_a_tone_is_no_line_that_a_word_is_over():
    tone = (OwnLine(text="", at_ms=9_900, end_ms=10_050),)
    gated = Context(situation=Situation.MOVE, own=tone, duplex=Duplex.GATED)
    assert interpret(utterance("next", level_db=-20.0, echo_db=-60.0), EN, gated) is Command.NEXT
    asked = Context(situation=Situation.CHECK, own=tone, asked_ms=5_000)
    assert interpret(utterance("no", level_db=-20.0, echo_db=-60.0), EN, asked) is Command.NO
    echo = interpret(utterance("next", level_db=-40.0, echo_db=-40.0), EN, gated)
    assert echo == Ignored(reason="own voice"), "its echo has been taken for a short word"


def unsure(text, *, confidence=0.8, **rest):
    heard = utterance(text, **rest)
    words = tuple(dataclasses.replace(word, confidence=confidence) for word in heard.words)
    return dataclasses.replace(heard, words=words)


def faint(text, **rest):
    return unsure(text, confidence=0.6, **rest)


def doubtful(text, **rest):
    heard = utterance(text, **rest)
    words = tuple(dataclasses.replace(word, is_doubtful=True) for word in heard.words)
    return dataclasses.replace(heard, words=words)


def decide_all(heard):
    """Decide one utterance after the other, as a session does."""
    company, decisions = Company(), []
    for one in heard:
        decision = interpret(one, EN, dataclasses.replace(HOLD, company=company))
        company = in_company(company, one, decision, ())
        decisions.append(decision)
    return decisions


TALK = [utterance("[unk]", began_ms=at_ms, length_ms=1_500) for at_ms in (1_000, 4_000)]


def test_a_doubted_word_is_asked_for_again_where_it_was_likely_said_to_the_coach():
    alone = decide_all([doubtful("next")])[-1]
    among_talk = decide_all([*TALK, doubtful("next", began_ms=20_000)])[-1]
    urgent = decide_all([*TALK, unsure("stop"), faint("bleeding", began_ms=15_000)])
    long_after = decide_all([*TALK, doubtful("next", began_ms=26_000)])[-1]
    a_while_after = decide_all([TALK[0], doubtful("next", began_ms=20_000)])[-1]
    assert [one.is_asked_again for one in (alone, among_talk, long_after, a_while_after)] == [
        True,
        False,
        True,
        False,
    ]
    assert [one.is_asked_again for one in urgent] == [False, False, True, True]


def test_what_is_ignored_for_another_reason_is_not_asked_for_again():
    others = decide_all([utterance("blah"), utterance("next", length_ms=4_000), utterance("yes")])
    assert not any(one.is_asked_again for one in others)


def test_among_other_talk_a_word_must_be_sure():
    assert decide_all([*TALK, unsure("stop")])[-1] == Ignored(reason=UNSURE)
    assert decide_all([*TALK, utterance("stop")])[-1] is Command.STOP


def test_what_sends_for_help_is_doubted_among_other_talk_alone_and_if_it_is_doubtful():
    assert decide_all([*TALK, unsure("bleeding")])[-1] is Command.RED
    assert decide_all([doubtful("bleeding")]) == [Command.RED]
    again = doubtful("bleeding", began_ms=12_000)
    assert decide_all([*TALK, doubtful("bleeding"), again])[2:] == [Ignored(reason=UNSURE), Command.RED]


def test_what_sends_for_help_must_be_no_rest_of_a_sentence():
    rests = {"quiet_before_ms": 130}, {"length_ms": 2_400}
    for rest in rests:
        assert decide_all([utterance("bleeding", **rest)]) == [Command.RED], "alone it is taken at once"
        again = utterance("bleeding", began_ms=14_000, **rest)
        wanted = [Ignored(reason=UNSURE), Command.RED]
        assert decide_all([TALK[1], utterance("bleeding", **rest), again])[1:] == wanted
    assert decide_all([TALK[1], utterance("stop", quiet_before_ms=130)])[1] is Command.STOP
    assert decide_all([*TALK, faint("bleeding")])[-1] == Ignored(reason=UNSURE)


def strays(from_ms):
    starts_ms = range(from_ms, from_ms + 8_500, 1_500)
    return [utterance("[unk]", began_ms=at_ms, length_ms=700) for at_ms in starts_ms]


STRAYS = strays(1_000)


def test_short_words_of_others_are_talk_to_what_sends_for_help():
    assert decide_all([*STRAYS, faint("numb")])[-1] == Ignored(reason=UNSURE)
    assert decide_all([*STRAYS[1:], faint("numb")])[-1] is Command.RED, "her own tries are no company"
    assert decide_all([*STRAYS, faint("dizzy")])[-1] == Ignored(reason=UNSURE)
    assert decide_all([*STRAYS, unsure("numb")])[-1] is Command.RED
    assert decide_all([*STRAYS, faint("stop")])[-1] is Command.STOP


def test_a_call_for_help_that_was_doubted_counts_the_next_time_whatever_comes_between():
    at = {"began_ms": 14_000}
    for between in (utterance("stop", **at), utterance("[unk]", **at), doubtful("next", **at)):
        said = [*TALK, faint("bleeding", began_ms=12_000), between, faint("blood", began_ms=18_000)]
        assert decide_all(said)[-3] == Ignored(reason=UNSURE)
        assert decide_all(said)[-1] is Command.RED
    more = strays(14_000)
    late = [*STRAYS, faint("numb", began_ms=12_000), *more, faint("numb", began_ms=28_000)]
    assert decide_all(late)[-1] is Command.RED, "what was doubted is remembered"
    assert decide_all([*more, faint("numb", began_ms=28_000)])[-1] == Ignored(reason=UNSURE)
    assert decide_all([*TALK, faint("bleeding"), faint("dizzy", began_ms=14_000)])[-1] is Command.DIZZY


def test_a_long_call_for_help_that_was_doubted_is_no_talk_of_others():
    call = faint("i can't feel my legs", began_ms=12_000, length_ms=1_500)
    said = [*TALK, call, unsure("next", began_ms=24_500)]
    assert decide_all(said)[2:] == [Ignored(reason=UNSURE), Command.NEXT]
    long = utterance("[unk]", began_ms=12_000, length_ms=1_500)
    assert decide_all([*TALK, long, unsure("next", began_ms=24_500)])[-1] == Ignored(reason=UNSURE)


def test_a_call_for_help_need_not_wait_for_a_question():
    company = Company(talk_ms=(2_000, 5_000))
    asked = Context(situation=Situation.DIZZY_ASK, company=company, asked_ms=30_000)
    first = faint("bleeding")
    assert interpret(first, EN, asked) == Ignored(reason=UNSURE)
    after = in_company(company, first, Ignored(reason=UNSURE, meant=Command.RED), ())
    again = dataclasses.replace(asked, company=after)
    assert interpret(faint("bleeding", began_ms=12_000), EN, again) is Command.RED


def test_it_counts_in_other_words_too():
    for first, second in (("stop", "stop stop"), ("it hurts", "ouch"), ("bleeding", "i'm bleeding")):
        tries = [doubtful(first), doubtful(second, began_ms=12_500)]
        assert not isinstance(decide_all([*TALK, *tries])[-1], Ignored)


def test_an_answer_to_the_question_before_is_no_first_time():
    company = in_company(Company(), doubtful("no"), Ignored(reason=UNSURE, meant=Command.NO), ())
    asked = Context(situation=Situation.DIZZY_ASK, company=company, asked_ms=11_000)
    assert interpret(doubtful("no", began_ms=13_000), EN, asked) == Ignored(reason=UNSURE)


def test_a_long_line_that_was_doubted_is_talk():
    lines = [doubtful("what can i say", began_ms=at_ms, length_ms=1_400) for at_ms in (1_000, 11_000)]
    assert decide_all([*lines, doubtful("bleeding", began_ms=15_000)])[-1] == Ignored(reason=UNSURE)


def test_a_doubtful_word_counts_when_it_is_said_again():
    again = doubtful("next", began_ms=13_000)
    assert decide_all([doubtful("next"), again]) == [Ignored(reason=UNSURE), Command.NEXT]
    assert decide_all([doubtful("too hard"), again]) == [Ignored(reason=UNSURE)] * 2
    clear = utterance("next", began_ms=13_000)
    assert decide_all([doubtful("next"), clear])[-1] is Command.NEXT


def test_a_person_alone_is_taken_at_once():
    assert decide_all([TALK[0], unsure("stop")])[-1] is Command.STOP
    tries = [utterance("[unk]", began_ms=at_ms, length_ms=700) for at_ms in (1_000, 3_000, 5_000)]
    assert decide_all([*tries, unsure("stop")])[-1] is Command.STOP, "her own tries are no company"


def test_a_doubted_word_that_is_said_again_counts():
    again = unsure("stop", began_ms=13_000)
    assert decide_all([*TALK, unsure("stop"), again])[-1] is Command.STOP
    assert decide_all([*TALK, unsure("next"), again])[-1] == Ignored(reason=UNSURE)
    late = unsure("stop", began_ms=18_000)
    assert decide_all([*TALK, unsure("stop"), late])[-1] == Ignored(reason=UNSURE)


COUNTED = [utterance("one", began_ms=at_ms, length_ms=400) for at_ms in (4_000, 5_900, 7_900)]


def test_who_counts_aloud_must_say_a_command_after_a_silence_or_three_times():
    doubted = Ignored(reason=ONE_OF_A_ROW)
    soon = [utterance("next", began_ms=at_ms) for at_ms in (10_000, 11_500, 13_000)]
    assert decide_all([*COUNTED, *soon])[3:] == [doubted, doubted, Command.NEXT]
    mixed = [soon[0], utterance("too hard", began_ms=11_500), soon[2]]
    assert decide_all([*COUNTED, *mixed])[3:] == [doubted] * 3
    assert decide_all([*COUNTED, soon[0], utterance("next", began_ms=12_500)])[-1] is Command.NEXT


def test_what_is_urgent_is_taken_from_a_row():
    for text in ("stop", "pause", "bleeding", "it hurts", "ouch", "i'm dizzy"):
        meant = EN.command_for(text, Situation.HOLD)
        assert meant in EN.urgent
        assert decide_all([*COUNTED, utterance(text)])[-1] is meant


def test_an_answer_is_taken_from_a_row():
    """Who called "stop", "stop", and "it hurts" is asked whether it is sharp, and answers at once."""
    company = Company()
    for one in COUNTED:
        company = in_company(company, one, interpret(one, EN, HOLD), ())
    asked = Context(situation=Situation.PAIN_ASK, company=company)
    assert interpret(utterance("yes", began_ms=9_500), EN, asked) is Command.YES


def test_hard_breathing_keeps_no_row_alive():
    pants = [utterance("[unk]", began_ms=at_ms, length_ms=300) for at_ms in range(10_000, 20_000, 2_000)]
    assert decide_all([*COUNTED, *pants, utterance("next", began_ms=21_000)])[-1] is Command.NEXT


def test_a_row_ends_with_a_breath_or_a_sentence_and_begins_with_the_third_word():
    assert decide_all([*COUNTED, utterance("next", began_ms=10_400)])[-1] is Command.NEXT
    assert decide_all([*COUNTED[1:], utterance("next")])[-1] is Command.NEXT
    sentence = utterance("[unk]", began_ms=8_600, length_ms=1_200)
    assert decide_all([*COUNTED, sentence, utterance("next")])[-1] is Command.NEXT


def test_a_number_that_gave_no_word_breaks_no_row():
    unheard = [dataclasses.replace(COUNTED[1], words=()), COUNTED[0], COUNTED[2]]
    row = [utterance("one", began_ms=2_500), *sorted(unheard, key=lambda one: one.began_ms)]
    assert decide_all([*row, utterance("next")])[-1] == Ignored(reason=ONE_OF_A_ROW)


def test_cries_are_no_row():
    cries = [utterance("[unk]", began_ms=one.began_ms, length_ms=500) for one in COUNTED]
    assert decide_all([*cries, utterance("next")])[-1] is Command.NEXT


def test_talk_is_forgotten_after_a_while():
    assert decide_all([*TALK, unsure("stop", began_ms=30_000)])[-1] is Command.STOP


def test_the_coachs_own_echo_is_no_company():
    own = (OwnLine(text="Breathe in.", at_ms=0, end_ms=9_000),)
    company = Company()
    for one in TALK:
        echo = dataclasses.replace(one, level_db=-30.0, echo_db=-30.0)
        company = in_company(company, echo, Ignored(reason="not a phrase"), own)
    assert company == Company()
