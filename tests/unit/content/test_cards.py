"""Cards: complete in every language, short enough to listen to, each with its sources."""

import dataclasses
import shutil
from importlib import resources
from pathlib import Path

import pytest

from matside.content.card import CardText
from matside.content.document import ContentProblems
from matside.content.library import drafts, load_folder, load_library
from matside.content.lint import lint
from matside.content.lint_cards import lint_cards
from matside.content.wording import banned_in, spoken_words

LIBRARY = load_library()
EN = LIBRARY.languages["en"]
DATA = Path(str(resources.files("matside.content") / "data"))
STANDING = (
    "This companion offers general exercise guidance. It is not medical advice and cannot examine you. "
    "If you are pregnant, recently gave birth, or have symptoms, check with your midwife, doctor or "
    "physiotherapist. Follow their advice if it differs."
)


def with_card_text(name, **changes):
    text = dataclasses.replace(EN.cards[name], **changes)
    english = dataclasses.replace(EN, cards={**EN.cards, name: text})
    return dataclasses.replace(LIBRARY, languages={**LIBRARY.languages, "en": english})


def test_the_promised_cards_are_there():
    wanted = {
        "back-pain",
        "posture-and-lifting",
        "baby-care",
        "food",
        "warmth",
        "hands-on",
        "physiotherapist",
    }
    assert wanted | {"sit-ups", "article", "pelvic-floor", "supervised", "movement", "origin"} == set(
        LIBRARY.cards
    )


@pytest.mark.parametrize("code", LIBRARY.languages)
def test_every_line_is_short_enough_to_take_in_by_ear(code):
    for text in LIBRARY.languages[code].cards.values():
        assert [line for line in text.lines if spoken_words(line) > 20] == []


def test_the_pelvic_floor_takes_half_a_minute():
    words = sum(spoken_words(line) for line in EN.cards["pelvic-floor"].lines)
    assert words / 2.1 < 40


def test_baby_care_is_only_for_those_who_ask():
    assert [card.id for card in LIBRARY.cards.values() if card.opt_in] == ["baby-care"]
    assert not LIBRARY.cards["baby-care"].after_refusal


def test_what_may_be_offered_after_a_refusal_moves_nobody_and_assumes_nothing():
    offered = {card.id for card in LIBRARY.cards.values() if card.after_refusal}
    assert {"back-pain", "physiotherapist", "warmth"} <= offered
    assert "pelvic-floor" not in offered


def test_the_article_card_tells_both_sides_of_the_whole_register():
    card = LIBRARY.cards["article"]
    assert card.disagreements == tuple(f"D{number}" for number in range(1, 18))
    assert len(EN.cards["article"].lines) > len(card.disagreements)


def test_the_standing_text_is_the_one_that_was_agreed():
    assert " ".join(EN.about.standing) == STANDING
    assert all(language.about.draft for language in LIBRARY.languages.values())


def test_the_draft_is_spoken_of_until_everything_is_reviewed():
    assert set(LIBRARY.cards) <= set(drafts(LIBRARY))
    reviewed = dataclasses.replace(
        LIBRARY,
        cards={},
        exercises={
            name: dataclasses.replace(exercise, review_status="clinician-reviewed")
            for name, exercise in LIBRARY.exercises.items()
        },
    )
    assert drafts(reviewed) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lines": ("one two three four five six " * 4,)}, "at most 20 words"),
        ({"lines": EN.cards["warmth"].lines[1:]}, "lines, as in"),
        ({"lines": ("This will cure you.", *EN.cards["warmth"].lines[1:])}, "no banned words"),
        ({"title": "Prevention of back pain"}, "no banned words"),
    ],
)
def test_a_card_that_breaks_a_promise_is_found(changes, expected):
    problems = [str(problem) for problem in lint(with_card_text("warmth", **changes))]
    assert any(expected in problem for problem in problems)


def test_only_the_card_that_was_asked_for_may_speak_of_a_baby():
    line = ("Hold your baby near.",)
    assert list(lint_cards(with_card_text("food", lines=(*line, *EN.cards["food"].lines[1:])))) != []
    assert (
        list(lint_cards(with_card_text("baby-care", lines=(*line, *EN.cards["baby-care"].lines[1:])))) == []
    )


def test_words_for_a_card_that_is_not_there_are_found():
    text = CardText(title="Rest", summary="", lines=("Rest.",))
    english = dataclasses.replace(EN, cards={**EN.cards, "rest": text})
    library = dataclasses.replace(LIBRARY, languages={**LIBRARY.languages, "en": english})
    assert any("only cards that exist" in str(problem) for problem in lint(library))


def test_a_card_file_that_is_wrong_is_told_with_its_key(tmp_path):
    broken = tmp_path / "data"
    shutil.copytree(DATA, broken)
    cards = broken / "cards.toml"
    cards.write_text(
        cards.read_text(encoding="utf-8").replace('review = "draft"', 'review = "fine"', 1), "utf-8"
    )
    with pytest.raises(ContentProblems, match=r"cards\.toml: back-pain\.review"):
        load_folder(broken)


def test_a_star_stands_for_any_ending_and_korean_words_count_from_their_beginning():
    assert banned_in("It was cured.", ["cure*"]) == ["cure*"]
    assert banned_in("It was cured.", ["cure"]) == []
    assert banned_in("허리를 치료해요.", ["치료*"]) == ["치료*"]
    assert banned_in("물리치료사에게 물어보세요.", ["치료*"]) == []
