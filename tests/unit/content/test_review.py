"""What a clinician has to decide: nothing counts as reviewed without a name and a day."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from matside.content.library import load_library, load_review
from matside.content.reader import Table
from matside.content.review import REVIEWED, Signature, check_review, read_review

LIBRARY = load_library()
REVIEW = load_review()
ROOT = Path(__file__).parents[3]
SIGNED = Signature(of="bridge", by="A. Midwife", on=date(2027, 1, 31))


def told(review=REVIEW, library=LIBRARY):
    return [f"{problem.key_path}: {problem.expected}" for problem in check_review(review, library)]


def with_reviewed_bridge():
    bridge = dataclasses.replace(LIBRARY.exercises["bridge"], review_status=REVIEWED)
    return dataclasses.replace(LIBRARY, exercises={**LIBRARY.exercises, "bridge": bridge})


def test_the_ten_decisions_are_there_and_open():
    assert told() == []
    assert len(REVIEW.items) == 10
    assert {item.review_status for item in REVIEW.items.values()} == {"draft"}


def test_reviewed_without_a_signature_is_refused_and_with_one_it_passes():
    assert any(problem.startswith("bridge: a signature") for problem in told(library=with_reviewed_bridge()))
    signed = dataclasses.replace(REVIEW, signatures=(SIGNED,))
    assert told(signed, with_reviewed_bridge()) == []


def test_a_signature_for_a_draft_or_for_nothing_is_refused():
    assert told(dataclasses.replace(REVIEW, signatures=(SIGNED,)))
    nobody = dataclasses.replace(SIGNED, of="brigde")
    assert any(
        "did you mean" in problem for problem in told(dataclasses.replace(REVIEW, signatures=(nobody,)))
    )


def test_a_decision_about_nothing_is_found():
    item = dataclasses.replace(REVIEW.items["supine"], concerns=("bidge",))
    assert told(dataclasses.replace(REVIEW, items={"supine": item}))


@pytest.mark.parametrize("day", ["", "soon", "2027-02-30"])
def test_a_signature_needs_a_day(day):
    problems = []
    read_review(
        Table(
            {"items": {}, "signatures": [{"of": "bridge", "by": "A.", "on": day}]},
            problems,
            file="review.toml",
        )
    )
    assert any(problem.key_path.endswith(".on") for problem in problems)


def test_the_sheet_holds_every_question_gate_red_text_and_card():
    sheet = (ROOT / "docs" / "clinical-review.md").read_text(encoding="utf-8")
    boxes = [line for line in sheet.splitlines() if line.startswith("- [ ] ")]
    gates = sum(len(exercise.gates) for exercise in LIBRARY.exercises.values())
    assert sum(line.startswith("- [ ] gate: ") for line in boxes) == gates
    for language in LIBRARY.languages.values():
        asked = {key for check in LIBRARY.checks.values() for each in check.questions for key in each.keys}
        assert [key for key in asked if language.questions[key][0] not in sheet] == []
        for text in language.cards.values():
            assert [line for line in text.lines if f"- [ ] {line}" not in boxes] == []
        for key, line in language.lines.items():
            if key.startswith(("get-help", "check-ends", "pain-", "dizzy")):
                assert line.wording[0] in sheet
    for exercise in LIBRARY.exercises.values():
        assert f"(`{exercise.id}`), {exercise.review_status}" in sheet
        assert all(f"{source.ref} **{source.mark.value}**" in sheet for source in exercise.sources)
