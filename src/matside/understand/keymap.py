"""A key, or a typed line, becomes a command. The space bar pauses and goes on."""

from matside.session.command import Command, Situation
from matside.understand.phrasebook import Phrasebook

_STANDING = frozenset({Situation.PAUSED, Situation.STOPPED})


def command_for_key(typed: str, phrasebook: Phrasebook, situation: Situation) -> Command | None:
    """Tell what a key means; a whole line may also be a phrase or a command's name.

    Keys work in every situation: what makes no sense is refused by the session, kindly.
    """
    if typed == " ":
        return Command.RESUME if situation in _STANDING else Command.PAUSE
    if typed == "\n":
        return Command.READY if situation is Situation.SETUP else None
    by_key = phrasebook.command_of_key(typed) or phrasebook.command_of_key(typed.lower())
    if by_key is not None:
        return by_key
    text = typed.strip().lower()
    named = next((command for command in Command if command.value == text), None)
    if named is not None:
        return named
    meant = {phrasebook.command_for(text, where) for where in (situation, *Situation)} - {None}
    here = phrasebook.command_for(text, situation)
    return here or (meant.pop() if len(meant) == 1 else None)
