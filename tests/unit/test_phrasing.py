import dataclasses
import itertools
from typing import get_args

import pytest

from matside.content.exercise import Breath, ExerciseText, PhaseKind, Position
from matside.content.language import CoachLine, Language, PhrasebookText, PhraseEntry
from matside.content.library import load_library
from matside.content.routine import EQUIPMENT_CUE, RED_ADVICE, Advice, PassageText
from matside.say.phrasing import Phrasing, key_of, spoken_time
from matside.session import cue as cues
from matside.session.command import Command
from matside.session.cue import (
    CheckQuestion,
    ComingUp,
    Count,
    Cue,
    Fade,
    FirstSide,
    GetReady,
    Help,
    LeavePosition,
    Meaning,
    Movement,
    PassageCue,
    Priority,
    SetUp,
    StopChoices,
    SwitchSide,
    TakePosition,
    TimeLeft,
    Tone,
    ToneKind,
    Trouble,
    VolumeChanged,
)

LETTER_MS = 100
TONE_MS = 300

LINES = {
    "get-ready": ("Have these within reach: {equipment}.", "You need: {equipment}."),
    "get-ready.nothing": ("All you need is space.",),
    "coming-up": ("Now: {name}.", "{name}."),
    "coming-up.first": ("Now: {name}. {intro}", "Now: {name}."),
    "first-side": ("{side} side first.",),
    "switch-side": ("Change sides. Now the {side}.", "{side}."),
    "side.left": ("left",),
    "side.right": ("right",),
    "count.1": ("one",),
    "time-left.minutes": ("About {minutes} minutes to go.",),
    "time-left.minute-and": ("One minute and {seconds} seconds to go.",),
    "time-left.minute": ("One minute to go.",),
    "time-left.seconds": ("{seconds} seconds to go.",),
    "help": ("You can say: {commands}.",),
    "stop-choices": ("Say continue.",),
    "check-question.again": ("I didn't catch that.",),
    "volume-changed.limit": ("That's all I have.",),
    "trouble.speaker-back": ("The sound is here again.",),
}


class LettersLong:
    """A text takes 100 ms a letter, so that lengths can be seen."""

    def length_ms(self, text):
        return len(text) * LETTER_MS

    def tone_ms(self, kind):
        return TONE_MS


def entry(command, *phrases):
    return PhraseEntry(command=command, phrases=phrases, phases=("move",), key=command[0], explanation="")


LANGUAGE = Language(
    code="en",
    name="English",
    voices={},
    rate_wpm=150,
    model="none",
    lines={key: CoachLine(wording=wording) for key, wording in LINES.items()},
    phrasebook=PhrasebookText(
        entries=(entry("next", "next", "skip"), entry("easier", "too hard", "easier")), decoys=()
    ),
    exercises={
        "bridge": ExerciseText(
            name="bridge",
            goal="",
            intro=("A long introduction.", "Short."),
            labels=(),
            cues={"lift": ("Out, and lift the hips.", "Out, lift."), "lie": ("Lie down.",)},
        )
    },
    passages={"welcome": PassageText(cues={"hello": ("Good morning.",)})},
    routines={},
    positions={Position.SUPINE: ("Onto your back.",)},
    exits={Position.SUPINE: ("Roll to your side.",)},
    equipment={"ball": "a ball", "wall": "a wall"},
    questions={"fever": ("A fever? Yes or no?",)},
)
PHRASING = Phrasing(LANGUAGE, LettersLong())


def movement(fade=Fade.FULL, breath=Breath.OUT):
    return Movement(exercise="bridge", key="lift", kind=PhaseKind.MOVE, breath=breath, fade=fade)


def line_of(meaning, room_ms=None, at_ms=5_000):
    end_by_ms = None if room_ms is None else at_ms + room_ms
    cue = Cue(meaning=meaning, at_ms=at_ms, latest_ms=at_ms + 400, end_by_ms=end_by_ms, priority=Priority.REP)
    return PHRASING.line_for(cue)


def test_the_line_keeps_the_window_the_priority_and_the_meaning_of_its_cue():
    line = line_of(movement(), room_ms=2_300)
    assert (line.at_ms, line.latest_ms, line.end_by_ms) == (5_000, 5_400, 7_300)
    assert line.priority is Priority.REP
    assert line.meaning == movement()
    assert line.length_ms == 2_300


def test_without_an_end_the_longest_wording_is_taken():
    assert line_of(movement()).text == "Out, and lift the hips."


def test_the_longest_wording_that_fits_is_taken():
    assert line_of(movement(), room_ms=2_299).text == "Out, lift."


def test_a_movement_that_fits_in_no_words_becomes_its_breath():
    line = line_of(movement(), room_ms=999)
    assert (line.text, line.tone, line.length_ms) == ("", ToneKind.BREATH_OUT, TONE_MS)


@pytest.mark.parametrize(
    ("breath", "tone"),
    [
        (Breath.IN, ToneKind.BREATH_IN),
        (Breath.OUT, ToneKind.BREATH_OUT),
        (Breath.FREE, ToneKind.TICK),
    ],
)
def test_a_faded_movement_is_a_tone_for_its_breath(breath, tone):
    assert line_of(movement(Fade.TONE, breath)).tone is tone


def test_a_short_movement_leaves_the_long_wording_out():
    assert line_of(movement(Fade.SHORT)).text == "Out, lift."


def test_what_fits_in_no_way_is_dropped():
    assert line_of(movement(), room_ms=100) is None
    assert line_of(SetUp(exercise="bridge", key="lie"), room_ms=100) is None
    assert line_of(Tone(kind=ToneKind.END), room_ms=TONE_MS - 1) is None


def test_a_tone_has_its_own_length():
    assert line_of(Tone(kind=ToneKind.END), room_ms=TONE_MS).length_ms == TONE_MS


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        (PassageCue(passage="welcome", key="hello"), "Good morning."),
        (GetReady(equipment=("ball", "wall")), "Have these within reach: a ball, a wall."),
        (GetReady(equipment=()), "All you need is space."),
        (ComingUp(exercise="bridge", first_time=False), "Now: bridge."),
        (ComingUp(exercise="bridge", first_time=True), "Now: bridge. A long introduction."),
        (TakePosition(position=Position.SUPINE), "Onto your back."),
        (LeavePosition(position=Position.SUPINE), "Roll to your side."),
        (FirstSide(side=1), "Left side first."),
        (SwitchSide(side=2), "Change sides. Now the right."),
        (Count(number=1), "one"),
        (Count(number=42), "42"),
        (TimeLeft(left_ms=290_000), "About 5 minutes to go."),
        (TimeLeft(left_ms=92_000), "One minute and 30 seconds to go."),
        (TimeLeft(left_ms=61_000), "One minute to go."),
        (TimeLeft(left_ms=44_000), "45 seconds to go."),
        (Help(commands=(Command.NEXT, Command.EASIER)), "You can say: next, too hard."),
        (StopChoices(), "Say continue."),
        (CheckQuestion(key="fever", again=False), "A fever? Yes or no?"),
        (CheckQuestion(key="fever", again=True), "I didn't catch that. A fever? Yes or no?"),
        (VolumeChanged(step=0), "That's all I have."),
        (Trouble(edge="speaker", back=True), "The sound is here again."),
    ],
)
def test_a_meaning_is_put_into_words(meaning, text):
    assert line_of(meaning).text == text


def test_an_introduction_shortens_before_it_is_left_out():
    meaning = ComingUp(exercise="bridge", first_time=True)
    texts = PHRASING.texts_for([meaning])
    assert texts == ["Now: bridge. A long introduction.", "Now: bridge. Short.", "Now: bridge."]
    assert line_of(meaning, room_ms=2_000).text == "Now: bridge. Short."


def test_all_texts_that_can_be_needed_are_listed_once():
    meanings = [movement(), movement(Fade.SHORT), Tone(kind=ToneKind.TICK), Count(number=1)]
    assert PHRASING.texts_for(meanings) == ["Out, and lift the hips.", "Out, lift.", "one"]


@pytest.mark.parametrize(
    ("left_ms", "said"),
    [
        (0, (0, 15)),
        (20_000, (0, 15)),
        (59_000, (1, 0)),
        (110_000, (1, 45)),
        (115_000, (2, 0)),
        (149_000, (2, 0)),
        (151_000, (3, 0)),
        (3_600_000, (60, 0)),
    ],
)
def test_remaining_time_is_rounded_to_what_is_worth_saying(left_ms, said):
    assert spoken_time(left_ms) == said


def test_every_meaning_is_known_to_the_phrasing():
    found = {value for value in vars(cues).values() if dataclasses.is_dataclass(value)} - {Cue, cues.Silence}
    assert found == set(get_args(Meaning))


def test_keys_are_the_names_of_the_meanings_in_kebab_case():
    assert key_of(StopChoices()) == "stop-choices"
    assert key_of(Trouble(edge="model")) == "trouble.model"


def samples_of(kind, library):
    """Make meanings of one class from the shipped content: every place that words can come from."""
    fields = {field.name for field in dataclasses.fields(kind)}
    if kind is PassageCue:
        places = [(passage, line) for passage in library.passages.values() for line in passage.lines]
        return [kind(passage=p.id, key=line.cue) for p, line in places if line.cue != EQUIPMENT_CUE]
    if kind in {SetUp, cues.SafetyNote}:
        return [kind(exercise=e.id, key=key) for e in library.exercises.values() for key in e.cue_keys]
    if kind is Movement:
        return [
            kind(exercise=e.id, key=phase.cue, kind=phase.kind, breath=phase.breath, fade=fade)
            for e in library.exercises.values()
            for level in e.levels
            for phase in level.phases
            for fade in Fade
        ]
    values = {
        "exercise": list(library.exercises),
        "first_time": [True, False],
        "equipment": [(), tuple({item.item for e in library.exercises.values() for item in e.equipment})],
        "position": sorted({level.position for e in library.exercises.values() for level in e.levels}),
        "side": [1, 2],
        "number": [None, "112"] if kind in {cues.GetHelp, cues.CheckEnds} else range(1, 31),
        "length_ms": [5_000, 15_000],
        "eased": [True, False],
        "completed": [True, False],
        "left_ms": range(0, 900_000, 7_000),
        "step": [-1, 0, 1],
        "commands": [tuple(Command)],
        "command": list(Command),
        "key": [key for check in library.checks.values() for one in check.questions for key in one.keys],
        "again": [True, False],
        "edge": ["microphone", "model", "speech", "speaker", "keyboard", "history"],
        "back": [True, False],
        "unclear": [True, False],
        "general": [True, False],
        "advice": [None, *RED_ADVICE]
        if kind is cues.GetHelp
        else list(set(Advice) - RED_ADVICE - {Advice.ASK_ALL}),
        "kind": list(ToneKind),
    }
    names = sorted(fields)
    return [
        kind(**dict(zip(names, chosen, strict=True)))
        for chosen in itertools.product(*(values[name] for name in names))
    ]


@pytest.mark.parametrize("code", sorted(load_library().languages))
@pytest.mark.parametrize("kind", get_args(Meaning), ids=lambda kind: kind.__name__)
def test_every_shipped_meaning_has_words_in_every_language(kind, code):
    library = load_library()
    phrasing = Phrasing(library.languages[code], LettersLong())
    meanings = samples_of(kind, library)
    assert meanings
    for meaning in meanings:
        cue = Cue(meaning=meaning, at_ms=0, latest_ms=0, end_by_ms=None, priority=Priority.REP)
        line = phrasing.line_for(cue)
        assert line is not None
        assert line.text or line.tone
        assert not set("{}") & set("".join(phrasing.texts_for([meaning])))


@pytest.mark.parametrize(("is_quiet", "is_said"), [(False, True), (True, False)])
def test_encouragement_is_left_out_where_it_is_not_wanted(is_quiet, is_said):
    library = load_library()
    phrasing = Phrasing(library.languages["en"], LettersLong(), is_quiet=is_quiet)
    window = {"at_ms": 0, "latest_ms": 400, "end_by_ms": None}
    warm = Cue(meaning=cues.Encourage(eased=False), priority=Priority.ENCOURAGEMENT, **window)
    needed = Cue(meaning=cues.Paused(), priority=Priority.REPLY, **window)
    assert (phrasing.line_for(warm) is not None) is is_said
    assert phrasing.line_for(needed) is not None
