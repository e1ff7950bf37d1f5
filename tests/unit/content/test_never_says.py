"""What no text says, in any language: claims, weight, medicines, needle points, and who lives with whom.

The words are data, `[never]` in each language's `language.toml`. Here every text is held against them that a
person may hear or read: all of the content, what the command line says, and the pages that speak to users.
"""

import ast
import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from matside.content.library import load_library
from matside.content.wording import banned_in

ROOT = Path(__file__).parents[3]
LIBRARY = load_library()
CODES = sorted(LIBRARY.languages)
PAGES = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("commands", "cli", "transcript"))]
SOURCES = sorted((ROOT / "src" / "matside").rglob("*.py"))
TOPICS = {"claims", "weight", "medicines", "points", "assumptions"}
ASKED_OF_THE_PREGNANT = re.compile(r"\b(your baby)\b|아기")
"""A question may ask how a baby moves: from week 24 of a pregnancy, and of nobody else."""
DOSE = re.compile(
    r"\d+\s?(mg|ml|milligrams?|tablets?|pills?|drops|알|정|밀리그램|방울)(?![\w가-힣])", re.IGNORECASE
)


def texts_of(value, path):
    """Walk through everything that holds text, and say where each stands."""
    if isinstance(value, str):
        yield path, value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts_of(getattr(value, field.name), f"{path}.{field.name}" if path else field.name)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts_of(inner, f"{path}.{key}")
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from texts_of(inner, f"{path}[{index}]")


def said_in(code):
    """Collect every text of a language; what it bans, and what it listens for, isn't said."""
    unsaid = ("banned", "never", "voices", "phrasebook.decoys", "phrasebook.entries", "model", "code")
    for path, text in texts_of(LIBRARY.languages[code], ""):
        if not path.startswith(unsaid):
            yield path, text
    for entry in LIBRARY.languages[code].phrasebook.entries:
        yield f"phrasebook.{entry.command}", entry.explanation
    if code == "en":
        for exercise in LIBRARY.exercises.values():
            if exercise.conflict:
                yield f"exercises.{exercise.id}.conflict", exercise.conflict.spoken


def is_opt_in(path):
    """Tell whether only people meet a text who asked for tips on caring for a baby: cards, and closes."""
    cards = {card.id for card in LIBRARY.cards.values() if card.opt_in}
    return any(path.startswith(f"cards.{card}.") for card in cards) or "-baby." in path


def found_in(path, text, topic, code):
    if topic == "assumptions":
        if is_opt_in(path):
            return []
        if path.startswith("questions."):
            text = ASKED_OF_THE_PREGNANT.sub("", text)
    return banned_in(text, LIBRARY.languages[code].never[topic])


@pytest.mark.parametrize("code", CODES)
def test_every_language_says_what_it_never_says(code):
    never = LIBRARY.languages[code].never
    assert set(never) == TOPICS
    assert all(len(phrases) >= 8 for phrases in never.values())


@pytest.mark.parametrize("topic", sorted(TOPICS))
@pytest.mark.parametrize("code", CODES)
def test_no_text_says_it(code, topic):
    found = [(path, found_in(path, text, topic, code), text) for path, text in said_in(code)]
    assert [one for one in found if one[1]] == []


@pytest.mark.parametrize("code", CODES)
def test_a_great_many_texts_were_looked_at(code):
    assert sum(1 for _ in said_in(code)) > 400


@pytest.mark.parametrize("code", CODES)
def test_no_text_names_a_dose_of_a_medicine(code):
    assert [text for _, text in said_in(code) if DOSE.search(text)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_for_users_says_it(page):
    if not page.exists():
        pytest.skip(f"there is no {page.name}")
    text = page.read_text(encoding="utf-8")
    for code in CODES:
        for topic in TOPICS:
            assert banned_in(text, LIBRARY.languages[code].never[topic]) == [], topic
    assert not DOSE.search(text)


def test_no_message_of_the_program_says_it():
    never = [phrase for topic in TOPICS for phrase in LIBRARY.languages["en"].never[topic]]
    said = []
    for source in SOURCES:
        folder = source.relative_to(ROOT / "src" / "matside").parts[0]
        if folder not in {"cli", "run", "show", "say", "hear"}:
            continue
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said += [(source.name, phrase, node.value) for phrase in banned_in(node.value, never)]
    assert said == []


WRONG = {
    "en": {
        "claims": [
            "This cures back pain.",
            "It heals your back.",
            "We realign your pelvis.",
            "This prevents leaks.",
            "Bridges close the belly gap.",
            "An easier birth awaits.",
            "This is safe for your baby.",
            "Doctor approved.",
            "Clinically proven exercises.",
            "You are cleared to start.",
            "No pain after birth, guaranteed.",
        ],
        "weight": ["Lose weight gently.", "Get your body back.", "Burn calories.", "A slimmer you."],
        "medicines": ["Take ibuprofen.", "A painkiller may help."],
        "points": ["Press the acupressure points.", "Massage Hegu.", "Press SP6."],
        "assumptions": [
            "Ask your partner.",
            "While you breastfeed, sit tall.",
            "Lay your baby down.",
            "Well done, mama.",
        ],
    },
    "ko": {
        "claims": [
            "허리를 치료해요.",
            "통증을 예방해요.",
            "자세를 교정합니다.",
            "완치를 보장해요.",
            "아기에게 안전해요.",
            "순산을 도와요.",
        ],
        "weight": ["체중을 줄여요.", "살을 빼요.", "날씬해져요."],
        "medicines": ["타이레놀을 드세요.", "진통제가 도움이 돼요."],
        "points": ["합곡을 눌러요.", "혈자리를 눌러요."],
        "assumptions": ["남편에게 부탁해요.", "모유를 먹이며 앉아요.", "엄마가 되었네요."],
    },
}
MODEST = {
    "en": [
        "In studies, people who trained it regularly had fewer leaks.",
        "It is not medical advice and cannot examine you.",
        "If you breastfeed, have something to drink first.",
        "Shift your weight onto your hands.",
        "Draw a figure of eight.",
        "Questions about medicines belong to your midwife, doctor or pharmacist.",
    ],
    "ko": [
        "물리치료사에게 물어보세요.",
        "통증이 덜해질 수 있어요.",
        "무게를 손으로 옮겨요.",
        "약에 관한 질문은 의사에게 하세요.",
    ],
}


@pytest.mark.parametrize(
    ("code", "topic", "text"),
    [
        (code, topic, text)
        for code, topics in WRONG.items()
        for topic, texts in topics.items()
        for text in texts
    ],
)
def test_what_is_wrong_would_be_found(code, topic, text):
    assert found_in("lines.any", text, topic, code) != []


@pytest.mark.parametrize(("code", "text"), [(code, text) for code in MODEST for text in MODEST[code]])
def test_what_is_modest_may_be_said(code, text):
    assert [topic for topic in TOPICS if found_in("lines.any", text, topic, code)] == []
