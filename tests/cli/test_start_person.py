"""`matside start` for a person: refused with a reason, asked what is due, laid out for her."""

from datetime import datetime, timedelta

import pytest

from matside.content.exercise import Stage
from matside.history.profile_store import write_profile
from matside.history.store import Store
from matside.planning.profile import Profile, Screened, to_values
from matside.session.outcome import CHECK_ITEM, Result
from past import ended_by, passed_check

PERSON = ("--stage", "postpartum", "--weeks", "4", "--birth", "vaginal")


@pytest.fixture
def played(process, tmp_path):
    """Run a session on files, as fast as they allow; nobody answers."""

    def call(*arguments):
        out = tmp_path / "out.wav"
        return process("start", *arguments, "--fast", "--speaker-wav", out, "--json")

    return call


@pytest.fixture
def profile_of(home):
    """Keep a profile as it is given."""

    def call(**fields):
        with Store.open(home / "data" / "history.sqlite3") as store:
            write_profile(store, to_values(Profile(**fields)))

    return call


def lines(ran):
    return [row["text"] for row in ran.rows if row.get("kind") == "line"]


@pytest.mark.parametrize("name", ["morning", "a", "c1", "break", "wall-minute"])
def test_whom_nobody_asked_gets_no_session_but_the_seated_breathing(played, matside, name):
    ran = matside("start", name, "--json")
    assert ran.code == 1
    assert "don't know" in ran.rows[0]["refused"]


def test_before_the_list_was_answered_there_is_no_session(matside):
    matside("profile", "set", "--stage", "general")
    ran = matside("start", "back-care")
    assert ran.code == 1
    assert "matside profile" in ran.out
    assert "matside start breathe" in ran.out


def test_a_session_is_laid_out_for_her_and_kept_with_her_stage(played, matside, home):
    passed_check(home, stage="postpartum")
    ran = played("c2", *PERSON, "--checked")
    assert ran.code == 0, ran.err
    results = {row["exercise"]: row["result"] for row in ran.rows if row.get("kind") == "outcome"}
    assert results["bridge"] == "done"
    assert ran.rows[-1]["t_ms"] == 643_000
    kept, _ = matside("history", "--json").rows
    assert kept["routine"] == "early-weeks"
    assert matside("progress", "--json").rows


def test_without_an_answer_there_is_no_session_and_the_next_one_asks_everything(played, matside):
    ran = played("c2", *PERSON)
    (refused,) = [row for row in ran.rows if row.get("kind") == "outcome"]
    assert (refused["exercise"].split(":")[0], refused["result"]) == ("check", "refused")
    assert any("bleeding heavier" in text for text in lines(ran))
    assert not any("bridge" in str(row.get("exercise")) for row in ran.rows)
    # The lock outlasts --checked.
    matside(
        "profile", "set", "--stage", "postpartum", "--born", "4", "--birth", "vaginal", "--nothing-applies"
    )
    again = played("c2", "--checked")
    assert any("bleeding heavier" in text for text in lines(again))


def test_later_on_the_same_day_one_question_is_asked(played, matside, home):
    matside("profile", "set", "--stage", "general", "--nothing-applies")
    passed_check(home, stage="general")
    said = lines(played("back-care"))
    # The profile changed before the questions were passed only if its clock says so; then all are asked.
    assert any("changed" in text for text in said) or any("pregnant" in text for text in said)


def test_her_emergency_number_is_in_the_text_that_sends_for_help(played, matside):
    matside(
        "profile", "set", "--stage", "pregnant", "--weeks", "20", "--nothing-applies", "--number", "0118 999"
    )
    ran = played("pregnancy-morning")
    assert any("0 1 1 8 9 9 9" in text for text in lines(ran))


def test_a_flag_that_closes_the_day_closes_every_session(matside):
    matside("profile", "set", "--stage", "general", "--nothing-applies", "--flag", "calf-symptom")
    for name in ("back-care", "break", "breathe"):
        ran = matside("start", name, "--json")
        assert ran.code == 1
        assert "calf" in ran.rows[0]["refused"]


def test_after_a_flare_today_is_a_day_of_rest_and_breathing_stays_open(matside, home):
    matside("profile", "set", "--stage", "general", "--nothing-applies")
    ended_by(home, "check:general:flare", item=CHECK_ITEM, result=Result.REFUSED)
    for name in ((), ("back-care",)):
        assert "day of rest" in matside("plan", *name, "--json").rows[0]["refused"]
        assert "day of rest" in matside("start", *(name or ("back-care",)), "--json").rows[0]["refused"]
    assert len(matside("plan", "breathe", "--json").rows) > 1


def test_checked_skips_no_question_that_was_not_answered_today(played):
    ran = played("c2", *PERSON, "--checked")
    assert "once a day" in ran.err
    assert any("bleeding heavier" in text for text in lines(ran))


def test_after_a_no_to_a_session_nothing_without_questions_is_open_but_seated_breathing(played, matside):
    matside("profile", "set", "--stage", "general", "--nothing-applies")
    played("back-care")  # nobody answers: that counts as a "yes"
    assert matside("plan", "wall-minute", "--json").rows[0]["exercise"] == "pre-session-check"
    said = lines(played("wall-minute"))
    assert any("pregnant" in text for text in said)
    assert not any("wall" in text.lower() for text in said)
    assert played("breathe").rows[-1]["completed"] is True


def test_options_on_the_line_open_nothing_that_the_profile_closes(matside):
    matside("profile", "set", "--stage", "pregnant", "--weeks", "20", "--flag", "calf-symptom")
    assert "calf" in matside("start", "a", *PERSON, "--json").rows[0]["refused"]
    matside("profile", "set", "--no-flags")
    refused = matside("start", "c2", *PERSON, "--json").rows[0]["refused"]
    assert "One list of questions" in refused


def test_a_flag_on_the_line_is_added_to_the_profile(matside):
    matside("profile", "set", "--stage", "general", "--nothing-applies")
    (refused,) = matside("plan", "back-care", "--flag", "calf-symptom", "--json").rows
    assert "calf" in refused["refused"]
    assert len(matside("plan", "back-care", "--json").rows) > 2


def test_whom_the_list_advises_against_it_is_offered_no_session_at_all(matside, profile_of):
    profile_of(stage=Stage.GENERAL, screened=Screened.LIMITED)
    for name in ((), ("breathe",), ("break",)):
        for command in ("plan", "start"):
            ran = matside(command, *(name or ("back-care",)), "--json")
            assert "should be asked before any exercise" in ran.rows[0]["refused"]
    assert "breathe" not in matside("plan").out


def test_who_is_very_low_has_no_session_that_day(matside, profile_of):
    today = datetime.now().astimezone().date()
    profile_of(stage=Stage.PREGNANT, began=today - timedelta(weeks=20), screened=Screened.CLEAR, low_on=today)
    for name in ("a", "breathe"):
        assert "talk to somebody" in matside("start", name, "--json").rows[0]["refused"]
    yesterday = today - timedelta(days=1)
    profile_of(
        stage=Stage.PREGNANT, began=today - timedelta(weeks=20), screened=Screened.CLEAR, low_on=yesterday
    )
    assert len(matside("plan", "a", "--json").rows) > 1


def test_a_list_answered_in_questions_that_were_broken_off_still_closes(matside, profile_of):
    profile_of(stage=Stage.GENERAL, screened=Screened.LIMITED)
    (refused,) = matside("start", "back-care", "--stage", "general", "--json").rows
    assert "should be asked before any exercise" in refused["refused"]


def test_what_cannot_be_read_is_opened_by_nothing_on_the_line(matside, home):
    (home / "data").mkdir(parents=True)
    (home / "data" / "history.sqlite3").write_bytes(b"no history at all" * 100)
    ran = matside("start", "back-care", "--stage", "general", "--json")
    assert "refused" in ran.rows[-1]
