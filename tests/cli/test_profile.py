"""`matside profile`: told once, kept as dates, changed singly, deleted whole."""

import json
import os
import pty
import sqlite3
import subprocess
import sys
from datetime import date, timedelta

import pytest

TODAY = date.today()  # noqa: DTZ011  # the person's own calendar


def days_ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


def shown(matside, *arguments):
    return matside(*arguments, "profile", "--json").rows[0]


def test_what_is_told_is_kept_as_dates_and_counted_forward(matside, home):
    assert (
        matside("profile", "set", "--stage", "postpartum", "--born", days_ago(20), "--birth", "vaginal").code
        == 0
    )
    told = shown(matside)
    assert (told["stage"], told["birth"], told["began"], told["weeks"]) == (
        "postpartum",
        "vaginal",
        days_ago(20),
        2,
    )
    with sqlite3.connect(home / "data" / "history.sqlite3") as connection:
        connection.execute("UPDATE profile SET value = ? WHERE key = 'began'", (days_ago(41),))
    assert shown(matside)["weeks"] == 5


def test_a_due_date_gives_the_week(matside):
    due = (TODAY + timedelta(days=20 * 7)).isoformat()
    matside("profile", "set", "--stage", "pregnant", "--weeks", due)
    assert shown(matside)["weeks"] == 20


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--stage", "pregnant", "--weeks", "60"), "0 to 45"),
        (("--stage", "pregnant", "--weeks", "2020-01-01"), "0 to 45"),
        (("--stage", "pregnant", "--weeks", "soon"), "0 to 45"),
        (("--stage", "postpartum", "--born", days_ago(-3)), "future"),
        (("--stage", "postpartum", "--born", "300"), "0 to 104"),
        (("--stage", "general", "--weeks", "20"), "belong to a pregnancy"),
        (("--stage", "pregnant", "--birth", "caesarean"), "doesn't go with being pregnant"),
        (("--stage", "pregnant", "--check-done"), "comes after a birth"),
        (("--stage", "general", "--number", "call me"), "no telephone number"),
        (("--stage", "general", "--flag", "pgb"), 'Did you mean "pgp"'),
        (("--stage", "general", "--without", "bal"), 'Did you mean "ball"'),
    ],
)
def test_what_cannot_be_true_is_asked_again_in_one_sentence_and_nothing_is_kept(matside, arguments, sentence):
    ran = matside("profile", "set", *arguments)
    assert ran.code == 2
    assert sentence in ran.err
    assert len(ran.err.splitlines()) == 2
    assert shown(matside)["stage"] == "unknown"


def test_the_flags_that_are_named_are_those_that_can_concern_her(matside):
    ran = matside("profile", "set", "--stage", "pregnant", "--flag", "sore")
    assert "doming" in ran.err
    assert "sore-stitches" not in ran.err.splitlines()[1]
    assert "catheter" in matside("profile", "set", "--stage", "postpartum", "--flag", "sore").err


def test_a_new_stage_asks_the_list_again_and_forgets_what_belonged_to_the_old_one(matside):
    matside("profile", "set", "--stage", "pregnant", "--weeks", "39", "--nothing-applies", "--flag", "pgp")
    matside("profile", "cleared")
    assert shown(matside)["screened"] == "cleared"
    matside("profile", "set", "--stage", "postpartum", "--number", "112")
    told = shown(matside)
    assert told["screened"] == "unasked"
    assert json.loads(told["flags"]) == []
    assert told["weeks"] is None
    assert told["number"] == "112"


def test_two_people_have_two_profiles(matside):
    matside("profile", "set", "--stage", "general")
    matside("--profile", "anna", "profile", "set", "--stage", "pregnant", "--weeks", "12")
    assert matside("profile", "people").out.split() == ["anna"]
    assert shown(matside)["stage"] == "general"
    assert shown(matside, "--profile", "anna")["stage"] == "pregnant"
    assert matside("plan", "--profile", "../x").code == 2


def test_deleting_removes_everything_of_one_person_and_says_what(matside, home):
    for name in ("anna", "bea"):
        matside("--profile", name, "profile", "set", "--stage", "general", "--number", "112")
    journal = home / "state" / "people" / "anna" / "journal"
    journal.mkdir(parents=True)
    (journal / "old.jsonl").write_text("{}")
    speech = home / "cache" / "speech"
    speech.mkdir(parents=True)
    ran = matside("--profile", "anna", "profile", "delete", "--yes")
    assert ran.code == 0
    assert str(home / "data" / "people" / "anna" / "history.sqlite3") in ran.out
    assert str(journal) in ran.out
    left = [path for path in home.rglob("*") if "anna" in str(path)]
    assert left == []
    assert shown(matside, "--profile", "bea")["number"] == "112"
    assert "nothing to remove" in matside("--profile", "anna", "profile", "delete", "--yes").err


def test_deleting_asks_first(process, matside, home):
    matside("profile", "set", "--stage", "general")
    assert process("profile", "delete").code != 0
    assert (home / "data" / "history.sqlite3").exists()


def answered(arguments, answers, home):
    """Run matside on a terminal and type the answers, one a question."""
    parent, child = pty.openpty()
    environment = os.environ | {"MATSIDE_HOME": str(home)}
    command = [sys.executable, "-m", "matside", *arguments]
    run = subprocess.Popen(
        command, stdin=child, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    os.close(child)
    os.write(parent, "".join(f"{answer}\n" for answer in answers).encode())
    try:
        out = run.communicate(timeout=60)[0].decode()
    finally:
        run.kill()
        run.communicate()
        os.close(parent)
    return run.returncode, out


def test_the_interview_asks_again_what_is_unclear_and_lets_everything_be_skipped(home, matside):
    answers = [
        "perhaps",
        "birth",
        days_ago(-5),
        "25",
        "section",
        "maybe so",
        "yes",
        "no",
        "",
        "",
        "0",
        "",
        "",
        "15",
        "",
    ]
    code, out = answered(["profile", "ask"], answers, home)
    assert code == 0, out
    told = shown(matside)
    assert (told["stage"], told["weeks"], told["birth"], told["screened"]) == (
        "postpartum",
        25,
        "caesarean",
        "clear",
    )
    assert "check_on" in told
    assert "lies in the future" in out
    assert out.count("didn't understand") >= 2


def test_not_sure_on_the_list_closes_the_programme_and_opens_the_cards(home, matside):
    code, out = answered(["profile", "ask"], ["pregnant", "20", "not sure", "", "", "", "", "", ""], home)
    assert code == 0, out
    assert shown(matside)["screened"] == "limited"
    assert "matside learn" in out
    ran = matside("start", "pregnancy-morning", "--json")
    assert ran.code == 1
    assert "midwife" in ran.rows[0]["refused"]


def test_every_answer_is_kept_at_once_so_a_broken_off_interview_loses_nothing(home, matside):
    code, _ = answered(["profile", "ask"], ["pregnant", "20", "\x04"], home)
    assert code != 0
    told = shown(matside)
    assert (told["stage"], told["weeks"]) == ("pregnant", 20)


@pytest.mark.parametrize("answer", ["yes", "not sure"])
def test_low_mood_gives_help_at_once_and_leads_to_nothing(home, matside, answer):
    matside("profile", "set", "--number", "0118 999")
    code, out = answered(["profile", "ask"], ["pregnant", "20", "no", "", answer], home)
    assert code == 0
    assert "crisis line" in out
    assert "0118 999" in out
    assert "do you NOT have" not in out  # she is asked nothing more
    assert "talk to somebody" in matside("plan", "--json").rows[0]["refused"]
    code, _ = answered(["profile", "flags"], ["", "no"], home)
    assert code == 0
    assert "refused" not in matside("plan", "--json").rows[0]


def test_an_empty_answer_keeps_what_was_told_and_a_nought_takes_it_back(home, matside):
    told = ("--flag", "wrist", "--without", "ball", "--used-to", "trained")
    matside("profile", "set", "--stage", "pregnant", "--weeks", "20", *told)
    answered(["profile", "ask"], ["", "", "no", "", "no", "", "", "", ""], home)
    kept = shown(matside)
    assert (kept["flags"], kept["missing"], kept["experience"]) == ('["wrist"]', '["ball"]', '["trained"]')
    answered(["profile", "ask"], ["", "", "no", "0", "no", "none", "0", "", ""], home)
    assert (shown(matside)["flags"], shown(matside)["missing"], shown(matside)["experience"]) == (
        "[]",
        "[]",
        "[]",
    )


def test_a_plain_no_is_not_taken_for_a_stage(home, matside):
    answered(["profile", "ask"], ["no", "no", "no", "", "", "", ""], home)
    assert shown(matside).get("stage", "unknown") == "unknown"


def test_without_the_birth_she_is_asked_for_that_and_not_told_another_time_of_her_life(matside):
    told = matside("profile", "set", "--stage", "postpartum", "--born", "3")
    assert "general back care" not in told.out
    assert "how the birth went" in matside("today").err
