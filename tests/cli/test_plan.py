"""`matside plan`: what suits, with reasons; for scripts one object an item, or one refusal."""

from pathlib import Path

import pytest

KEYS = {"exercise", "level", "position", "seconds", "start_s", "reason", "replaced"}
POSTPARTUM = ("--stage", "postpartum")
PREGNANT = ("--stage", "pregnant")
GENERAL = ("--stage", "general")

# The tables of section 5: each for the person that it is written for, its questions included.
SESSIONS = [
    ("a", (*PREGNANT, "--weeks", "20"), 799),
    ("b", (*PREGNANT, "--weeks", "20"), 766),
    ("c1", (*POSTPARTUM, "--weeks", "1", "--birth", "vaginal"), 515),
    ("c2", (*POSTPARTUM, "--weeks", "4", "--birth", "vaginal"), 698),
    ("c2x", (*POSTPARTUM, "--weeks", "4", "--birth", "caesarean"), 556),
    ("d", (*POSTPARTUM, "--weeks", "7", "--birth", "vaginal", "--check-done"), 851),
    ("e", GENERAL, 831),
    ("a-short", (*PREGNANT, "--weeks", "20"), 391),
    ("b-short", (*PREGNANT, "--weeks", "20"), 285),
    ("c1-short", (*POSTPARTUM, "--weeks", "1", "--birth", "vaginal"), 275),
    ("c2-short", (*POSTPARTUM, "--weeks", "4", "--birth", "vaginal"), 324),
    ("d-short", (*POSTPARTUM, "--weeks", "7", "--birth", "vaginal", "--check-done"), 317),
    ("e-short", GENERAL, 335),
    ("bridge-second-set", (*POSTPARTUM, "--weeks", "7", "--birth", "vaginal", "--check-done"), 170),
    ("break", GENERAL, 66),
]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("name", "person", "total_s"), SESSIONS)
def test_a_session_of_the_tables_has_its_length_to_the_second(matside, name, person, total_s, language):
    rows = matside("plan", name, *person, "--json", "--language", language).rows
    assert all(set(row) == KEYS for row in rows)
    assert sum(row["seconds"] for row in rows) == total_s
    clock_s = 0
    for row in rows:
        assert row["start_s"] == clock_s
        clock_s += row["seconds"]
        assert row["reason"]


@pytest.mark.parametrize(
    ("person", "part", "expected"),
    [
        ((*PREGNANT, "--weeks", "8"), "--morning", "breath-arm-raise"),
        ((*PREGNANT, "--weeks", "8"), "--evening", "wall-stand"),
        ((*POSTPARTUM, "--weeks", "0", "--birth", "unsure"), "--evening", "belly-breath"),
        ((*POSTPARTUM, "--weeks", "2", "--birth", "vaginal"), "--morning", "breath-arm-raise"),
        (GENERAL, "--morning", "breath-arm-raise"),
    ],
)
def test_without_a_name_stage_and_hour_choose(matside, person, part, expected):
    rows = matside("plan", *person, part, "--json").rows
    assert rows[0]["exercise"] == "pre-session-check"
    assert rows[1]["exercise"] == expected


def test_minutes_choose_the_longest_form_that_fits(matside):
    for minutes, total_s in ((20, 799), (13, 391), (7, 391)):
        rows = matside("plan", *PREGNANT, "--weeks", "20", "--morning", "--minutes", minutes, "--json").rows
        assert sum(row["seconds"] for row in rows) == total_s
    rows = matside("plan", *PREGNANT, "--weeks", "20", "--evening", "--minutes", 5, "--json").rows
    assert sum(row["seconds"] for row in rows) == 285


def test_a_week_3_caesarean_tilts_and_is_told_why(matside):
    person = (*POSTPARTUM, "--weeks", "3", "--birth", "caesarean")
    assert "refused" in matside("plan", "c2", *person, "--json").rows[0]
    rows = {row["exercise"]: row for row in matside("plan", *person, "--json").rows}
    assert "bridge" not in rows
    assert rows["pelvic-tilt-lying"]["level"] == 0
    said = matside("plan", *person).out
    assert "week 3 after a caesarean" in said


def test_pelvic_pain_changes_the_morning_as_its_table_says(matside):
    rows = matside("plan", "a", *PREGNANT, "--weeks", "20", "--flag", "pgp", "--json").rows
    names = [row["exercise"] for row in rows]
    assert "ball-leg-stretch" not in names
    assert "four-point-reach" not in names
    told = matside("plan", "a", *PREGNANT, "--weeks", "20", "--flag", "pgp")
    assert "pubic bone" in told.err


def test_missing_things_fall_back_and_the_length_stays(matside):
    whole = matside("plan", "a", *PREGNANT, "--weeks", "20", "--json").rows
    person = (*PREGNANT, "--weeks", "20", "--without", "ball", "--without", "non-slip-mat")
    rows = matside("plan", "a", *person, "--json").rows
    assert [row["seconds"] for row in rows] == [row["seconds"] for row in whole]
    reach = next(row for row in rows if row["exercise"] == "ball-side-reach")
    assert reach["position"] == "seated"
    assert "without an exercise ball" in reach["reason"]


def test_her_own_level_counts_and_never_passes_a_gate(matside):
    person = (*POSTPARTUM, "--weeks", "7", "--birth", "vaginal", "--check-done")
    for wanted, expected in (("1", 1), ("4", 2)):
        rows = matside("plan", "d", *person, "--level", f"bridge={wanted}", "--json").rows
        assert next(row["level"] for row in rows if row["exercise"] == "bridge") == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "don't know"),
        (("morning",), "don't know"),
        (("a", *POSTPARTUM, "--weeks", "3", "--birth", "vaginal"), "isn't for you"),
        (("d", *POSTPARTUM, "--weeks", "5", "--birth", "vaginal", "--check-done"), "isn't for you"),
        (
            ("c2", *POSTPARTUM, "--weeks", "3", "--birth", "vaginal", "--flag", "heavier-bleeding"),
            "heavier bleeding",
        ),
        (("e", *GENERAL, "--flag", "calf-symptom"), "calf"),
        ((*PREGNANT,), "week"),
        ((*POSTPARTUM, "--weeks", "8"), "birth"),
    ],
)
def test_what_is_refused_has_a_reason_and_nothing_else(matside, arguments, words):
    ran = matside("plan", *arguments, "--json")
    assert ran.code == 0
    (row,) = ran.rows
    assert set(row) == {"refused"}
    assert words in row["refused"]


@pytest.mark.parametrize(
    "arguments",
    [
        (*GENERAL, "--flag", "nothing"),
        (*GENERAL, "--level", "bridge=9"),
        (*GENERAL, "--level", "bridge"),
        ("nowhere", *GENERAL),
    ],
)
def test_a_name_that_is_not_there_is_wrong_use(matside, arguments):
    ran = matside("plan", *arguments, "--json")
    assert ran.code == 2
    assert ran.out == ""
    assert 1 <= len(ran.err.splitlines()) <= 6


@pytest.mark.parametrize(
    ("arguments", "asks"),
    [
        ((*PREGNANT, "--weeks", "46"), "Which week are you in?"),
        ((*PREGNANT, "--weeks", "-1"), "Which week are you in?"),
        ((*GENERAL, "--weeks", "20"), "Are you pregnant"),
        ((*PREGNANT, "--weeks", "20", "--birth", "vaginal"), "Are you pregnant"),
        ((*PREGNANT, "--weeks", "20", "--check-done"), "Are you pregnant"),
    ],
)
def test_what_does_not_fit_together_is_asked_again(matside, arguments, asks):
    ran = matside("plan", *arguments, "--json")
    (row,) = ran.rows
    assert asks in row["refused"]
    read = matside("plan", *arguments)
    assert read.code == 2
    assert read.out == ""
    assert asks in read.err


def test_weeks_without_a_stage_open_nothing(matside):
    (row,) = matside("plan", "--weeks", "20", "--json").rows
    assert "whether you are pregnant" in row["refused"]


def test_breathing_is_open_to_everybody(matside):
    (breathing,) = {row["exercise"] for row in matside("plan", "breathe", "--json").rows} - {
        "welcome-breathe",
        "close-breathe",
    }
    assert breathing == "paced-breathing"


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("name", "person", "total_s"), SESSIONS)
def test_a_session_of_the_tables_rehearses_to_its_length_with_nothing_cut_or_over_its_time(
    matside, name, person, total_s, language
):
    events = matside("rehearse", name, *person, "--json", "--language", language).rows
    questions_s = 0 if name == "break" else 55
    assert events[-1]["kind"] == "end"
    assert events[-1]["t_ms"] == (total_s - questions_s) * 1_000
    lines = [event for event in events if event["kind"] == "line"]
    ends_ms = 0
    for line in lines:
        assert line["t_ms"] >= ends_ms
        ends_ms = line["t_ms"] + line["length_ms"]
    assert len({event["exercise"] for event in events if event["kind"] == "outcome"}) >= 1


def test_the_plan_in_the_readme_is_what_the_program_shows(matside):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    command, _, shown = readme.partition("$ matside ")[2].partition("```")[0].partition("\n")
    assert matside(*command.split()).out == shown
