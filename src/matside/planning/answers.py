"""Answers of the interview, read strictly: what isn't clear is asked again, never guessed."""

from collections.abc import Sequence
from datetime import date, timedelta

from matside.content.exercise import Birth, Stage
from matside.planning.person import LAST_WEEK_AFTER_BIRTH, LAST_WEEK_OF_PREGNANCY
from matside.planning.profile import began_from_due_date, began_from_weeks

MINUTES = range(5, 21)
NUMBER_LETTERS = frozenset("0123456789 +-()/")

_STAGES = {
    Stage.PREGNANT: ("pregnant", "p", "임신", "임신 중"),
    Stage.POSTPARTUM: ("birth", "b", "postpartum", "gave birth", "출산", "출산 후"),
    Stage.GENERAL: ("neither", "general", "둘 다 아님", "둘 다 아니에요"),
}
_BIRTHS = {
    Birth.VAGINAL: ("vaginal", "v", "자연분만"),
    Birth.ASSISTED: ("assisted", "a", "forceps", "vacuum", "겸자", "흡입"),
    Birth.MAJOR_TEAR: ("tear", "t", "major-tear", "major tear", "열상"),
    Birth.CAESAREAN: ("caesarean", "c", "cesarean", "c-section", "section", "제왕절개"),
    Birth.UNSURE: ("unsure", "u", "not sure", "모름", "잘 모르겠어요"),
}
_YES = ("yes", "y", "예", "네", "응")
_NO = ("no", "n", "아니요", "아니오", "아뇨")
"""None of them is a stage: a "no" must not make somebody after a birth a general person."""
_NONE = ("0", "none", "no", "nothing", "없음", "없어요", "아니요", "아뇨")
_UNSURE = ("not sure", "unsure", "?", "maybe", "모름", "잘 모르겠어요")


def _plain(text: str) -> str:
    return " ".join(text.lower().strip(" .!").split())


def stage_of(text: str) -> Stage | None:
    """Read which stage she is in; None where it isn't clear."""
    return next((stage for stage, words in _STAGES.items() if _plain(text) in words), None)


def birth_of(text: str) -> Birth | None:
    """Read how the birth went; None where it isn't clear."""
    return next((birth for birth, words in _BIRTHS.items() if _plain(text) in words), None)


def truth_of(text: str) -> bool | None:
    """Read a yes or a no; None for anything else, "not sure" among it."""
    plain = _plain(text)
    return True if plain in _YES else False if plain in _NO else None


def is_unsure(text: str) -> bool:
    """Tell a plain "not sure" from words that weren't understood."""
    return _plain(text) in _UNSURE


def pregnancy_began(text: str, today: date) -> date | str:
    """Read completed weeks, or a due date.

    Returns:
        The first day of week 0; or the key of the sentence that asks again.
    """
    plain = _plain(text)
    if plain.isdecimal() and len(plain) < 4:
        weeks = int(plain)
        return began_from_weeks(weeks, today) if weeks <= LAST_WEEK_OF_PREGNANCY else "weeks-of-pregnancy"
    due = _date_of(plain)
    if due is None:
        return "weeks-of-pregnancy"
    began = began_from_due_date(due)
    weeks = (today - began).days // 7
    return began if began <= today and weeks <= LAST_WEEK_OF_PREGNANCY else "weeks-of-pregnancy"


def birth_began(text: str, today: date) -> date | str:
    """Read the day of a birth, or completed weeks since.

    Returns:
        The day; or the key of the sentence that asks again.
    """
    plain = _plain(text)
    if plain.isdecimal() and len(plain) < 4:
        weeks = int(plain)
        return began_from_weeks(weeks, today) if weeks <= LAST_WEEK_AFTER_BIRTH else "weeks-after-birth"
    born = _date_of(plain)
    if born is None:
        return "weeks-after-birth"
    if born > today:
        return "future-birth"
    return born if today - born <= timedelta(weeks=LAST_WEEK_AFTER_BIRTH) else "weeks-after-birth"


def _date_of(plain: str) -> date | None:
    try:
        return date.fromisoformat(plain)
    except ValueError:
        return None


def chosen_of(text: str, names: Sequence[str]) -> frozenset[str] | None:
    """Read numbers of a list, counted from 1, or its names; None where any of them isn't in it.

    A "0" and a plain "none" choose nothing, and that is an answer.
    """
    if _plain(text) in _NONE:
        return frozenset()
    picked = set()
    for part in text.replace(",", " ").split():
        if part.isdecimal() and 1 <= int(part) <= len(names):
            picked.add(names[int(part) - 1])
        elif part.lower() in names:
            picked.add(part.lower())
        else:
            return None
    return frozenset(picked)


def number_of(text: str) -> str | None:
    """Read a telephone number as it is dialled; None where it isn't one."""
    plain = " ".join(text.split())
    digits = sum(letter.isdecimal() for letter in plain)
    return plain if 2 <= digits <= 20 and set(plain) <= NUMBER_LETTERS else None


def minutes_of(text: str) -> int | None:
    """Read how long a session may take; None where it is no number from 5 to 20."""
    plain = _plain(text)
    return int(plain) if plain.isdecimal() and len(plain) < 4 and int(plain) in MINUTES else None
