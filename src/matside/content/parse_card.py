"""Tables to cards, to what the program says of itself, and to reminders' words; see `parse.py`."""

from matside.content.card import AboutText, Card, CardText, ReminderText
from matside.content.exercise import Birth
from matside.content.parse import REVIEWS, read_source
from matside.content.reader import Table

CARDS_SCHEMA = "cards/1"
CARD_TEXTS_SCHEMA = "card-texts/1"
ABOUT_SCHEMA = "about/1"
REMINDER_TEXTS_SCHEMA = "reminder-texts/1"


def read_card(table: Table, name: str) -> Card:
    """Read a card; its name is the key that it stands under."""
    card = Card(
        id=name,
        sources=tuple(read_source(source) for source in table.tables("sources", required=True)),
        review_status=table.one_of("review", REVIEWS),
        seed_refs=table.texts("seed_refs"),
        disagreements=table.texts("disagreements"),
        opt_in=table.flag("opt_in", default=False),
        after_refusal=table.flag("after_refusal", default=False),
        births=table.choices("births", Birth),
    )
    table.done()
    return card


def read_card_text(table: Table) -> CardText:
    """Read a card's words in one language."""
    text = CardText(
        title=table.text("title"),
        summary=table.text("summary"),
        lines=table.texts("lines", required=True),
        aliases=table.texts("aliases"),
    )
    table.done()
    return text


def read_about(table: Table) -> AboutText:
    """Read what the program says of itself in one language."""
    return AboutText(
        what=table.texts("what", required=True),
        standing=table.texts("standing", required=True),
        draft=table.texts("draft", required=True),
        offline=table.texts("offline", required=True),
        credit=table.texts("credit", required=True),
    )


def read_reminder_text(table: Table) -> ReminderText:
    """Read what a reminder shows."""
    text = ReminderText(title=table.text("title"), text=table.text("text"))
    table.done()
    return text
