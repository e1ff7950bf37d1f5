"""What every exercise's file must hold: ladder, the article's own version, sources, the sessions' times."""

import itertools

import pytest

from matside.content.exercise import KNOWN_STAGES, Birth, Mark, Position, Stage
from matside.content.library import load_library

LIBRARY = load_library()
EXERCISES = LIBRARY.exercises

THE_ARTICLES_OWN = {
    "air-bicycle": {2, 4},
    "ball-balance": {1},
    "ball-leg-stretch": {2},
    "ball-pelvic-circles": {2},
    "ball-side-reach": {2},
    "breath-arm-raise": {2},
    "bridge": {2},
    "leg-slides": {1, 2, 3},
    "pelvic-floor": {3},
    "plank": {1, 4},
    "wall-stand": {2},
}

GUIDED_ROWS = {
    *(
        "S12",
        "S13",
        "S15",
        "S16",
        "S17",
        "S18",
        "S20",
        "S21",
        "S22",
        "S25",
        "S26",
        "S29",
        "S32",
        "S33",
        "S34",
    ),
    *("S36", "S37", "S38", "S39", "S40", "S41", "S42", "S43", "S51", "S53"),
}

# Exercise, level, variant, repetitions, set-up and end in seconds, and how long that takes in all.
SESSION_ITEMS = [
    ("breath-arm-raise", 2, None, 10, 25, 0, 125),
    ("breath-arm-raise", 2, "seated", 10, 25, 0, 125),
    ("wall-stand", 2, None, 8, 30, 20, 114),
    ("pelvic-floor", 1, "wall", 5, 25, 0, 75),
    ("pelvic-floor-quick", 1, "wall", 5, 10, 0, 25),
    ("ball-leg-stretch", 1, None, 1, 30, 0, 72),
    ("ball-leg-stretch", 1, "chair", 1, 30, 0, 72),
    ("ball-pelvic-circles", 1, None, 5, 15, 0, 61),
    ("ball-pelvic-circles", 1, "chair", 5, 15, 0, 61),
    ("ball-pelvic-circles", 1, "tilts", 5, 15, 0, 61),
    ("ball-side-reach", 1, None, 3, 15, 0, 81),
    ("ball-side-reach", 1, "chair", 3, 15, 0, 81),
    ("cat-curl", 1, None, 6, 35, 0, 83),
    ("cat-curl", 1, "table", 6, 35, 0, 83),
    ("four-point-reach", 1, None, 4, 15, 0, 68),
    ("wall-stand", 2, "breath", 6, 25, 20, 105),
    ("pelvic-floor", 1, None, 5, 20, 0, 70),
    ("paced-breathing", 0, "side-lying", 1, 10, 0, 70),
    ("paced-breathing", 1, "side-lying", 8, 5, 0, 61),
    ("paced-breathing", 2, "side-lying", 18, 5, 0, 185),
    ("paced-breathing", 0, "side-lying-brief", 1, 10, 0, 40),
    ("belly-breath", 0, None, 6, 25, 0, 73),
    ("ankle-pumps", 0, None, 20, 12, 0, 52),
    ("pelvic-floor", 0, None, 5, 25, 0, 70),
    ("deep-core-breath", 0, None, 5, 20, 0, 65),
    ("leg-slides", 1, None, 5, 20, 0, 105),
    ("leg-slides", 1, "half", 5, 20, 0, 105),
    ("pelvic-tilt-lying", 0, None, 5, 15, 0, 55),
    ("breath-arm-raise", 1, None, 6, 20, 0, 74),
    ("leg-slides", 2, None, 6, 15, 0, 116),
    ("bridge", 1, None, 5, 25, 15, 100),
    ("cat-curl", 1, None, 5, 30, 0, 70),
    ("wall-stand", 1, None, 5, 25, 0, 65),
    ("wall-stand", 1, "tall", 5, 25, 0, 65),
    ("pelvic-floor", 2, "wall", 8, 20, 0, 116),
    ("pelvic-floor-quick", 2, "wall", 8, 10, 0, 34),
    ("bridge", 2, None, 5, 25, 0, 85),
    ("leg-slides", 2, None, 4, 12, 0, 81),
    ("air-bicycle", 1, None, 4, 18, 15, 86),
    ("plank", 1, None, 3, 15, 0, 60),
    ("four-point-reach", 2, None, 3, 10, 0, 63),
    ("ball-balance", 1, None, 5, 35, 0, 80),
    ("ball-balance", 1, "chair", 5, 35, 0, 80),
    ("ball-side-reach", 1, None, 2, 10, 0, 56),
    ("squat-pickup", 1, None, 8, 20, 0, 68),
    ("plank", 3, None, 3, 20, 0, 80),
    ("bridge", 3, None, 8, 25, 0, 121),
    ("leg-slides", 2, None, 5, 15, 0, 100),
    ("standing-break", 2, None, 1, 6, 0, 64),
]


def grant(exercise_id, *, stage, weeks=None, birth=None, check_done=None, needs=()):
    """Give the level and the gate that decides: the highest that fits, and a block before all."""
    fitting = [
        gate
        for gate in EXERCISES[exercise_id].gates
        if gate.stage is stage
        and (gate.weeks_min is None or (weeks is not None and weeks >= gate.weeks_min))
        and (gate.weeks_max is None or (weeks is not None and weeks <= gate.weeks_max))
        and (not gate.births or birth in gate.births)
        and (gate.check_done is None or gate.check_done is check_done)
        and set(gate.needs) <= set(needs)
    ]
    blocks = [gate for gate in fitting if gate.max_level == -1]
    gate = blocks[0] if blocks else max(fitting, key=lambda gate: gate.max_level, default=None)
    return (-1 if gate is None else gate.max_level), gate


def everybody():
    yield {"stage": Stage.GENERAL}
    for week in range(46):
        yield {"stage": Stage.PREGNANT, "weeks": week}
    for week, birth, check_done in itertools.product(range(61), Birth, (True, False)):
        yield {"stage": Stage.POSTPARTUM, "weeks": week, "birth": birth, "check_done": check_done}


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_each_ladder_has_at_least_four_rungs_and_the_last_can_be_reached(exercise_id):
    top = len(EXERCISES[exercise_id].levels) - 1
    experience = ("trained", "ball-used")
    assert top >= 3
    assert max(grant(exercise_id, needs=experience, **person)[0] for person in everybody()) == top


def test_the_articles_own_versions_are_marked():
    for exercise_id, numbers in THE_ARTICLES_OWN.items():
        levels = EXERCISES[exercise_id].levels
        assert {level.number for level in levels if level.is_seed_version} == numbers, exercise_id


def test_every_guided_row_of_the_article_has_an_exercise():
    referenced = {row for exercise in EXERCISES.values() for row in exercise.seed_refs}
    assert referenced >= GUIDED_ROWS


def test_every_exercise_says_where_it_comes_from_and_what_is_our_own_judgement():
    for exercise in EXERCISES.values():
        assert any(source.mark is not Mark.JUDGEMENT for source in exercise.sources), exercise.id
        assert exercise.safety_cues, exercise.id
        assert exercise.mistakes, exercise.id


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_who_is_blocked_is_offered_something_that_she_may_do(exercise_id):
    for person in everybody():
        level, gate = grant(exercise_id, **person)
        assert level >= 0 or gate is not None, person
        if level == -1:
            assert gate.substitute is not None, person
        if gate.substitute is not None:
            other = gate.substitute
            assert grant(other.exercise, **person)[0] >= other.level, (person, other)


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_nothing_closes_again_as_the_weeks_after_a_birth_go_by(exercise_id):
    for birth, check_done in itertools.product(Birth, (True, False)):
        who = {"stage": Stage.POSTPARTUM, "birth": birth, "check_done": check_done}
        levels = [grant(exercise_id, weeks=week, **who)[0] for week in range(61)]
        assert levels == sorted(levels)


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_the_check_after_a_birth_never_closes_anything(exercise_id):
    for week, birth in itertools.product(range(61), Birth):
        who = {"stage": Stage.POSTPARTUM, "birth": birth, "weeks": week}
        assert grant(exercise_id, check_done=True, **who)[0] >= grant(exercise_id, check_done=False, **who)[0]


def test_no_variant_leads_onto_the_back_from_week_14_of_a_pregnancy():
    for exercise in EXERCISES.values():
        level, _ = grant(exercise.id, stage=Stage.PREGNANT, weeks=14, needs=("trained", "ball-used"))
        reachable = [rung for rung in exercise.all_levels if rung.number <= level]
        assert all(rung.position is not Position.SUPINE for rung in reachable), exercise.id


def test_leaking_or_heaviness_keeps_everything_small():
    for exercise in EXERCISES.values():
        caps = [flag for flag in exercise.contraindications if flag.flag == "heaviness-or-leak"]
        assert caps, exercise.id
        assert all(cap.action == "block" or (cap.cap_level or 0) <= 1 for cap in caps), exercise.id


def test_of_somebody_of_whom_nothing_is_known_only_seated_breathing_is_expected():
    granted = {name: grant(name, stage=Stage.UNKNOWN)[0] for name in EXERCISES}
    assert {name for name, level in granted.items() if level >= 0} == {"paced-breathing"}
    level = granted["paced-breathing"]
    assert level == 1
    assert all(rung.position is Position.SEATED for rung in EXERCISES["paced-breathing"].levels[: level + 1])
    assert Stage.UNKNOWN not in KNOWN_STAGES


@pytest.mark.parametrize("item", SESSION_ITEMS)
def test_an_item_takes_what_its_session_says(item):
    exercise_id, level, variant, reps, setup_s, exit_s, total_s = item
    exercise = EXERCISES[exercise_id]
    if variant is not None:
        exercise = exercise.varied(next(one for one in exercise.variants if one.id == variant))
    rung = exercise.levels[level]
    assert setup_s * 1000 + rung.work_ms(reps=reps, sets=rung.sets) + exit_s * 1000 == total_s * 1000


CALLED_FOR = [(name, variant) for name in EXERCISES for variant in EXERCISES[name].variants if
              variant.missing or variant.flags or variant.births]  # fmt: skip


@pytest.mark.parametrize(("exercise_id", "variant"), CALLED_FOR)
def test_a_variant_that_is_called_for_takes_as_long_as_what_it_replaces(exercise_id, variant):
    for rung in variant.levels:
        own = EXERCISES[exercise_id].levels[rung.number]
        assert (rung.setup_ms, rung.exit_ms) == (own.setup_ms, own.exit_ms)
        assert rung.work_ms(reps=rung.reps, sets=rung.sets) == own.work_ms(reps=own.reps, sets=own.sets)
