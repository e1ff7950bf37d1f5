"""The calm large screen: what to do, how long, what was said and heard. Redrawn a few times a second."""

import os
import sys
from dataclasses import dataclass, replace

from rich.align import Align
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from matside.content.language import Language
from matside.session.transitions import Mode
from matside.show.digits import large_digits
from matside.show.view import View
from matside.show.words import ALONE, Words, screen_line, words_of
from matside.units import Ms

FRAME_MS: Ms = 180
URGENT = frozenset({Mode.RED, Mode.PAIN_ASKING, Mode.DIZZY_ASKING})
HEAD_ROWS = 2
BAR_COLUMNS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    """How large the body is drawn; a scale of 0 has a plain number."""

    scale: int
    is_airy: bool


_SIZES = (
    _Size(scale=2, is_airy=True),
    _Size(scale=1, is_airy=True),
    _Size(scale=1, is_airy=False),
    _Size(scale=0, is_airy=True),
    _Size(scale=0, is_airy=False),
)
"""From the largest to the smallest; the first that fits is taken."""


class TerminalScreen:
    """Draw the view with rich, on the terminal's other page so that nothing of hers is lost."""

    def __init__(self, language: Language, console: Console | None = None) -> None:
        self._language = language
        self._console = console or Console(file=sys.stdout, no_color=bool(os.environ.get("NO_COLOR")) or None)
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
        self._live.update(picture(view, words, self._language, self._console), refresh=True)

    def close(self) -> None:
        """Give the terminal back as it was."""
        if self._started:
            self._live.stop()
            self._started = False


def picture(view: View, words: Words, language: Language, console: Console) -> RenderableType:
    """Compose the screen of one moment, as large as this console allows."""
    style = "bold red" if view.session.mode in URGENT else "bold"
    head = _head(view, words, console, style=style)
    foot = _foot(view, words, language, console.width)
    most = max(2, console.height // (2 if words.trouble else 3))
    if words.trouble and _rows(foot, console) > most:
        # Where she isn't heard, the keys are all she has: what is known of the loss gives way to them.
        foot = _foot(view, replace(words, trouble=words.loss, heard=""), language, console.width)
    while len(foot) > 1 and _rows(foot, console) > most:
        # The last of them, the keys, can be asked for; what is said and what is lost can't.
        foot.pop()
    room = console.height - HEAD_ROWS - _rows(foot, console)
    body: list[RenderableType] = []
    for size in _SIZES:
        body = _body(words, view, size, style=style)
        if _rows(body, console) <= room:
            break
    return Group(*head, Align.center(Group(*body), vertical="middle", height=max(1, room)), *foot)


def _head(view: View, words: Words, console: Console, *, style: str) -> list[RenderableType]:
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(Text(f" {words.title}", style=style), Text(f"{words.session_left} ", style="dim"))
    session = view.session
    done_ms = 0 if session.mode in ALONE else session.total_ms - session.left_ms
    return [line, Align.left(_bar(done_ms, session.total_ms, console.width))]


def _body(words: Words, view: View, size: _Size, *, style: str) -> list[RenderableType]:
    gap: list[RenderableType] = [Text()] if size.is_airy else []
    rows: list[RenderableType] = [Padding(Text(words.now, style=style, justify="center"), (0, 2))]
    where = words.where
    if words.left is not None and size.scale:
        rows += [Text(), Align.center(Text(large_digits(words.left, scale=size.scale), style="cyan"))]
        session = view.session
        done_ms = session.beat_length_ms - session.beat_left_ms
        rows += [*gap, Align.center(_bar(done_ms, session.beat_length_ms, BAR_COLUMNS))]
    elif words.left is not None:
        where = f"{words.left}  ·  {where}" if where else str(words.left)
    if where:
        rows += [*gap, Text(where, style="dim", justify="center")]
    return rows


def _foot(view: View, words: Words, language: Language, columns: int) -> list[RenderableType]:
    rows: list[Text] = []
    if words.trouble:
        rows.append(Text(f"! {words.trouble}", style="yellow"))
    if words.caption and words.caption != words.now:
        rows.append(Text(f"{'♪' if view.speaking else ' '} {words.caption}", style="italic"))
    asleep = f"  [{screen_line(language, 'asleep')}]" if view.session.asleep else ""
    if words.heard or asleep:
        rows.append(Text(f"  {screen_line(language, 'heard')}: {words.heard}{asleep}", style="dim"))
    if words.keys:
        rows.append(Text(_in_lines(words.keys, columns - 2), style="dim"))
    return [Padding(row, (0, 1)) for row in rows]


def _in_lines(parts: tuple[str, ...], columns: int) -> str:
    """Put parts side by side, as many a line as there is room for, without breaking any."""
    lines = [parts[0]]
    for part in parts[1:]:
        longer = f"{lines[-1]}   {part}"
        if cell_len(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(part)
    return "\n".join(lines)


def _bar(done_ms: Ms, total_ms: Ms, width: int) -> ProgressBar:
    return ProgressBar(
        total=max(1, total_ms),
        completed=done_ms,
        width=width,
        style="bright_black",
        complete_style="cyan",
        finished_style="cyan",
    )


def _rows(parts: list[RenderableType], console: Console) -> int:
    return sum(len(console.render_lines(part, pad=False)) for part in parts)
