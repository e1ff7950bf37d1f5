"""What a clinician must decide, and who signed what: nothing is reviewed without a name and a day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from matside.content.language import Library
from matside.content.parse import REVIEWS
from matside.content.reader import Problem, Table, nearest

REVIEW_SCHEMA = "review/1"
REVIEWED = "clinician-reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One decision.

    Attributes:
        asks: What is to be decided.
        concerns: Exercises, cards, routines and checks that hang on it.
    """

    id: str
    asks: str
    concerns: tuple[str, ...]
    review_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who reviewed what, and when."""

    of: str
    by: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The decisions, and the signatures for them, for exercises and for cards."""

    items: Mapping[str, Item]
    signatures: tuple[Signature, ...] = ()


def read_review(table: Table) -> Review:
    """Read the review file."""
    items = table.table("items")
    return Review(
        items={name: _read_item(items.table(name), name) for name in items.names()},
        signatures=tuple(_read_signature(each) for each in table.tables("signatures")),
    )


def _read_item(table: Table, name: str) -> Item:
    item = Item(
        id=name,
        asks=table.text("asks"),
        concerns=table.texts("concerns", required=True),
        review_status=table.one_of("review", REVIEWS),
    )
    table.done()
    return item


def _read_signature(table: Table) -> Signature:
    text = table.text("on")
    try:
        on = date.fromisoformat(text)
    except ValueError:
        table.reject("on", expected="a day, as 2027-01-31")
        on = date.min
    signature = Signature(of=table.text("of"), by=table.text("by"), on=on)
    table.done()
    return signature


def check_review(review: Review, library: Library) -> Iterator[Problem]:
    """Find what counts as reviewed without a signature, and names of what doesn't exist."""
    known = {
        *library.exercises,
        *library.cards,
        *library.routines,
        *library.checks,
        *library.screening,
    }
    for item in review.items.values():
        for name in item.concerns:
            if name not in known:
                yield _problem(
                    f"items.{item.id}", f"something that exists{nearest(name, known)}", f'"{name}"'
                )
    states = {item.id: item.review_status for item in review.items.values()}
    states |= {exercise.id: exercise.review_status for exercise in library.exercises.values()}
    states |= {card.id: card.review_status for card in library.cards.values()}
    signed = {signature.of for signature in review.signatures}
    for name in sorted(signed - states.keys()):
        yield _problem("signatures", f"something to sign{nearest(name, states)}", f'"{name}"')
    for name, state in states.items():
        if (state == REVIEWED) != (name in signed):
            found = "none" if state == REVIEWED else f'one, and review = "{state}"'
            yield _problem(name, "a signature with a name and a day where it was reviewed", found)


def _problem(key_path: str, expected: str, found: str) -> Problem:
    return Problem(file="review.toml", key_path=key_path, expected=expected, found=found)
