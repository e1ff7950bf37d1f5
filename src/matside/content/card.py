"""Information cards as data: what may be read or heard outside a session, and where it comes from.

A card informs and never leads into a movement, so it may be offered to somebody whom no session is for.
"""

from dataclasses import dataclass

from matside.content.exercise import Birth, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything about a card but its words.

    Attributes:
        seed_refs: Rows of the article that it answers, "S01" to "S56".
        disagreements: Numbers of the disagreement register that it tells both sides of, "D1" to "D17".
        opt_in: Shown only to people who asked for such cards: it speaks of a baby at home, and not everybody
            has one there.
        after_refusal: It may be offered when no session takes place.
        births: Ways of birth after which it should be shown of itself; none means it waits to be asked for.
    """

    id: str
    sources: tuple[Source, ...]
    review_status: str
    seed_refs: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    opt_in: bool = False
    after_refusal: bool = False
    births: tuple[Birth, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """A card's words in one language.

    Attributes:
        title: As it is listed and announced.
        summary: One line for the list.
        lines: What is read, one short sentence or two a line.
        aliases: What a person may call it.
    """

    title: str
    summary: str
    lines: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutText:
    """What the program says of itself in one language, sentence by sentence.

    Attributes:
        what: What it is.
        standing: What it isn't, and whose advice counts: said at the first run, before a level opens, and
            by `matside about`.
        draft: That nobody with clinical training has reviewed it: said once at the first run, and by
            `matside about`, for as long as anything is a draft.
        offline: Where things are kept, and that nothing leaves the computer.
        credit: Where the idea comes from.
    """

    what: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    draft: tuple[str, ...] = ()
    offline: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderText:
    """What a reminder shows. It may be seen by others, so it names no part of the body."""

    title: str
    text: str
