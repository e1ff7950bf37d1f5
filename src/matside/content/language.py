"""Everything that is said in one language. A language is a folder of data; adding one touches no code."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matside.content.card import AboutText, Card, CardText, ReminderText
from matside.content.dose import DailyDose
from matside.content.exercise import Exercise, ExerciseText, Position, Wording
from matside.content.reader import Problem
from matside.content.routine import Check, Passage, PassageText, Routine, RoutineText
from matside.content.rule import Rule
from matside.content.screening import Screening


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachLine:
    """A line of the coach that belongs to no exercise.

    Attributes:
        wording: Templates, longest first; `{name}` stands for a value.
        lists_commands: The line names commands on purpose ("say continue"), so it may hold their words.
    """

    wording: Wording
    lists_commands: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseEntry:
    """What a person may say for one command, as it stands in the phrasebook file."""

    command: str
    phrases: tuple[str, ...]
    phases: tuple[str, ...]
    key: str
    explanation: str
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasebookText:
    """A language's phrasebook as data.

    Attributes:
        entries: One a command.
        decoys: Near-misses that the recogniser may hear instead, so that they aren't taken for a command.
    """

    entries: tuple[PhraseEntry, ...]
    decoys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language's words.

    Attributes:
        code: As on the command line: "en", "ko".
        voices: Voice ids by engine, in order of preference.
        rate_wpm: Speaking rate for pyttsx3.
        model: Name of the recogniser's model in models/manifest.toml.
        lines: Coach lines by the key of their meaning.
        positions: How to get into a position.
        exits: How to leave a position.
        questions: A check question's text by its key.
        planning: Words of the plan and the profile, for the screen.
        screens: Words of the other pages: lists, history, reminders, the doctor.
        screening: A screening list's entry by its key.
        banned: Phrases that the coach never says; `*` at the end stands for any ending of the last word.
        never: What no text may say, session or not, by what is wrong with it: "claims", "weight" and so on.
        cards: Words of the information cards.
        about: What the program says of itself.
        reminders: What each reminder shows.
    """

    code: str
    name: str
    voices: Mapping[str, tuple[str, ...]]
    rate_wpm: int
    model: str
    lines: Mapping[str, CoachLine]
    phrasebook: PhrasebookText
    exercises: Mapping[str, ExerciseText]
    passages: Mapping[str, PassageText]
    routines: Mapping[str, RoutineText]
    positions: Mapping[Position, Wording]
    exits: Mapping[Position, Wording]
    equipment: Mapping[str, str]
    questions: Mapping[str, Wording]
    banned: tuple[str, ...] = ()
    planning: Mapping[str, str] = field(default_factory=dict)
    screens: Mapping[str, str] = field(default_factory=dict)
    screening: Mapping[str, str] = field(default_factory=dict)
    never: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cards: Mapping[str, CardText] = field(default_factory=dict)
    about: AboutText = field(default_factory=AboutText)
    reminders: Mapping[str, ReminderText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All content: what there is to do, and its words by language code.

    Attributes:
        rules: What holds for every exercise, those of a person's own files among them.
        problems: What is wrong with exercises and routines that were left out for it.
    """

    exercises: Mapping[str, Exercise]
    passages: Mapping[str, Passage]
    checks: Mapping[str, Check]
    routines: Mapping[str, Routine]
    languages: Mapping[str, Language]
    screening: Mapping[str, Screening] = field(default_factory=dict)
    doses: Mapping[str, DailyDose] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    cards: Mapping[str, Card] = field(default_factory=dict)
