"""Whoever chose Korean reads Korean: no English sentence stands on her screens."""

import re

import pytest

ENGLISH = re.compile(r"[A-Za-z']+(?: [A-Za-z']+){2,}")
"""Three English words in a row; names, paths and commands in code marks are taken out before."""
PROFILE = ("--stage", "postpartum", "--born", "8", "--birth", "caesarean", "--nothing-applies")


def english_in(text):
    lines = [
        re.sub(r"`[^`]*`|matside [\w -]+(?:--?[\w-]+)*|/\S+|--\S+", " ", line) for line in text.splitlines()
    ]
    return [found for line in lines for found in ENGLISH.findall(line)]


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("plan", "a"),
        ("today",),
        ("progress",),
        ("profile",),
        ("profile", "list"),
        ("learn",),
        ("routines",),
        ("exercises",),
        ("about",),
        ("start", "a"),
    ],
)
@pytest.mark.parametrize("is_told", [False, True])
def test_no_english_sentence_on_a_korean_screen(matside, command, is_told):
    if is_told:
        matside("profile", "set", *PROFILE)
    if command == ("profile", "list") and not is_told:
        return
    ran = matside(*command, "--language", "ko")
    assert ran.out or ran.err
    assert english_in(ran.out + ran.err) == []


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
