"""What she is told to do instead of exercising, with the number that she would call."""

from matside.content.exercise import Wording
from matside.content.language import Language


def advice_wording(
    language: Language, key: str, *, number: str | None, unclear: bool, spelled: bool
) -> Wording:
    """Give the wording of an advice.

    Args:
        language: Whose words.
        key: Its coach line; `{number}` in it stands for the number, or for "your emergency number".
        number: The number as it was typed.
        unclear: Say first that no clear answer was heard.
        spelled: Digit by digit, for a voice that would read 112 as a hundred and twelve.
    """
    lines = language.lines
    called = lines["emergency-number"].wording[0]
    if number:
        called = spelled_out(number) if spelled else number
    first = f"{lines['unclear'].wording[0]} " if unclear else ""
    # The text after a red word says itself how to hear it again.
    last = f" {lines['advice-tail'].wording[0]}" if "." in key else ""
    return tuple(first + text.replace("{number}", called) + last for text in lines[key].wording)


def spelled_out(number: str) -> str:
    """Give a telephone number as its signs, one by one."""
    return " ".join(sign for sign in number if sign.isalnum() or sign == "+")
