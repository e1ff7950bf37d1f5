"""Whoever chose Korean reads Korean: no English sentence stands on her screens."""

import re

import pytest

from past import passed_check

ENGLISH = re.compile(r"[A-Za-z']+(?: [A-Za-z']+)+")
"""Two English words in a row: names, paths and commands are taken out before."""
NOT_SENTENCES = re.compile(
    r"`[^`]*`|matside [\w -]+(?:--?[\w-]+)*|pip install \S+|scripts/run|/\S+|--\S+|\([^()]*\)"
)
PROFILE = ("--stage", "postpartum", "--born", "8", "--birth", "caesarean", "--nothing-applies")


def english_in(text):
    """Find English on a screen; what the system itself said stands in brackets."""
    return [found for line in text.splitlines() for found in ENGLISH.findall(NOT_SENTENCES.sub(" ", line))]


@pytest.fixture(autouse=True)
def speaks_korean(home, monkeypatch):
    """Choose the language as somebody does who lives with it: not every command takes --language."""
    monkeypatch.setenv("MATSIDE_LANGUAGE", "ko")


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("plan", "a"),
        ("today",),
        ("progress",),
        ("progress", "--reset", "all"),
        ("profile",),
        ("profile", "list"),
        ("profile", "cleared"),
        ("profile", "delete", "--yes"),
        ("learn",),
        ("learn", "--say"),
        ("learn", "sit-ups"),
        ("routines",),
        ("exercises",),
        ("commands",),
        ("about",),
        ("history",),
        ("models",),
        ("remind",),
        ("remind", "remove", "all"),
        ("remind", "fire", "morning"),
        ("start", "a"),
    ],
)
@pytest.mark.parametrize("is_told", [False, True])
def test_no_english_sentence_on_a_korean_screen(matside, home, command, is_told):
    if is_told:
        matside("profile", "set", *PROFILE)
        passed_check(home, stage="postpartum")
    ran = matside(*command)
    assert ran.out or ran.err
    assert english_in(ran.out + ran.err) == []


def test_the_doctor_speaks_korean(matside):
    told = matside("doctor")
    system, *rest = (told.out + told.err).splitlines()
    assert system.startswith("matside ")
    assert english_in("\n".join(rest)) == []


def test_what_a_reminder_does_is_told_in_korean(matside):
    ran = matside("remind", "break", "--system", "systemd", "--dry-run")
    told = [line for line in ran.out.splitlines() if line and not line.startswith("    ")]
    assert told
    assert all(line.startswith(("실행할 것", "저장할 것")) for line in told)


def test_the_questions_name_the_answers_in_korean(matside):
    from matside.content.exercise import Birth, Stage
    from matside.content.library import load_library
    from matside.planning import answers

    texts = load_library().languages["ko"].planning

    def named(key):
        return [word.strip() for word in texts[key].rpartition("(")[2].strip(")").split(",")]

    assert [answers.stage_of(word) for word in named("ask.stage")] == [
        Stage.PREGNANT,
        Stage.POSTPARTUM,
        Stage.GENERAL,
    ]
    assert {answers.birth_of(word) for word in named("ask.birth")} == set(Birth)
    assert [answers.truth_of(word) for word in named("ask.check")] == [True, False]
    yes, no, unsure = named("ask.list")
    assert (answers.truth_of(yes), answers.truth_of(no), answers.is_unsure(unsure)) == (True, False, True)
