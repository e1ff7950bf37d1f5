"""The promises of what is read outside a session: cards, what the program says of itself, reminders.

Nothing listens while a card is read, so its words may hold a command's; "back pain" has to.
"""

import dataclasses
from collections.abc import Iterable, Iterator

from matside.content.card import Card, CardText
from matside.content.language import Language, Library
from matside.content.reader import Problem
from matside.content.wording import banned_by, banned_in, spoken_words

MOST_WORDS = 20
"""A line of a card; one standing sentence names more people than that."""

MOST_STANDING_WORDS = 30
MOST_REMINDER_WORDS = 16

Found = Iterator[Problem]


def lint_cards(library: Library) -> Found:
    """Check that cards, sentences and reminders have their words in every language, short, free of claims."""
    for language in library.languages.values():
        place = f"languages/{language.code}"
        for card in library.cards.values():
            text = language.cards.get(card.id)
            if text is None:
                yield Problem(file=place, key_path=f"cards.{card.id}", expected="its words", found="nothing")
            else:
                yield from _lint_card(card, text, language)
        for name in sorted(language.cards.keys() - library.cards.keys()):
            yield Problem(
                file=place, key_path=f"cards.{name}", expected="only cards that exist", found="another"
            )
        about = dataclasses.asdict(language.about)
        for part, sentences in about.items():
            yield from _lint_lines(sentences, language, f"about.{part}", MOST_STANDING_WORDS)
        for name, shown in language.reminders.items():
            lines = (shown.title, shown.text)
            yield from _lint_lines(lines, language, f"reminders.{name}", MOST_REMINDER_WORDS)
    yield from _lint_agreement(library)


def _lint_card(card: Card, text: CardText, language: Language) -> Found:
    path = f"cards.{card.id}"
    yield from _lint_lines(text.lines, language, f"{path}.lines", MOST_WORDS)
    # Whoever asks for such a card has said that there is a baby; what else is banned stays so.
    allowed = frozenset(language.never.get("assumptions", ())) if card.opt_in else frozenset()
    for key, words in (("title", text.title), ("summary", text.summary)):
        yield from _banned((words,), language, f"{path}.{key}", allowed)
    yield from _banned(text.lines, language, f"{path}.lines", allowed)


def _lint_lines(lines: Iterable[str], language: Language, path: str, most: int) -> Found:
    for index, line in enumerate(lines):
        if spoken_words(line) > most:
            yield Problem(
                file=f"languages/{language.code}",
                key_path=f"{path}[{index}]",
                expected=f"at most {most} words",
                found=str(spoken_words(line)),
            )
    if not path.startswith("cards."):
        yield from _banned(lines, language, path, frozenset())


def _banned(lines: Iterable[str], language: Language, path: str, allowed: frozenset[str]) -> Found:
    for line in lines:
        for phrase in banned_in(line, (each for each in banned_by(language) if each not in allowed)):
            yield Problem(
                file=f"languages/{language.code}",
                key_path=path,
                expected="no banned words",
                found=f'"{phrase}" in "{line}"',
            )


def _lint_agreement(library: Library) -> Found:
    """Check that all languages say the same number of lines, so that none holds less than another."""
    languages = list(library.languages.values())
    for other in languages[1:]:
        first = languages[0]
        for name in first.cards.keys() & other.cards.keys():
            count, wanted = len(other.cards[name].lines), len(first.cards[name].lines)
            if count != wanted:
                expected = f"{wanted} lines, as in {first.code}"
                yield Problem(
                    file=f"languages/{other.code}",
                    key_path=f"cards.{name}.lines",
                    expected=expected,
                    found=str(count),
                )
        for name in sorted(first.reminders.keys() ^ other.reminders.keys()):
            yield Problem(
                file=f"languages/{other.code}",
                key_path=f"reminders.{name}",
                expected=f"the same reminders as in {first.code}",
                found="others",
            )
