"""What exists in one place must have its counterpart in the others: found by looking, not by listing."""

import inspect
import itertools
import typing
from pathlib import Path

import pytest

from matside.content.exercise import Breath, PhaseKind, Position
from matside.content.library import load_library
from matside.content.routine import RED_ADVICE, Advice
from matside.run.loop import Loop, Ports
from matside.run.message import (
    Broken,
    Heard,
    InputEnded,
    Interrupted,
    Mended,
    Message,
    Pressed,
    Stirred,
    Typed,
    Woke,
)
from matside.say.phrasing import Phrasing, key_of
from matside.session import cue as cues
from matside.session.command import Command, Situation
from matside.session.cue import Cue, Fade, Meaning, Priority, ToneKind
from matside.session.machine import Session
from matside.session.transitions import (
    ASKING,
    BEAT_SITUATION,
    HELP,
    MODE_SITUATION,
    TABLE,
    WALKING,
    Act,
    Mode,
)
from matside.session.walk import WORK_KINDS
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import SpeechBegan, Transcript
from stage import Estimated, Notes, library, plan_of

PACKAGE = Path(__file__).parents[2] / "src" / "matside"
LANGUAGES = sorted(load_library().languages)
MEANINGS = typing.get_args(Meaning)
MESSAGES = typing.get_args(Message)
SILENT = {cues.Tone}
"""What is only a tone."""


def advices(kind):
    """Give what can follow from a question: red texts, and the others."""
    if kind is cues.GetHelp:
        return [None, *sorted(RED_ADVICE)]
    return [advice for advice in Advice if advice not in RED_ADVICE | {Advice.ASK_ALL}]


def example(kind, field):
    """Give values for one field of a meaning: every value where there are few."""
    routines = library()
    few = {
        "kind": list(PhaseKind) if kind is cues.Movement else list(ToneKind),
        "passage": ["settle"],
        "equipment": [(), ("chair", "bed-or-mat")],
        "exercise": ["bridge"],
        "first_time": [True, False],
        "position": list(Position),
        "side": [1, 2],
        "breath": list(Breath),
        "fade": list(Fade),
        "number": list(range(1, 61)) if kind is cues.Count else [None, "112"],
        "length_ms": [30_000],
        "eased": [True, False],
        "completed": [True, False],
        "left_ms": [1, 15_000, 45_000, 60_000, 75_000, 100_000, 120_000, 3_000_000],
        "step": [-1, 0, 1],
        "commands": list(HELP.values()),
        "command": list(Command),
        "again": [True, False],
        "edge": ["microphone", "model", "speech", "speaker", "keyboard", "history"],
        "back": [True, False],
        "advice": advices(kind),
        "unclear": [True, False],
        "general": [True, False],
    }
    if field == "key":
        if kind is cues.PassageCue:
            return [line.cue for line in routines.passages["settle"].lines]
        if kind is cues.CheckQuestion:
            return sorted(library().languages["en"].questions)
        return sorted(routines.exercises["bridge"].cue_keys)
    return few[field]


def examples(kind):
    """Give every meaning of a class that the values of its fields make."""
    fields = list(kind.__dataclass_fields__)
    for values in itertools.product(*(example(kind, field) for field in fields)):
        yield kind(**dict(zip(fields, values, strict=True)))


def test_every_class_of_the_module_of_cues_is_a_meaning_or_known():
    known = {cues.Cue, cues.Silence, cues.Priority, cues.Fade, cues.ToneKind}
    found = {
        thing
        for _, thing in inspect.getmembers(cues, inspect.isclass)
        if thing.__module__ == cues.__name__ and thing not in known
    }
    assert found == set(MEANINGS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MEANINGS, ids=lambda kind: kind.__name__)
def test_every_meaning_has_words_in_every_language(kind, language):
    phrasing = Phrasing(library().languages[language], Estimated())
    for meaning in examples(kind):
        cue = Cue(meaning=meaning, at_ms=0, latest_ms=0, end_by_ms=None, priority=Priority.REP)
        line = phrasing.line_for(cue)
        assert line is not None
        if kind in SILENT or getattr(meaning, "fade", None) is Fade.TONE:
            assert line.tone is not None
        else:
            assert line.text
            assert "{" not in line.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_page_is_used(language):
    """By its whole key, or by the part before a value: `f"room.{why}"`."""
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")).replace("'", '"')
    for key in library().languages[language].screens:
        parts = key.split(".")
        before = [".".join(parts[:count]) + ".{" for count in range(1, len(parts))]
        assert f'"{key}"' in code or any(f'f"{start}' in code for start in before), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_language_is_used(language):
    used = {key_of(meaning) for kind in MEANINGS if kind not in SILENT for meaning in examples(kind)}
    used |= {
        f"{key_of(meaning)}.general" for kind in (cues.GetHelp, cues.CheckEnds) for meaning in examples(kind)
    }
    used |= {"side.left", "side.right", "check-question.again"}
    used |= {"unclear", "advice-tail", "emergency-number", "voice-check", "recording"}
    spoken = {key for key in library().languages[language].lines if not key.startswith("screen.")}
    assert spoken <= used


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", Command)
def test_every_command_has_a_phrase_a_key_an_explanation_and_a_situation(command, language):
    book = Phrasebook.of(library().languages[language].phrasebook)
    assert book.phrases[command]
    assert len(book.key_of(command)) == 1
    assert book.explanations[command]
    assert any(command in book.legal(situation) for situation in Situation)


@pytest.mark.parametrize("command", Command)
def test_every_command_has_a_row_in_the_table(command):
    assert any(command in row for row in TABLE.values())


@pytest.mark.parametrize("act", Act)
def test_every_act_is_the_answer_to_a_command(act):
    assert any(act in row.values() for row in TABLE.values())


def test_every_mode_has_its_row_its_situation_and_its_word_on_the_screen():
    assert set(TABLE) == set(Mode)
    assert set(MODE_SITUATION) == set(Mode) - {Mode.RUNNING}
    for words in library().languages.values():
        assert {f"screen.{mode.value}" for mode in set(Mode) - {Mode.RUNNING}} <= set(words.lines)


def test_every_kind_of_beat_has_a_situation():
    assert set(BEAT_SITUATION) == WORK_KINDS | {"talk", "setup", "adjust", "exit", "switch", "set-rest"}


@pytest.mark.parametrize("situation", Situation)
def test_help_knows_every_situation_and_names_only_what_can_be_said_there(situation):
    for words in library().languages.values():
        assert set(HELP[situation]) <= Phrasebook.of(words.phrasebook).legal(situation)


def modes_of(situation):
    """Give the modes in which a situation comes up."""
    if situation in BEAT_SITUATION.values():
        return {Mode.RUNNING}
    if situation is Situation.ASLEEP:
        # Going to sleep is possible wherever the table says so.
        return {mode for mode, row in TABLE.items() if Command.SLEEP in row}
    return {mode for mode, of_mode in MODE_SITUATION.items() if of_mode is situation}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", [one for one in Situation if one is not Situation.ENDED])
def test_what_can_be_said_is_accepted(situation, language):
    book = Phrasebook.of(library().languages[language].phrasebook)
    for mode in modes_of(situation):
        assert book.legal(situation) <= set(TABLE[mode]), (situation, mode)


ALWAYS = {Command.STOP, Command.PAIN, Command.DIZZY, Command.RED}


def test_at_the_end_only_what_is_about_safety_can_be_said():
    for words in library().languages.values():
        assert Phrasebook.of(words.phrasebook).legal(Situation.ENDED) == ALWAYS
    assert set(TABLE[Mode.CLOSING]) == ALWAYS


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_about_safety_is_heard_and_obeyed_everywhere(language):
    book = Phrasebook.of(library().languages[language].phrasebook)
    assert book.urgent >= ALWAYS
    for mode in set(Mode) - {Mode.ENDED}:
        assert set(TABLE[mode]) >= ALWAYS
    for situation in Situation:
        # Pain is what its own question asks about: there the coach says the word itself.
        asked = {Command.PAIN} if situation is Situation.PAIN_ASK else set()
        assert book.legal(situation) >= ALWAYS - asked


def test_a_red_word_sends_for_help_from_everywhere():
    for mode in set(Mode) - {Mode.ENDED}:
        assert TABLE[mode][Command.RED] is (Act.REPEAT if mode is Mode.RED else Act.GET_HELP)


def test_stop_is_heard_and_obeyed_in_every_state_but_the_last():
    for mode in set(Mode) - {Mode.ENDED}:
        assert TABLE[mode][Command.STOP] is Act.STOP
    for words in library().languages.values():
        book = Phrasebook.of(words.phrasebook)
        assert all(Command.STOP in book.legal(situation) for situation in Situation)
        assert Command.STOP in book.urgent


def test_questions_are_what_yes_and_no_answer():
    assert {mode for mode, row in TABLE.items() if Command.YES in row and Command.NO in row} == ASKING
    assert set(Act) >= WALKING


def message(kind):
    heard = Transcript(words=(), began_ms=0, ended_ms=0, decided_ms=0)
    fields = {
        Heard: {"transcript": heard},
        Stirred: {"began": SpeechBegan(at_ms=0)},
        Pressed: {"command": Command.TIME},
        Typed: {"text": "t"},
        Broken: {"edge": "speaker", "problem": "gone"},
        Mended: {"edge": "speaker"},
        InputEnded: {},
        Woke: {"slept_ms": 5_000},
        Interrupted: {},
    }
    return kind(**fields[kind])


class OneMessage:
    """An inbox that brings one message and then lets time pass."""

    def __init__(self, first):
        self.left = [first, Interrupted()]

    def wait(self, until_ms):
        return 0, self.left.pop(0)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_every_message_is_handled_by_the_loop(kind):
    from matside.run.absent import NoEar, NoJournal, NoMouth, NoScreen, NoStore

    words = library().languages["en"]
    notes = Notes()
    ports = Ports(
        inbox=OneMessage(message(kind)),
        mouth=NoMouth(),
        ear=NoEar(),
        phrasing=Phrasing(words, Estimated()),
        phrasebook=Phrasebook.of(words.phrasebook),
        screen=NoScreen(),
        reporter=notes,
        store=NoStore(),
        journal=NoJournal(),
    )
    assert Loop(Session(plan_of("breathe")), ports).run() is False
    assert notes.events[-1]["kind"] == "end"
