"""What she is told to do instead of exercising, with the number that she would call."""

from typing import Protocol

from matside.content.exercise import Wording
from matside.content.language import Language


class Told(Protocol):
    """What she is told.

    Attributes:
        key: Its coach line; `{number}` in it stands for the number, or for "your emergency number".
        number: The number as it was typed.
        unclear: Say first that no clear answer was heard.
        general: She is in no midwife's care: the line's own form for everybody else, where it has one.
    """

    @property
    def key(self) -> str:
        """The line."""

    @property
    def number(self) -> str | None:
        """The number."""

    @property
    def unclear(self) -> bool:
        """No clear answer."""

    @property
    def general(self) -> bool:
        """Neither pregnant nor after a birth."""


def advice_wording(language: Language, told: Told, *, spelled: bool) -> Wording:
    """Give the wording of an advice.

    Args:
        language: Whose words.
        told: What, and to whom.
        spelled: Digit by digit, for a voice that would read 112 as a hundred and twelve.
    """
    lines = language.lines
    called = lines["emergency-number"].wording[0]
    if told.number:
        called = spelled_out(told.number) if spelled else told.number
    first = f"{lines['unclear'].wording[0]} " if told.unclear else ""
    # The text after a red word says itself how to hear it again.
    last = f" {lines['advice-tail'].wording[0]}" if "." in told.key else ""
    own = lines.get(f"{told.key}.general") if told.general else None
    line = own or lines[told.key]
    return tuple(first + text.replace("{number}", called) + last for text in line.wording)


def spelled_out(number: str) -> str:
    """Give a telephone number as its signs, one by one."""
    return " ".join(sign for sign in number if sign.isalnum() or sign == "+")
