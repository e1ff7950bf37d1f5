import dataclasses

import numpy as np
import pytest

from matside.content.language import PhrasebookText
from matside.content.library import load_library
from matside.session.command import Command, Situation
from matside.understand.phrasebook import Phrasebook, lint_phrasebook

LANGUAGES = load_library().languages
BOOKS = {code: Phrasebook.of(language.phrasebook) for code, language in LANGUAGES.items()}
EVERYWHERE = frozenset(Situation)
SAFETY = {Command.STOP, Command.PAIN, Command.DIZZY, Command.RED}
RUNNING = {Situation.TALK, Situation.SETUP, Situation.MOVE, Situation.HOLD, Situation.REST}

codes = pytest.mark.parametrize("code", BOOKS)


def changed(name, /, **changes):
    text = LANGUAGES["en"].phrasebook
    entries = tuple(
        dataclasses.replace(entry, **changes) if entry.command == name else entry for entry in text.entries
    )
    return dataclasses.replace(text, entries=entries)


@codes
def test_the_shipped_phrasebooks_keep_every_promise(code):
    assert lint_phrasebook(LANGUAGES[code].phrasebook, code) == []


BROKEN = {
    "a key twice": (changed("next", key="p"), "commands.pause.key"),
    "a key of two letters": (changed("next", key="nn"), "commands.next.key"),
    "an unknown situation": (changed("next", phases=("mvoe",)), "commands.next.phases"),
    "a phrase of two commands": (changed("next", phrases=("Stop",)), "commands.stop.phrases"),
    "a decoy that is a phrase": (
        dataclasses.replace(LANGUAGES["en"].phrasebook, decoys=("next",)),
        "decoys",
    ),
    "no commands": (PhrasebookText(entries=(), decoys=()), "commands.next"),
    "an unknown command": (changed("next", command="nxet"), "commands.nxet"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_rule_of_the_phrasebook_catches_what_breaks_it(name):
    text, key_path = BROKEN[name]
    assert key_path in {problem.key_path for problem in lint_phrasebook(text, "en")}


@codes
def test_every_phrase_of_a_situation_means_its_command_there(code):
    book = BOOKS[code]
    for situation in Situation:
        for command in book.legal(situation):
            for phrase in book.phrases[command]:
                assert book.command_for(phrase, situation) is command


@codes
def test_the_grammar_holds_all_legal_phrases_and_the_decoys_once(code):
    book = BOOKS[code]
    for situation in Situation:
        phrases = book.phrases_for(situation)
        assert len(set(phrases)) == len(phrases)
        assert set(phrases) == set(book.by_situation[situation]) | set(book.decoys)


@codes
def test_stop_is_understood_in_every_situation(code):
    assert all(Command.STOP in BOOKS[code].legal(situation) for situation in Situation)


@codes
def test_pain_is_understood_whenever_it_is_not_being_answered(code):
    silent = {situation for situation in Situation if Command.PAIN not in BOOKS[code].legal(situation)}
    assert silent == {Situation.PAIN_ASK}


@codes
@pytest.mark.parametrize("command", [Command.DIZZY, Command.RED])
def test_dizziness_and_red_words_are_understood_in_every_situation(code, command):
    assert all(command in BOOKS[code].legal(situation) for situation in Situation)


@codes
def test_pause_is_understood_whenever_the_session_runs(code):
    assert all(Command.PAUSE in BOOKS[code].legal(situation) for situation in RUNNING)


@codes
def test_asleep_hears_only_wake_up_and_what_is_about_safety(code):
    assert BOOKS[code].legal(Situation.ASLEEP) == {Command.WAKE, *SAFETY}
    assert all(Command.WAKE not in BOOKS[code].legal(s) for s in EVERYWHERE - {Situation.ASLEEP})


@codes
@pytest.mark.parametrize("situation", [Situation.PAIN_ASK, Situation.DIZZY_ASK])
def test_a_question_of_safety_hears_only_its_answers_and_what_is_about_safety(code, situation):
    # Ending is no way round the question: unanswered, it leads to the text that says to get help.
    expected = {Command.YES, Command.NO, Command.REPEAT, *SAFETY}
    assert BOOKS[code].legal(situation) | {Command.PAIN} == expected


@codes
def test_yes_and_no_are_heard_only_where_something_was_asked(code):
    asked = {Situation.CHECK, Situation.PAIN_ASK, Situation.DIZZY_ASK, Situation.END_ASK}
    for command in (Command.YES, Command.NO):
        assert {s for s in Situation if command in BOOKS[code].legal(s)} == asked


@codes
def test_urgent_are_pause_and_what_is_about_safety(code):
    assert BOOKS[code].urgent == {Command.PAUSE, *SAFETY}


@codes
def test_keys_and_commands_lead_to_each_other(code):
    book = BOOKS[code]
    for command in Command:
        assert book.command_of_key(book.key_of(command)) is command
    assert book.command_of_key("\x1b") is None


@codes
def test_all_languages_share_the_keys(code):
    assert BOOKS[code].keys == BOOKS["en"].keys
    assert BOOKS[code].by_situation.keys() == BOOKS["en"].by_situation.keys()


def test_case_spaces_and_typographic_apostrophes_make_no_difference():
    book = BOOKS["en"]
    assert book.command_for("  Say\tTHAT  again ", Situation.MOVE) is Command.REPEAT
    assert book.command_for("I’m ready", Situation.SETUP) is Command.READY


@pytest.mark.parametrize("text", ["", " ", "nextt", "next next", "please stop now", "[unk]", "\0"])
def test_anything_else_means_nothing(text):
    assert BOOKS["en"].command_for(text, Situation.MOVE) is None


def test_a_decoy_means_nothing():
    book = BOOKS["en"]
    assert all(book.command_for(decoy, s) is None for decoy in book.decoys for s in Situation)


@codes
def test_all_words_are_single_words(code):
    words = BOOKS[code].all_words()
    assert words
    assert all(word and " " not in word for word in words)


@pytest.mark.model
def test_the_korean_model_knows_every_word(korean_model):
    unknown = korean_model.missing_words(BOOKS["ko"].all_words())
    assert unknown == []


@pytest.mark.model
def test_korean_commands_are_heard_and_the_vital_ones_always(korean_model, korean_clip):
    from matside.hear.vosk_recogniser import VoskRecogniser

    book = BOOKS["ko"]
    deaf = []
    for command, phrases in book.phrases.items():
        situation = next(s for s in Situation if command in book.legal(s))
        recogniser = VoskRecogniser(korean_model, book.phrases_for(situation))
        heard = {book.command_for(_hear(recogniser, korean_clip(phrase)), situation) for phrase in phrases}
        if command not in heard:
            deaf.append(command)
    # The recogniser dithers, so a phrase at the edge may fail once in a while; the vital ones may not.
    assert not {*SAFETY, Command.PAUSE, Command.YES, Command.NO} & set(deaf)
    assert len(deaf) <= 2


def _hear(recogniser, path):
    import wave

    import soxr

    with wave.open(str(path)) as sound:
        rate_hz = sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16).astype(np.float32) / 32768
    quiet = np.zeros(4800, np.float32)
    recogniser.accept(np.concatenate([quiet, soxr.resample(samples, rate_hz, 16_000), quiet]))
    return " ".join(word.text for word in recogniser.finish())
