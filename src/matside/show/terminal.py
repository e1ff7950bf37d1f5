"""The calm large screen: what to do, how long, what was said and heard. Redrawn a few times a second."""

import os
import sys

from rich.align import Align
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.text import Text

from matside.content.language import Language
from matside.session.transitions import Mode
from matside.show.digits import large_digits
from matside.show.view import View
from matside.show.words import Words, screen_line, words_of
from matside.units import Ms

FRAME_MS: Ms = 180
URGENT = frozenset({Mode.RED, Mode.PAIN_ASKING})
SMALL_ROWS = 18


class TerminalScreen:
    """Draw the view with rich, on the terminal's other page so that nothing of hers is lost."""

    def __init__(self, language: Language, console: Console | None = None) -> None:
        self._language = language
        self._console = console or Console(file=sys.stdout, no_color="NO_COLOR" in os.environ or None)
        self._live = Live(console=self._console, auto_refresh=False, screen=True)
        self._started = False
        self._drawn_ms: Ms = -FRAME_MS
        self._drawn: tuple[object, ...] = ()

    def show(self, view: View, now_ms: Ms) -> None:
        """Draw the view, where it differs from what is seen or a frame's time has passed."""
        words = words_of(view, self._language)
        seen = (words, view.session.mode, view.session.asleep, view.speaking)
        if seen == self._drawn and now_ms - self._drawn_ms < FRAME_MS * 5:
            return
        if not self._started:
            self._live.start()
            self._started = True
        self._drawn, self._drawn_ms = seen, now_ms
        self._live.update(picture(view, words, self._language, rows=self._console.height), refresh=True)

    def close(self) -> None:
        """Give the terminal back as it was."""
        if self._started:
            self._live.stop()
            self._started = False


def picture(view: View, words: Words, language: Language, *, rows: int = 24) -> RenderableType:
    """Compose the screen of one moment."""
    session = view.session
    urgent = session.mode in URGENT
    colour = "bold red" if urgent else "bold"
    red_text = language.lines["get-help"].wording[0] if session.mode is Mode.RED else ""
    body: list[RenderableType] = [
        Align.center(Text(words.title, style="dim" if not urgent else colour)),
        Text(),
        Align.center(Text(red_text or words.now, style=colour, justify="center")),
        Text(),
    ]
    if words.left is not None:
        if rows >= SMALL_ROWS:
            body.append(Align.center(Text(large_digits(words.left), style="cyan")))
        else:
            body.append(Align.center(Text(str(words.left), style="bold cyan")))
        done_ms = session.beat_length_ms - session.beat_left_ms
        bar = ProgressBar(total=max(1, session.beat_length_ms), completed=done_ms, width=40)
        body += [Text(), Align.center(bar)]
    body += [Text(), Align.center(Text(words.where, style="dim"))]
    foot = _foot(view, words, language)
    panel = Panel(
        Align.center(Group(*body), vertical="middle"),
        title=f"matside  ·  {words.session_left}",
        subtitle=_keys(language),
        border_style="red" if urgent else "dim",
        height=max(9, rows - len(foot)),
    )
    return Group(panel, *foot)


def _foot(view: View, words: Words, language: Language) -> list[RenderableType]:
    rows: list[RenderableType] = []
    voice = "♪ " if view.speaking else "  "
    rows.append(Text(f"{voice}{words.caption}", style="italic", no_wrap=True, overflow="ellipsis"))
    asleep = f"  [{screen_line(language, 'asleep')}]" if view.session.asleep else ""
    heard = f"{screen_line(language, 'heard')}: {words.heard}{asleep}" if words.heard or asleep else ""
    rows.append(Text(f"  {heard}", style="dim", no_wrap=True, overflow="ellipsis"))
    if words.trouble:
        rows.append(Text(f"! {words.trouble}", style="yellow", no_wrap=True, overflow="ellipsis"))
    return rows


def _keys(language: Language) -> str:
    wanted = ("next", "pause", "resume", "easier", "pain", "stop", "end", "help")
    entries = {entry.command: entry for entry in language.phrasebook.entries}
    shown = [f"{entries[name].key} {entries[name].phrases[0]}" for name in wanted if name in entries]
    return "  ".join(shown)
