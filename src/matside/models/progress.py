"""How far the fetching of a model has come."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Step(StrEnum):
    """What is being done."""

    DOWNLOAD = "download"
    WAIT = "wait"
    UNPACK = "unpack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Bytes done of all bytes of a step; `note` says why it waits or begins again, in words."""

    step: Step
    done_bytes: int
    total_bytes: int
    note: str = ""


Report: TypeAlias = Callable[[Progress], None]


def unreported(progress: Progress) -> None:
    """Tell nobody."""
