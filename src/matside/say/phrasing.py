"""Meaning to words: which wording, in which length, with which values filled in."""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, assert_never

from matside.content.advice import advice_wording
from matside.content.exercise import Breath, Wording
from matside.content.language import Language
from matside.say.line import Line
from matside.session.command import Command
from matside.session.cue import (
    Asleep,
    Awake,
    CheckEnds,
    CheckIntro,
    CheckPassed,
    CheckQuestion,
    ComingUp,
    Count,
    Cue,
    DizzyPassed,
    DizzyQuestion,
    EasierNow,
    Encourage,
    EndQuestion,
    Fade,
    FirstSide,
    GetHelp,
    GetReady,
    GoingOn,
    Goodbye,
    HalfWay,
    HarderNoted,
    Help,
    KeepBreathing,
    LastOne,
    LeavePosition,
    LeftOut,
    LieDown,
    Meaning,
    Movement,
    NothingToRepeat,
    NotNow,
    PaceChanged,
    PainAgain,
    PainLeftOut,
    PainQuestion,
    PassageCue,
    Paused,
    Priority,
    QuestionNoted,
    Rest,
    SafetyNote,
    SetUp,
    StopChoices,
    Stopped,
    SwitchSide,
    TakePosition,
    TimeLeft,
    Tone,
    ToneKind,
    Trouble,
    VolumeChanged,
    WhyNoSitUps,
)
from matside.units import Ms

_SIDES = {1: "side.left", 2: "side.right"}
_QUARTER_MINUTE_S = 15
_BREATH_TONES = {Breath.IN: ToneKind.BREATH_IN, Breath.OUT: ToneKind.BREATH_OUT, Breath.FREE: ToneKind.TICK}


class Lengths(Protocol):
    """Who knows how long a text or a tone sounds."""

    def length_ms(self, text: str) -> Ms:
        """Length of the rendered text."""
        ...

    def tone_ms(self, kind: ToneKind) -> Ms:
        """Length of the tone."""
        ...


class Phrasing:
    """Put cues into the words of one language, in the longest wording that fits their window.

    Attributes:
        language: The language.
        is_quiet: Encouragement is left out.
    """

    def __init__(self, language: Language, lengths: Lengths, *, is_quiet: bool = False) -> None:
        self.language = language
        self.is_quiet = is_quiet
        self._lengths = lengths
        self._phrases = {entry.command: entry.phrases[0] for entry in language.phrasebook.entries}

    def line_for(self, cue: Cue) -> Line | None:
        """Find the words, or the tone, for a cue.

        Returns:
            The line, or None when nothing that could be said fits between `at_ms` and `end_by_ms`, or when
            it would be encouragement that isn't wanted.
        """
        if self.is_quiet and cue.priority is Priority.ENCOURAGEMENT:
            return None
        room_ms = None if cue.end_by_ms is None else cue.end_by_ms - cue.at_ms
        for text in self._texts(cue.meaning):
            length_ms = self._lengths.length_ms(text)
            if room_ms is None or length_ms <= room_ms:
                return _line(cue, text=text, tone=None, length_ms=length_ms)
        kind = _tone_of(cue.meaning)
        if kind is None:
            return None
        length_ms = self._lengths.tone_ms(kind)
        if room_ms is not None and length_ms > room_ms:
            return None
        return _line(cue, text="", tone=kind, length_ms=length_ms)

    def texts_for(self, meanings: Iterable[Meaning]) -> list[str]:
        """List every text that these meanings could be put into, each once, so that it can be rendered."""
        return list(dict.fromkeys(text for meaning in meanings for text in self._texts(meaning)))

    def _texts(self, meaning: Meaning) -> Wording:
        """Give the wordings of a meaning, longest first; none for what is only a tone."""
        match meaning:
            case Tone() | Movement(fade=Fade.TONE):
                return ()
            case Movement(fade=Fade.SHORT):
                wording = self._of_exercise(meaning.exercise, meaning.key)
                return wording[1:] or wording
            case Movement() | SetUp() | SafetyNote():
                return self._of_exercise(meaning.exercise, meaning.key)
            case PassageCue():
                return self.language.passages[meaning.passage].cues[meaning.key]
            case TakePosition():
                return self.language.positions[meaning.position]
            case LeavePosition():
                return self.language.exits[meaning.position]
            case CheckQuestion():
                return self._question(meaning)
            case GetHelp() | CheckEnds():
                return advice_wording(self.language, meaning, spelled=True)
            case _:
                return self._coach_texts(meaning)

    def _coach_texts(self, meaning: Meaning) -> Wording:
        key = key_of(meaning)
        if isinstance(meaning, Count) and key not in self.language.lines:
            return (str(meaning.number),)
        wording = self.language.lines[key].wording
        values = self._values(meaning)
        return tuple(dict.fromkeys(text for template in wording for text in _filled(template, values)))

    def _values(self, meaning: Meaning) -> dict[str, Wording]:
        """Give what stands behind the placeholders of a coach line."""
        match meaning:
            case ComingUp():
                text = self.language.exercises[meaning.exercise]
                return {"name": (text.name,), "intro": text.intro}
            case GetReady():
                names = [self.language.equipment[item] for item in meaning.equipment]
                return {"equipment": (", ".join(names),)}
            case FirstSide() | SwitchSide():
                return {"side": self.language.lines[_SIDES[meaning.side]].wording[:1]}
            case Rest():
                return {"seconds": (str(round(meaning.length_ms / 1000)),)}
            case TimeLeft():
                minutes, seconds = spoken_time(meaning.left_ms)
                return {"minutes": (str(minutes),), "seconds": (str(seconds),)}
            case Help():
                return {"commands": (", ".join(map(self._phrase, meaning.commands)),)}
            case NotNow():
                return {"command": (self._phrase(meaning.command),)}
            case _:
                return {}

    def _phrase(self, command: Command) -> str:
        return self._phrases.get(command, command.value)

    def _of_exercise(self, exercise: str, key: str) -> Wording:
        return self.language.exercises[exercise].cues[key]

    def _question(self, meaning: CheckQuestion) -> Wording:
        question = self.language.questions[meaning.key]
        if not meaning.again:
            return question
        prefix = self.language.lines["check-question.again"].wording[0]
        return (*(f"{prefix} {text}" for text in question), *question)


def key_of(meaning: Meaning) -> str:
    """Name the coach line, in a language's `lines`, that a meaning is worded by."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(meaning).__name__).lower()
    variant = _variant(meaning)
    return f"{name}.{variant}" if variant else name


def spoken_time(left_ms: Ms) -> tuple[int, int]:
    """Round a remaining time to minutes and seconds worth saying.

    Returns:
        Whole minutes from two on, quarter minutes below, and never nothing at all.
    """
    quarters = max(1, round(left_ms / 1000 / _QUARTER_MINUTE_S))
    if quarters * _QUARTER_MINUTE_S < 120:
        return divmod(quarters * _QUARTER_MINUTE_S, 60)
    return max(2, round(left_ms / 60_000)), 0


def _variant(meaning: Meaning) -> str:
    """Tell which of the lines of one meaning is meant; empty where there is only one."""
    match meaning:
        case GetReady():
            return "" if meaning.equipment else "nothing"
        case ComingUp():
            return "first" if meaning.first_time else ""
        case Count():
            return str(meaning.number)
        case GetHelp() | CheckEnds():
            return meaning.advice.value if meaning.advice else ""
        case Encourage():
            return "eased" if meaning.eased else "kept"
        case Goodbye():
            return "completed" if meaning.completed else "ended"
        case TimeLeft():
            return _time_variant(*spoken_time(meaning.left_ms))
        case VolumeChanged():
            return ("quieter", "limit", "louder")[meaning.step + 1]
        case PaceChanged():
            return ("slower", "limit", "faster")[meaning.step + 1]
        case Trouble():
            return f"{meaning.edge}-back" if meaning.back else meaning.edge
        case (
            Tone() | PassageCue() | TakePosition() | SetUp() | FirstSide() | SwitchSide() | Movement()
            | HalfWay() | LastOne() | KeepBreathing() | SafetyNote() | Rest() | LeavePosition() | EasierNow()
            | LeftOut() | HarderNoted() | Paused() | GoingOn() | Stopped() | StopChoices() | PainQuestion()
            | LieDown() | DizzyQuestion() | DizzyPassed() | QuestionNoted() | WhyNoSitUps()
            | PainLeftOut() | PainAgain() | EndQuestion() | Help() | Asleep() | Awake()
            | NotNow() | NothingToRepeat() | CheckIntro() | CheckQuestion() | CheckPassed()
        ):  # fmt: skip
            return ""
        case _:
            assert_never(meaning)


def _time_variant(minutes: int, seconds: int) -> str:
    match minutes, seconds:
        case 0, _:
            return "seconds"
        case 1, 0:
            return "minute"
        case 1, _:
            return "minute-and"
        case _:
            return "minutes"


def _tone_of(meaning: Meaning) -> ToneKind | None:
    match meaning:
        case Tone():
            return meaning.kind
        case Movement():
            return _BREATH_TONES[meaning.breath]
        case _:
            return None


def _filled(template: str, values: Mapping[str, Wording]) -> list[str]:
    """Fill a template in every way; a value in several lengths gives several texts, longest first."""
    texts = [template]
    for name, wording in values.items():
        if f"{{{name}}}" in template:
            texts = [text.replace(f"{{{name}}}", value) for text in texts for value in wording]
    return [text[:1].upper() + text[1:] for text in texts] if template.startswith("{") else texts


def _line(cue: Cue, *, text: str, tone: ToneKind | None, length_ms: Ms) -> Line:
    return Line(
        text=text,
        tone=tone,
        length_ms=length_ms,
        at_ms=cue.at_ms,
        latest_ms=cue.latest_ms,
        end_by_ms=cue.end_by_ms,
        priority=cue.priority,
        meaning=cue.meaning,
    )
