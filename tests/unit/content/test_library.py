import dataclasses
import shutil
from importlib import resources
from pathlib import Path

import pytest

from matside.content.document import ContentProblems
from matside.content.exercise import PhaseKind, Position, Stage
from matside.content.length import routine_ms
from matside.content.library import load_folder, load_library
from matside.content.reader import Table
from matside.content.routine import ExerciseItem, PassageItem
from matside.content.screening import read_screening

LIBRARY = load_library()
DATA = Path(str(resources.files("matside.content") / "data"))


def granted(exercise_id, *, stage, weeks=None, birth=None, check_done=None):
    """Resolve the gates the way the content's authors mean them: highest grant, block wins."""
    best = -1
    for gate in LIBRARY.exercises[exercise_id].gates:
        if gate.stage != stage:
            continue
        if gate.weeks_min is not None and (weeks is None or weeks < gate.weeks_min):
            continue
        if gate.weeks_max is not None and (weeks is None or weeks > gate.weeks_max):
            continue
        if gate.births and birth not in gate.births:
            continue
        if gate.check_done is not None and check_done is not gate.check_done:
            continue
        if gate.max_level == -1:
            return -1
        best = max(best, gate.max_level)
    return best


def test_the_library_is_loaded_once():
    assert load_library() is LIBRARY


def test_ships_the_promised_exercises_routines_and_languages():
    assert set(LIBRARY.exercises) == {
        "air-bicycle",
        "ankle-pumps",
        "ball-balance",
        "ball-leg-stretch",
        "ball-pelvic-circles",
        "ball-side-reach",
        "belly-breath",
        "breath-arm-raise",
        "bridge",
        "cat-curl",
        "deep-core-breath",
        "four-point-reach",
        "leg-slides",
        "log-roll",
        "paced-breathing",
        "pelvic-floor",
        "pelvic-floor-quick",
        "pelvic-tilt-lying",
        "plank",
        "seated-knee-straighten",
        "squat-pickup",
        "standing-break",
        "wall-stand",
    }
    assert set(LIBRARY.routines) == {
        "back-care",
        "back-care-short",
        "break",
        "breathe",
        "bridge-second-set",
        "early-weeks",
        "early-weeks-gentle",
        "early-weeks-short",
        "evening",
        "first-weeks",
        "first-weeks-short",
        "morning",
        "pelvic-floor-minute",
        "pregnancy-evening",
        "pregnancy-evening-short",
        "pregnancy-morning",
        "pregnancy-morning-short",
        "rebuilding",
        "rebuilding-short",
        "wall-minute",
    }
    assert LIBRARY.problems == ()
    assert set(LIBRARY.languages) == {"en", "ko"}


def test_ids_are_the_names_they_are_found_under():
    for kind in (LIBRARY.exercises, LIBRARY.routines, LIBRARY.passages, LIBRARY.checks):
        assert all(key == thing.id for key, thing in kind.items())
    assert all(code == language.code for code, language in LIBRARY.languages.items())


def test_breathe_takes_exactly_two_minutes_and_asks_nothing():
    breathe = LIBRARY.routines["breathe"]
    assert routine_ms(breathe, LIBRARY.exercises, LIBRARY.passages) == 120_000
    assert breathe.check is None


def test_breathe_and_paced_breathing_are_done_seated():
    assert {level.position for level in LIBRARY.exercises["paced-breathing"].levels} == {Position.SEATED}
    passages = [item for item in LIBRARY.routines["breathe"].items if isinstance(item, PassageItem)]
    assert {LIBRARY.passages[item.passage].position for item in passages} == {Position.SEATED}


@pytest.mark.parametrize("name", ["morning", "evening"])
def test_morning_and_evening_take_five_to_eight_minutes_and_ask_first(name):
    routine = LIBRARY.routines[name]
    assert 300_000 <= routine.total_ms <= 480_000
    assert routine.check == "general"


def test_the_first_question_asks_about_pregnancy_and_birth():
    assert LIBRARY.checks["general"].questions[0].key == "pregnant"
    assert len(LIBRARY.checks["general"].questions) == 6
    asked = LIBRARY.languages["en"].questions["pregnant"][0]
    assert "pregnant" in asked
    assert "given birth" in asked


def test_floor_positions_come_together_in_the_morning():
    floor = {Position.ALL_FOURS, Position.SUPINE}
    positions = [
        LIBRARY.exercises[item.exercise].levels[item.level].position
        for item in LIBRARY.routines["morning"].items
        if isinstance(item, ExerciseItem)
    ]
    on_floor = [position in floor for position in positions]
    assert on_floor == sorted(on_floor)


def test_nobody_stands_still_for_more_than_a_minute():
    still = {PhaseKind.HOLD, PhaseKind.REST}
    for exercise in LIBRARY.exercises.values():
        for level in exercise.levels:
            if level.position in {Position.STANDING, Position.WALL}:
                assert all(phase.length_ms <= 60_000 for phase in level.phases if phase.kind in still)


def test_every_file_is_a_draft_until_a_clinician_has_read_it():
    assert {exercise.review_status for exercise in LIBRARY.exercises.values()} == {"draft"}


# (exercise, who, the level that the gates grant)
VAGINAL = {"stage": Stage.POSTPARTUM, "birth": "vaginal"}
CAESAREAN = {"stage": Stage.POSTPARTUM, "birth": "caesarean"}
PREGNANT = {"stage": Stage.PREGNANT}
CASES = [
    ("breath-arm-raise", {**PREGNANT, "weeks": 13}, 3),
    ("breath-arm-raise", {**PREGNANT, "weeks": 14}, 3),
    ("breath-arm-raise", {**VAGINAL, "weeks": 0}, 0),
    ("breath-arm-raise", {**VAGINAL, "weeks": 3}, 3),
    ("breath-arm-raise", {**CAESAREAN, "weeks": 3}, 1),
    ("breath-arm-raise", {**CAESAREAN, "weeks": 7, "check_done": True}, 1),
    ("breath-arm-raise", {**CAESAREAN, "weeks": 8, "check_done": True}, 3),
    ("breath-arm-raise", {"stage": Stage.GENERAL}, 3),
    ("bridge", {**PREGNANT, "weeks": 13}, 2),
    ("bridge", {**PREGNANT, "weeks": 14}, -1),
    ("bridge", {**VAGINAL, "weeks": 0}, 0),
    ("bridge", {**VAGINAL, "weeks": 3}, 1),
    ("bridge", {**CAESAREAN, "weeks": 3}, 0),
    ("bridge", {**VAGINAL, "weeks": 6, "check_done": False}, 1),
    ("bridge", {**VAGINAL, "weeks": 6, "check_done": True}, 2),
    ("bridge", {**CAESAREAN, "weeks": 7, "check_done": True}, 0),
    ("bridge", {**CAESAREAN, "weeks": 8, "check_done": True}, 2),
    ("bridge", {**VAGINAL, "weeks": 12, "check_done": True}, 3),
    ("bridge", {**CAESAREAN, "weeks": 18, "check_done": True}, 4),
    ("bridge", {"stage": Stage.GENERAL}, 4),
    ("plank", {**PREGNANT, "weeks": 30}, 1),
    ("plank", {**VAGINAL, "weeks": 1}, -1),
    ("plank", {**VAGINAL, "weeks": 2}, 0),
    ("plank", {**VAGINAL, "weeks": 3}, 1),
    ("plank", {**VAGINAL, "weeks": 8, "check_done": True}, 2),
    ("plank", {**VAGINAL, "weeks": 12, "check_done": True}, 3),
    ("plank", {**VAGINAL, "weeks": 16, "check_done": True}, 4),
    ("plank", {**CAESAREAN, "weeks": 7, "check_done": True}, -1),
    ("plank", {**CAESAREAN, "weeks": 17, "check_done": True}, 3),
    ("plank", {**CAESAREAN, "weeks": 18, "check_done": True}, 4),
    ("cat-curl", {**PREGNANT, "weeks": 14}, 2),
    ("cat-curl", {**VAGINAL, "weeks": 1}, -1),
    ("cat-curl", {**VAGINAL, "weeks": 3}, 1),
    ("cat-curl", {**CAESAREAN, "weeks": 5}, -1),
    ("four-point-reach", {**PREGNANT, "weeks": 20}, 2),
    ("four-point-reach", {**VAGINAL, "weeks": 6, "check_done": True}, 2),
    ("wall-stand", {**VAGINAL, "weeks": 0}, 1),
    ("wall-stand", {**VAGINAL, "weeks": 2}, 2),
    ("wall-stand", {**CAESAREAN, "weeks": 4}, 1),
    ("paced-breathing", {**PREGNANT, "weeks": 30}, 2),
    ("paced-breathing", {**VAGINAL, "weeks": 0}, 1),
]


@pytest.mark.parametrize(("exercise_id", "who", "level"), CASES)
def test_gates_grant_what_the_sources_allow(exercise_id, who, level):
    assert granted(exercise_id, **who) == level


def test_nobody_lies_on_the_back_from_week_14_of_a_pregnancy():
    for exercise in LIBRARY.exercises.values():
        level = granted(exercise.id, stage=Stage.PREGNANT, weeks=14)
        reachable = exercise.levels[: level + 1]
        assert all(rung.position is not Position.SUPINE for rung in reachable)


def test_without_a_known_stage_nothing_is_granted():
    assert all(granted(exercise_id, stage=None) == -1 for exercise_id in LIBRARY.exercises)


def test_a_damaged_folder_tells_everything_that_is_wrong(tmp_path):
    broken = tmp_path / "data"
    shutil.copytree(DATA, broken)
    (broken / "exercises" / "bridge.toml").write_text("schema = 'exercise/1'\nid = 3\n", encoding="utf-8")
    (broken / "checks.toml").write_text("= 3", encoding="utf-8")
    (broken / "languages" / "en" / "lines.toml").unlink()
    with pytest.raises(ContentProblems) as caught:
        load_folder(broken)
    files = {problem.file for problem in caught.value.problems}
    assert {"exercises/bridge.toml", "checks.toml", "en/lines.toml"} <= files


def broken_copy(tmp_path, file, *, old="", new):
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert not old or old in text
    (folder / file).write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
    return load_folder(folder)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("exercises/bridge.toml", "", "= not toml"),
        ("exercises/bridge.toml", 'breath_rule = "effort-out"', 'breath_rule = "held"'),
        (
            "exercises/bridge.toml",
            'substitute = { exercise = "wall-stand"',
            'substitute = { exercise = "nowhere"',
        ),
        ("exercises/bridge.toml", "max_level = 4", "max_level = 9"),
        ("languages/en/exercises.toml", '"Low is enough."', '"Hold your breath."'),
        ("languages/ko/exercises.toml", "[bridge]", "[bridge-gone]"),
    ],
)
def test_an_exercise_that_breaks_a_rule_is_in_no_session_and_is_told(tmp_path, file, old, new):
    library = broken_copy(tmp_path, file, old=old, new=new)
    assert "bridge" not in library.exercises
    assert any("bridge" in str(problem) for problem in library.problems)
    held = {
        item.exercise
        for routine in library.routines.values()
        for item in routine.items
        if hasattr(item, "exercise")
    }
    assert held <= library.exercises.keys()
    assert "morning" in library.routines
    offered = {
        gate.substitute.exercise
        for one in library.exercises.values()
        for gate in one.gates
        if gate.substitute
    }
    assert offered <= library.exercises.keys()
    morning = library.routines["morning"]
    assert morning.total_ms == routine_ms(morning, library.exercises, library.passages)


def test_a_routine_that_breaks_a_rule_is_left_out_and_the_others_stay(tmp_path):
    library = broken_copy(tmp_path, "routines/evening.toml", new='schema = "routine/1"')
    assert "evening" not in library.routines
    assert "morning" in library.routines
    assert library.problems


def test_an_exit_is_spent_only_where_the_position_changes():
    morning = LIBRARY.routines["morning"]
    without_close = dataclasses.replace(morning, items=morning.items[:-1])
    close_ms = LIBRARY.passages["close-standing"].length_ms
    bridge_exit_ms = LIBRARY.exercises["bridge"].levels[2].exit_ms
    length_ms = routine_ms(without_close, LIBRARY.exercises, LIBRARY.passages)
    assert length_ms == morning.total_ms - close_ms - bridge_exit_ms


def test_every_body_flag_is_asked_for_in_some_stage_and_what_ends_sessions_in_all_it_can_concern():
    from matside.content.parse import FLAGS

    library = load_library()
    asked = {stage: set(screening.flags) for stage, screening in library.screening.items()}
    assert set.union(*asked.values()) == FLAGS
    assert all("calf-symptom" in flags for flags in asked.values())
    assert FLAGS - asked["pregnant"] == {"heavier-bleeding", "wound-pain", "sore-stitches", "catheter"}


@pytest.mark.parametrize("flags", [None, [], ["pgp", "pgp"], ["pgb"]])
def test_a_stage_without_flags_that_can_be_asked_is_refused(flags):
    source = {"ref": "S1", "claim": "some", "mark": "V"}
    values = {"relative": ["twins"], "sources": [source]} | ({} if flags is None else {"flags": flags})
    problems = []
    read_screening(Table(values, problems, file="screening.toml"), "pregnant")
    assert [problem.key_path for problem in problems] == ["flags"]
