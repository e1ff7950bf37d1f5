"""What the coach means to say or sound, and when. Meaning only: the words are one stage further out.

A cue carries its own window. It may start from `at_ms` until `latest_ms`; where `end_by_ms` is given it
must have ended by then. A cue that can't keep its window is dropped, never delayed: the clock leads and
speech follows.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeAlias

from matside.content.exercise import Breath, PhaseKind, Position
from matside.content.routine import RED_ADVICE, Advice
from matside.session.command import Command
from matside.units import Ms


class Priority(IntEnum):
    """Who gives way to whom; the higher value is the more urgent."""

    HINT = 0
    ENCOURAGEMENT = 1
    TONE = 2
    COUNT = 3
    REP = 4
    POSITION = 5
    REPLY = 6
    SAFETY = 7
    STOP = 8


class Fade(StrEnum):
    """How much of a movement's wording is left: full at first, then short, then a tone alone."""

    FULL = "full"
    SHORT = "short"
    TONE = "tone"


class ToneKind(StrEnum):
    """The program's own sounds, each told apart with eyes closed; one file a kind under `audio/cues`."""

    START = "start"
    BREATH_IN = "breath-in"
    BREATH_OUT = "breath-out"
    TICK = "tick"
    SWITCH = "switch"
    END = "end"
    HEARD = "heard"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """A sound without words."""

    kind: ToneKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageCue:
    """A line of a spoken passage."""

    passage: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetReady:
    """The things to have within reach, before anything starts."""

    equipment: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingUp:
    """The exercise's name; with its introduction the first time it is met."""

    exercise: str
    first_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePosition:
    """How to get into a position that the body isn't in yet."""

    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """One set-up text of an exercise."""

    exercise: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSide:
    """Which side begins; sides are numbered 1 (left) and 2 (right)."""

    side: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchSide:
    """Change to the named side."""

    side: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One phase of one repetition."""

    exercise: str
    key: str
    kind: PhaseKind
    breath: Breath
    fade: Fade


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number said on its second."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfWay:
    """Half of the repetitions, or half of a long hold, are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastOne:
    """The last repetition of a side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepBreathing:
    """The reminder in the middle of a long hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyNote:
    """A safety text of an exercise."""

    exercise: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A rest between sets."""

    length_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePosition:
    """How to get up, or down, from a position."""

    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Encourage:
    """A warm word after an exercise, about effort or choice."""

    eased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EasierNow:
    """The exercise has just become easier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The exercise is skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HarderNoted:
    """The wish for more is noted for another day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The session stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOn:
    """The session runs again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The movement has stopped; let the body come down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopChoices:
    """What can be said after a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PainQuestion:
    """The one triage question: severe or sudden, or bleeding, fluid or numbness?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetHelp:
    """A red text. It can be repeated and stays on the screen.

    Attributes:
        advice: That of the question that wasn't answered "no"; None after a red word or severe pain.
        number: The person's emergency number.
        unclear: There was no clear answer; it says so first.
        general: She is in no midwife's care, so none is named.
    """

    advice: Advice | None = None
    number: str | None = None
    unclear: bool = False
    general: bool = False

    @property
    def key(self) -> str:
        """The coach line that words it."""
        return f"get-help.{self.advice.value}" if self.advice else "get-help"


@dataclass(frozen=True, slots=True, kw_only=True)
class LieDown:
    """Dizzy: the safe position first, and easy breathing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DizzyQuestion:
    """Has the dizziness passed?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DizzyPassed:
    """It has passed; there is no hurry, and what can be said now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionNoted:
    """A question about the content; it is answered after the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNoSitUps:
    """Why this companion leaves sit-ups out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PainLeftOut:
    """Thanks for telling; this exercise is left out today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PainAgain:
    """Pain for the second time today: finish here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndQuestion:
    """Really end the session?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye:
    """The session is over."""

    completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """How long the session still takes, in whole minutes and quarter minutes below two."""

    left_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeChanged:
    """The coach is louder (+1) or quieter (-1) now, or can't go further (0)."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceChanged:
    """The movements are faster (+1) or slower (-1) now, or can't go further (0)."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """The commands that make sense now."""

    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asleep:
    """Listening only for "wake up", "stop" and pain from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awake:
    """Listening to everything again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNow:
    """Understood, but it makes no sense here."""

    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToRepeat:
    """Nothing was said yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIntro:
    """What the questions are for, and that any unclear answer means no session today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckQuestion:
    """One yes/no question of a check."""

    key: str
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPassed:
    """All answers were "no"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEnds:
    """Not today, and what to do instead; see `GetHelp`."""

    advice: Advice
    number: str | None = None
    unclear: bool = False
    general: bool = False

    @property
    def key(self) -> str:
        """The coach line that words it."""
        return f"check-ends.{self.advice.value}"


def advised(
    advice: Advice, *, number: str | None, unclear: bool, general: bool = False
) -> GetHelp | CheckEnds:
    """Give what is said with an advice: a red text where it can't wait."""
    kind = GetHelp if advice in RED_ADVICE else CheckEnds
    return kind(advice=advice, number=number, unclear=unclear, general=general)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something of the computer's isn't there or was lost, said once in plain words.

    `edge` is one of microphone, model, speech, speaker, keyboard, history; `back` when it works again.
    """

    edge: str
    back: bool = False


Meaning: TypeAlias = (
    Tone
    | PassageCue
    | GetReady
    | ComingUp
    | TakePosition
    | SetUp
    | FirstSide
    | SwitchSide
    | Movement
    | Count
    | HalfWay
    | LastOne
    | KeepBreathing
    | SafetyNote
    | Rest
    | LeavePosition
    | Encourage
    | EasierNow
    | LeftOut
    | HarderNoted
    | Paused
    | GoingOn
    | Stopped
    | StopChoices
    | PainQuestion
    | GetHelp
    | LieDown
    | DizzyQuestion
    | DizzyPassed
    | QuestionNoted
    | WhyNoSitUps
    | PainLeftOut
    | PainAgain
    | EndQuestion
    | Goodbye
    | TimeLeft
    | VolumeChanged
    | PaceChanged
    | Help
    | Asleep
    | Awake
    | NotNow
    | NothingToRepeat
    | CheckIntro
    | CheckQuestion
    | CheckPassed
    | CheckEnds
    | Trouble
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A meaning with its window on the session's clock.

    Attributes:
        at_ms: When it should begin.
        latest_ms: When it may begin at the latest; after that it is dropped.
        end_by_ms: When it must have ended; None where nothing waits behind it.
        priority: Who gives way.
    """

    meaning: Meaning
    at_ms: Ms
    latest_ms: Ms
    end_by_ms: Ms | None
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Everything said or waiting is out of date: hush at once."""

    at_ms: Ms
