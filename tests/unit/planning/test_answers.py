"""What is typed at the interview means one thing, or it is asked again."""

import pytest

from matside.content.exercise import Stage
from matside.planning import answers


@pytest.mark.parametrize(
    "word", ["no", "No.", "n", "nothing", "none", "not sure", "?", "아니요", "아니오", "아뇨", "모름"]
)
def test_a_no_and_a_not_sure_make_nobody_a_general_person(word):
    assert answers.stage_of(word) is None


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("Pregnant", Stage.PREGNANT),
        ("birth", Stage.POSTPARTUM),
        ("neither", Stage.GENERAL),
        ("임신", Stage.PREGNANT),
        ("출산", Stage.POSTPARTUM),
        ("둘 다 아님", Stage.GENERAL),
    ],
)
def test_the_words_of_the_question_are_its_answers(word, stage):
    assert answers.stage_of(word) is stage
