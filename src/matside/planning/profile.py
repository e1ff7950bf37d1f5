"""What a person has told of herself, kept as dates so that weeks count forward by themselves.

Values only: the file is the history's business (`history/profile_store.py`), today's date is handed in.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum

from matside.content.exercise import Birth, Stage
from matside.planning.person import DAYS_A_WEEK, Person, contradictions

FLAGS_HOLD = timedelta(days=7)
"""Body flags are asked for again after a week."""
RARE = frozenset({"ball", "helper"})
"""What nobody is taken to have at hand before she said so."""
PREGNANCY_DAYS = 280
"""From the first day of the last period to the due date: forty weeks."""


class Screened(StrEnum):
    """What came of the list that is asked once, and at each change of stage."""

    UNASKED = "unasked"
    CLEAR = "clear"
    LIMITED = "limited"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person's answers.

    Attributes:
        began: The first day of week 0 of the pregnancy, or the day of the birth.
        check_on: When she said that her postnatal check had happened; None while it hasn't.
        screened: The answer to the list of section 3.1; it falls back to `UNASKED` with each stage.
        cleared_on: When she said that her clinician had cleared her.
        flags_on: When her body flags were last asked.
        missing: Things that she doesn't have; None where she wasn't asked, and then what is rare isn't there.
        number: Her emergency number.
        minutes: How long a session may take.
        baby_tips: She asked for tips on caring for a baby; never assumed.
        low_on: When she said that she was very low; that day has no session.
        told_on: When the standing text was first shown.
        asked_on: When all of this was asked.
    """

    stage: Stage = Stage.UNKNOWN
    began: date | None = None
    birth: Birth | None = None
    check_on: date | None = None
    screened: Screened = Screened.UNASKED
    cleared_on: date | None = None
    flags: frozenset[str] = frozenset()
    flags_on: date | None = None
    missing: frozenset[str] | None = None
    experience: frozenset[str] = frozenset()
    number: str | None = None
    minutes: int | None = None
    voice: str | None = None
    baby_tips: bool = False
    low_on: date | None = None
    told_on: date | None = None
    asked_on: date | None = None

    @property
    def may_train(self) -> bool:
        """Whether the list at set-up leaves the programme open."""
        return self.screened in {Screened.CLEAR, Screened.CLEARED}

    @property
    def closes_or_opens(self) -> bool:
        """Whether anything was told that decides about sessions, be it in questions that were broken off."""
        was_screened = self.screened is not Screened.UNASKED
        return self.asked_on is not None or was_screened or self.low_on is not None

    def flags_are_old(self, today: date) -> bool:
        """Tell whether the flags were asked a week ago, or, by a clock that was ahead, are yet to be."""
        return self.flags_on is None or not timedelta(0) <= today - self.flags_on < FLAGS_HOLD


def person_on(profile: Profile, today: date) -> Person:
    """Give the person of a day; a date that can't be true leaves her weeks unknown: the gates close."""
    days = (today - profile.began).days if profile.began is not None else None
    weeks = days // DAYS_A_WEEK if days is not None and days >= 0 else None
    after_birth = profile.stage is Stage.POSTPARTUM
    counts = profile.stage in {Stage.PREGNANT, Stage.POSTPARTUM}
    person = Person(
        stage=profile.stage,
        weeks=weeks if counts else None,
        days=days if after_birth and weeks is not None else None,
        birth=profile.birth if after_birth else None,
        check_done=after_birth and profile.check_on is not None,
        flags=profile.flags,
        missing=RARE if profile.missing is None else profile.missing,
        experience=profile.experience,
    )
    return replace(person, weeks=None, days=None) if contradictions(person) else person


def began_from_weeks(weeks: int, today: date) -> date:
    """Give the date that completed weeks lead back to."""
    return today - timedelta(days=DAYS_A_WEEK * weeks)


def began_from_due_date(due: date) -> date:
    """Give the first day of week 0 of a pregnancy that is due on a date."""
    return due - timedelta(days=PREGNANCY_DAYS)


def with_stage(profile: Profile, stage: Stage) -> Profile:
    """Begin a stage anew: what belonged to the last one no longer counts, the list is asked again."""
    if stage is profile.stage:
        return profile
    return replace(
        profile,
        stage=stage,
        began=None,
        birth=None,
        check_on=None,
        screened=Screened.UNASKED,
        cleared_on=None,
        flags=frozenset(),
        flags_on=None,
    )


def to_values(profile: Profile) -> dict[str, str]:
    """Give a profile as texts, one a field; what isn't known is left out."""
    values: dict[str, str] = {}
    for field in fields(Profile):
        value = getattr(profile, field.name)
        if isinstance(value, frozenset):
            values[field.name] = json.dumps(sorted(value))
        elif isinstance(value, bool):
            values[field.name] = "yes" if value else "no"
        elif value is not None:
            values[field.name] = value.isoformat() if isinstance(value, date) else str(value)
    return values


def from_values(values: Mapping[str, str]) -> Profile:
    """Read a profile back.

    Raises:
        ValueError: A value isn't one that `to_values` writes.
    """
    dates = {"began", "check_on", "cleared_on", "flags_on", "low_on", "told_on", "asked_on"}
    sets = {"flags", "missing", "experience"}
    given: dict[str, object] = {}
    for name in (field.name for field in fields(Profile)):
        text = values.get(name)
        if text is None:
            continue
        if name in dates:
            given[name] = date.fromisoformat(text)
        elif name in sets:
            given[name] = frozenset(map(str, json.loads(text)))
        else:
            given[name] = _READ.get(name, str)(text)
    return Profile(**given)  # type: ignore[arg-type]  # each value has the type of its field


_READ: Mapping[str, Callable[[str], object]] = {
    "stage": Stage,
    "birth": Birth,
    "screened": Screened,
    "minutes": int,
    "baby_tips": "yes".__eq__,
}
