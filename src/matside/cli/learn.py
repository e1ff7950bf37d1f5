"""`matside learn`: what is worth knowing, to read or to hear."""

import dataclasses
from pathlib import Path

import click

from matside.cli.options import (
    json_option,
    language_of,
    language_option,
    my_paths,
    my_settings,
    profile_option,
    voice_options,
)
from matside.cli.output import note, write_json, write_paragraph, write_table
from matside.content.card import Card, CardText
from matside.content.language import Language, Library
from matside.content.library import load_library
from matside.content.reader import nearest, visible
from matside.content.wording import estimated_ms
from matside.errors import MatsideError, UsageError


@click.command("learn")
@click.argument("card", required=False)
@click.option("--all", "show_all", is_flag=True, help="List the cards too that speak of caring for a baby.")
@click.option("--say", is_flag=True, help="Read it aloud; Ctrl-C ends it.")
@click.option("--wav", type=click.Path(path_type=Path), metavar="OUT.wav", help="Write it as sound.")
@click.option("--sources", is_flag=True, help="Show where it comes from.")
@json_option
@language_option
@profile_option
@voice_options
def learn_command(
    card: str | None,
    *,
    show_all: bool,
    say: bool,
    wav: Path | None,
    sources: bool,
    as_json: bool,
    language: str | None,
    voice: str | None,
    rate_wpm: int | None,
) -> None:
    """Read CARD, or list the cards: what helps, when to ask a physiotherapist, why no sit-ups, and more.

    Cards inform and never start a movement. They are drafts until a clinician has reviewed them.
    """
    library = load_library()
    settings = my_settings(my_paths(), language=language, voice=voice, rate_wpm=rate_wpm)
    words = language_of(library, settings.language)
    if card is None:
        if say or wav is not None:
            raise UsageError(words.screens["learn.which"], hint=words.screens["learn.name-one"])
        _list(library, words, show_all=show_all or _asked_for_baby_tips(), as_json=as_json)
        return
    found = find_card(card, library, words)
    text = words.cards[found.id]
    if as_json:
        write_json(as_record(found, text))
    elif not say:
        write_card(text)
    if wav is not None:
        from matside.run.aloud import read_to_file

        read_to_file((text.title + ".", *text.lines), wav, words, settings, my_paths())
        note(words.screens["written"].format(file=wav))
    if say:
        from matside.run.aloud import read_aloud

        tell = _tell_nothing if as_json else write_paragraph
        read_aloud((text.title + ".", *text.lines), words, settings, my_paths(), tell=tell)
    if sources and not as_json:
        click.echo()
        write_table((f"  {source.ref} [{source.mark.value}]", source.claim) for source in found.sources)


def find_card(name: str, library: Library, words: Language) -> Card:
    """Find a card by its name, its title or another name for it.

    Raises:
        UsageError: There is no such card.
    """
    wanted = name.strip().lower()
    for card in library.cards.values():
        text = words.cards[card.id]
        if wanted in {card.id, text.title.lower(), *(alias.lower() for alias in text.aliases)}:
            return card
    known = [card.id for card in library.cards.values() if not card.opt_in]
    raise UsageError(
        f'There is no card "{visible(name)}"{nearest(wanted, known)}.',
        hint=f"Choose one of: {', '.join(known)}.",
    )


def as_record(card: Card, text: CardText) -> dict[str, object]:
    """Give a card for scripts."""
    return {
        "card": card.id,
        "title": text.title,
        "summary": text.summary,
        "lines": list(text.lines),
        "opt_in": card.opt_in,
        "after_refusal": card.after_refusal,
        "sources": [dataclasses.asdict(source) for source in card.sources],
        "review": card.review_status,
    }


def write_card(text: CardText) -> None:
    """Show a card on the screen."""
    click.echo(text.title)
    click.echo()
    for line in text.lines:
        write_paragraph(line)


def _asked_for_baby_tips() -> bool:
    """Tell whether her profile asks for them; one that can't be read asks for nothing."""
    from matside.cli.profile import load_profile

    try:
        return load_profile(my_paths()).baby_tips
    except MatsideError:
        return False


def _tell_nothing(_line: str) -> None:
    pass


def _list(library: Library, words: Language, *, show_all: bool, as_json: bool) -> None:
    shown = [card for card in library.cards.values() if show_all or not card.opt_in]
    if as_json:
        for card in shown:
            write_json(as_record(card, words.cards[card.id]))
        return
    write_table((card.id, _length(words.cards[card.id]), words.cards[card.id].title) for card in shown)
    note("")
    note(words.screens["learn.how"])
    if len(shown) < len(library.cards):
        note(words.screens["learn.baby"])


def _length(text: CardText) -> str:
    length_ms = sum(estimated_ms(line) for line in text.lines)
    minutes, rest_s = divmod(round(length_ms / 15_000) * 15, 60)
    return f"{minutes}:{rest_s:02}"
