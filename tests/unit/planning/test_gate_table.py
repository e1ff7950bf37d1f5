"""The gate tables of the safety brief, row by row: who may go how far in which exercise."""

import pytest

from matside.content.exercise import Birth, Stage
from matside.content.library import load_library
from matside.planning.gates import BLOCKED, grant
from matside.planning.person import Person

LIBRARY = load_library()
SLOW = (Birth.CAESAREAN, Birth.ASSISTED, Birth.MAJOR_TEAR, Birth.UNSURE)


def pregnant(weeks, **more):
    return Person(stage=Stage.PREGNANT, weeks=weeks, **more)


def after(weeks, birth=Birth.VAGINAL, *, check=False, **more):
    return Person(stage=Stage.POSTPARTUM, weeks=weeks, birth=birth, check_done=check, **more)


GENERAL = Person(stage=Stage.GENERAL)


def level(exercise, person):
    return grant(LIBRARY.exercises[exercise], person).level


# Columns: breath-arm-raise, pelvic-floor, bridge.
CASES = [
    (pregnant(13), (3, 3, 2)),
    (pregnant(14), (3, 3, BLOCKED)),
    (pregnant(39), (3, 3, BLOCKED)),
    (after(0), (0, 0, 0)),
    (after(1), (0, 0, 0)),
    (after(3), (3, 1, 1)),
    (after(3, Birth.CAESAREAN), (1, 1, 0)),
    (after(6), (3, 1, 1)),
    (after(6, check=True), (3, 3, 2)),
    (after(7, Birth.CAESAREAN, check=True), (1, 1, 0)),
    (after(8, Birth.CAESAREAN, check=True), (3, 3, 2)),
    (after(12, check=True), (3, 3, 3)),
    (after(18, Birth.CAESAREAN, check=True), (3, 3, 4)),
    (GENERAL, (3, 3, 4)),
]


@pytest.mark.parametrize(("person", "levels"), CASES)
def test_the_first_table_comes_out(person, levels):
    names = ("breath-arm-raise", "pelvic-floor", "bridge")
    assert tuple(level(name, person) for name in names) == levels


def test_a_bridge_late_in_pregnancy_becomes_the_wall():
    granted = grant(LIBRARY.exercises["bridge"], pregnant(14))
    assert (granted.substitute.exercise, granted.substitute.level) == ("wall-stand", 2)


# 4.6: T1, T2-T3, PP0, PP2, PP6, PP12, PP16, GEN; uncomplicated vaginal births, the check done from week 6.
X = BLOCKED
COLUMNS = (
    pregnant(13),
    pregnant(14),
    after(1),
    after(2),
    after(6, check=True),
    after(12, check=True),
    after(16, check=True),
    GENERAL,
)
GLANCE = {
    "belly-breath": (2, 2, 1, 2, 2, 2, 2, 2),
    "paced-breathing": (2, 2, 1, 2, 2, 2, 2, 2),
    "wall-stand": (3, 3, 1, 2, 3, 3, 3, 3),
    "ball-leg-stretch": (0, 2, 0, 0, 2, 3, 3, 3),
    "ball-pelvic-circles": (0, 2, 0, 0, 2, 3, 3, 3),
    "ball-side-reach": (0, 2, 0, 0, 2, 3, 3, 3),
    "pelvic-floor": (3, 3, 0, 1, 3, 3, 3, 3),
    "pelvic-floor-quick": (3, 3, 0, 1, 3, 3, 3, 3),
    "deep-core-breath": (3, 3, 0, 1, 3, 3, 3, 3),
    "cat-curl": (3, 2, X, 0, 2, 3, 3, 3),
    "four-point-reach": (3, 2, X, 0, 2, 3, 3, 3),
    "bridge": (2, X, 0, 1, 2, 3, 4, 4),
    "plank": (1, 1, X, 0, 1, 3, 4, 4),
    "leg-slides": (2, X, 1, 2, 2, 4, 4, 4),
    "air-bicycle": (X, X, X, X, 1, 3, 4, 4),
}


@pytest.mark.parametrize("exercise", GLANCE)
def test_the_table_at_a_glance_comes_out(exercise):
    assert tuple(level(exercise, person) for person in COLUMNS) == GLANCE[exercise]


@pytest.mark.parametrize(
    ("exercise", "person", "expected"),
    [
        ("ball-leg-stretch", pregnant(10, experience=frozenset({"ball-used"})), 2),
        ("ball-side-reach", pregnant(30, experience=frozenset({"ball-used"})), 3),
        ("ball-side-reach", after(3), 1),
        ("cat-curl", after(3), 1),
        ("four-point-reach", after(3), 1),
        ("plank", after(3), 1),
        ("plank", after(8, check=True), 2),
        ("plank", pregnant(10, experience=frozenset({"trained"})), 2),
        ("plank", pregnant(19, experience=frozenset({"trained"})), 2),
        ("plank", pregnant(20, experience=frozenset({"trained"})), 1),
        ("leg-slides", after(8, check=True), 3),
        ("air-bicycle", after(8, check=True), 2),
        ("ball-balance", after(6, check=True), 2),
        ("squat-pickup", after(6, check=True), 2),
        ("squat-pickup", GENERAL, 3),
        ("wall-stand", pregnant(20, flags=frozenset({"pgp"})), 2),
        ("leg-slides", after(9, check=True, flags=frozenset({"pgp"})), 0),
        ("leg-slides", Person(stage=Stage.GENERAL, flags=frozenset({"pgp"})), 0),
    ],
)
def test_the_notes_of_the_table_come_out(exercise, person, expected):
    assert level(exercise, person) == expected


@pytest.mark.parametrize("birth", SLOW)
@pytest.mark.parametrize("exercise", sorted(set(GLANCE) - {"belly-breath", "paced-breathing"}))
def test_slow_births_stay_with_the_first_weeks_until_week_8_and_then_are_two_weeks_behind(birth, exercise):
    early = {"breath-arm-raise": 1, "wall-stand": 1, "pelvic-floor": 1, "pelvic-floor-quick": 1}
    for weeks in (2, 5, 7):
        most = max(level(exercise, after(1)), early.get(exercise, 0))
        assert level(exercise, after(weeks, birth, check=True)) <= most
    for weeks in (8, 14, 18):
        ahead = level(exercise, after(weeks - 2, check=True))
        assert level(exercise, after(weeks, birth, check=True)) <= ahead


@pytest.mark.parametrize("exercise", sorted(LIBRARY.exercises))
def test_nothing_but_seated_breathing_is_open_to_whom_nobody_asked(exercise):
    for person in (
        Person(),
        Person(stage=Stage.PREGNANT),
        Person(stage=Stage.POSTPARTUM, weeks=20),
        Person(stage=Stage.POSTPARTUM, birth=Birth.VAGINAL),
    ):
        most = level(exercise, person)
        assert most == BLOCKED or exercise == "paced-breathing"
        if most > BLOCKED:
            rungs = LIBRARY.exercises[exercise].levels[: most + 1]
            assert {rung.position.value for rung in rungs} == {"seated"}
