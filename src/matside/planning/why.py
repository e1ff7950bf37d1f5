"""Why an item of the plan is as it is: a key and its values. The words are a language's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Because(StrEnum):
    """What decided about an item; each has a sentence in every language's planning texts."""

    ROUTINE = "routine"
    ADJUSTED = "adjusted"
    GATE = "gate"
    FLAG = "flag"
    EQUIPMENT = "equipment"
    TOO_HARD = "too-hard"
    PAIN = "pain"
    FLARE = "flare"
    CHOSEN = "chosen"
    RAISED = "raised"
    FIRST_DAY = "first-day"
    FIRST_WEEK = "first-week"
    REPLACED = "replaced"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A reason, to be put into words with the person and the exercise.

    Attributes:
        flag: The body flag that it is about.
        thing: The piece of equipment that it is about.
        on: The day that it goes back to.
        replaced: The exercise that stood here.
    """

    because: Because
    flag: str | None = None
    thing: str | None = None
    on: date | None = None
    replaced: str | None = None
