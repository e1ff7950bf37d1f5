"""Days pass, a check is done, a flag comes up: the same profile plans another session."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matside.content.exercise import Birth, Stage
from matside.content.library import load_library
from matside.content.routine import PartOfDay
from matside.planning.choose import Cause, Refusal, choose
from matside.planning.profile import Profile, Screened, began_from_due_date, person_on, with_stage

LIBRARY = load_library()
BORN = date(2026, 3, 1)
MOTHER = Profile(stage=Stage.POSTPARTUM, began=BORN, birth=Birth.VAGINAL, screened=Screened.CLEAR)


def chosen(profile, day, part=PartOfDay.MORNING):
    routine = choose(LIBRARY, person_on(profile, day), part, None)
    return routine.cause if isinstance(routine, Refusal) else routine.id


@pytest.mark.parametrize(
    ("days", "birth", "check", "expected"),
    [
        (0, Birth.VAGINAL, False, Cause.NOT_OFFERED),
        (1, Birth.VAGINAL, False, "first-weeks"),
        (13, Birth.CAESAREAN, False, "first-weeks"),
        (14, Birth.VAGINAL, False, "early-weeks"),
        (14, Birth.CAESAREAN, False, "early-weeks-gentle"),
        (41, Birth.VAGINAL, True, "early-weeks"),
        (42, Birth.VAGINAL, False, "early-weeks"),
        (42, Birth.VAGINAL, True, "rebuilding"),
        (42, Birth.CAESAREAN, True, "early-weeks-gentle"),
        (55, Birth.UNSURE, True, "early-weeks-gentle"),
        (56, Birth.UNSURE, True, "rebuilding"),
        (56, Birth.MAJOR_TEAR, False, "early-weeks-gentle"),
    ],
)
def test_the_session_follows_the_day_the_birth_and_the_check(days, birth, check, expected):
    profile = replace(MOTHER, birth=birth, check_on=BORN if check else None)
    assert chosen(profile, BORN + timedelta(days=days)) == expected


@pytest.mark.parametrize("flag", ["doming", "heaviness-or-leak", "wound-pain", "sore-stitches"])
def test_a_symptom_goes_back_to_the_early_weeks(flag):
    later = BORN + timedelta(weeks=20)
    profile = replace(MOTHER, check_on=later, flags=frozenset({flag}))
    assert chosen(profile, later) == "early-weeks"
    assert chosen(replace(profile, birth=Birth.ASSISTED), later) == "early-weeks-gentle"


def test_the_birth_before_its_due_date_changes_nothing_until_she_says_so():
    profile = Profile(stage=Stage.PREGNANT, began=began_from_due_date(BORN), screened=Screened.CLEAR)
    assert person_on(profile, BORN).weeks == 40
    assert chosen(profile, BORN) == "pregnancy-morning"
    assert chosen(profile, BORN, PartOfDay.EVENING) == "pregnancy-evening"
    assert not with_stage(profile, Stage.POSTPARTUM).may_train


def test_a_pregnancy_that_goes_on_for_too_long_is_asked_about():
    profile = Profile(stage=Stage.PREGNANT, began=BORN, screened=Screened.CLEAR)
    assert chosen(profile, BORN + timedelta(weeks=45)) == "pregnancy-morning"
    assert chosen(profile, BORN + timedelta(weeks=46)) == Cause.UNKNOWN_WEEKS


def test_a_birth_in_the_future_closes_the_gates():
    assert chosen(MOTHER, BORN - timedelta(days=1)) == Cause.UNKNOWN_WEEKS


def test_cleared_holds_for_its_stage_only():
    profile = replace(MOTHER, screened=Screened.CLEARED, cleared_on=BORN)
    assert profile.may_train
    assert not with_stage(profile, Stage.GENERAL).may_train
    assert with_stage(profile, Stage.POSTPARTUM).may_train


def test_flags_are_old_after_a_week():
    profile = replace(MOTHER, flags_on=BORN)
    assert not profile.flags_are_old(BORN + timedelta(days=6))
    assert profile.flags_are_old(BORN + timedelta(days=7))
