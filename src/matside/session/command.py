"""What a person can tell the session to do."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Command(StrEnum):
    """Everything that can be said or pressed; the values are the names that scripts see."""

    NEXT = "next"
    BACK = "back"
    REPEAT = "repeat"
    PAUSE = "pause"
    RESUME = "resume"
    EASIER = "easier"
    HARDER = "harder"
    STOP = "stop"
    END = "end"
    PAIN = "pain"
    TIME = "time"
    LOUDER = "louder"
    QUIETER = "quieter"
    SLOWER = "slower"
    FASTER = "faster"
    HELP = "help"
    YES = "yes"
    NO = "no"
    READY = "ready"
    DONE = "done"
    SLEEP = "sleep"
    WAKE = "wake"
    RED = "red"
    DIZZY = "dizzy"
    WHY_SIT_UPS = "why-no-sit-ups"


class Situation(StrEnum):
    """What is going on, as far as it decides which commands make sense.

    These are the "phases" of the phrasebook and of `matside listen --phase`.
    """

    CHECK = "check"
    TALK = "talk"
    SETUP = "setup"
    MOVE = "move"
    HOLD = "hold"
    REST = "rest"
    PAUSED = "paused"
    STOPPED = "stopped"
    PAIN_ASK = "pain-ask"
    END_ASK = "end-ask"
    DIZZY_ASK = "dizzy-ask"
    RED = "red"
    ASLEEP = "asleep"
    ENDED = "ended"


Reason = Literal[
    "no words",
    "too short",
    "too long",
    "makes no sense now",
    "not a phrase",
    "too long for these words",
    "part of other talk",
    "before the question was asked",
    "while the coach speaks",
    "own voice",
    "said twice",
    "not sure enough; said again, it counts",
    "one of a row of words",
    "no such key",
]
"""Why something isn't taken as a command; every language has words for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Something was heard and isn't taken as a command.

    Attributes:
        reason: For the screen and the log.
        meant: The command that its words would have been, where it is only not sure enough.
        is_asked_again: Whether a tone should ask to say it again: it was likely said to the coach.
    """

    reason: Reason
    meant: Command | None = field(default=None, compare=False)
    is_asked_again: bool = field(default=False, compare=False)
