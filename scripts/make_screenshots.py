"""Draw the screen at chosen moments into docs/images/*.png: scripts/make_screenshots.py [--all FOLDER].

Each moment is a real session that was told these things; rich draws it as SVG and Chromium as PNG. With
`--all` more moments and sizes are drawn into a folder, to be looked at before a change of the screen.
"""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from matside.content.library import load_library
from matside.planning.lay_out import lay_out
from matside.session.command import Command
from matside.session.machine import Session
from matside.show.terminal import picture
from matside.show.view import View
from matside.show.words import words_of

IMAGES = Path(__file__).parents[1] / "docs" / "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment of a session: what was said when, and when to look."""

    name: str
    routine: str
    at_s: float
    said: tuple[tuple[float, Command], ...] = ()
    caption: str
    heard: str = ""
    ignored: str = ""
    edge: str = ""
    trouble: str = ""
    checked: bool = True
    language: str = "en"
    columns: int = 80
    rows: int = 24


README = (
    Moment(name="hold", routine="morning", at_s=317.2, caption="Keep breathing."),
    Moment(
        name="paused",
        routine="morning",
        at_s=200,
        said=((190.0, Command.PAUSE),),
        caption="Paused. Say continue when you like.",
        heard="pause",
    ),
    Moment(
        name="check",
        routine="evening",
        at_s=6,
        checked=False,
        caption="Could you be pregnant, or have you given birth in the last year? Yes or no?",
    ),
    Moment(
        name="red",
        routine="morning",
        at_s=66,
        said=((60.0, Command.PAIN), (63.0, Command.YES)),
        caption="Please get medical help now.",
        heard="yes",
    ),
)
BREATHE = "Everything settles. Let your own breath find its way, and stay as you are for as long as you like."
MORE = (
    Moment(name="narrow", routine="morning", at_s=312.5, caption=BREATHE, heard="pause", columns=40, rows=12),
    Moment(name="wide", routine="morning", at_s=312.5, caption=BREATHE, heard="pause", columns=120, rows=40),
    Moment(
        name="setup",
        routine="morning",
        at_s=275,
        caption="Lie on your back, knees bent.",
        edge="microphone",
        trouble="No microphone found. Connect one; it is picked up when it is there.",
    ),
    Moment(
        name="ko", routine="morning", at_s=312.5, caption="계속 숨 쉬어요.", heard="쉬운 운동", language="ko"
    ),
    Moment(
        name="ko-narrow",
        routine="evening",
        at_s=6,
        checked=False,
        language="ko",
        caption="",
        columns=40,
        rows=12,
    ),
    Moment(
        name="red-narrow",
        routine="morning",
        at_s=66,
        said=((60.0, Command.PAIN), (63.0, Command.YES)),
        caption="Please get medical help now.",
        columns=40,
        rows=12,
    ),
    Moment(
        name="pain",
        routine="morning",
        at_s=62,
        said=((60.0, Command.PAIN),),
        caption="I've stopped. Rest however feels best.",
        heard="that hurts",
    ),
    Moment(
        name="ignored",
        routine="breathe",
        at_s=40,
        caption="Out.",
        heard="and then she said next",
        ignored="not a phrase",
        edge="speaker",
        trouble="No loudspeaker found. Connect one; it is picked up when it is there.",
    ),
)


def draw(moment: Moment, folder: Path) -> Path:
    """Draw one moment."""
    library = load_library()
    language = library.languages[moment.language]
    session = Session(lay_out(library.routines[moment.routine], library, checked=moment.checked))
    for at_s, command in moment.said:
        session.apply(command, round(at_s * 1_000))
    session.advance(round(moment.at_s * 1_000))
    view = View(
        session=session.view(),
        caption=moment.caption,
        speaking=bool(moment.caption),
        heard=moment.heard,
        ignored=moment.ignored,
        edge=moment.edge,
        trouble=moment.trouble,
    )
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(
            record=True, width=moment.columns, height=moment.rows, file=nowhere, force_terminal=True
        )
        console.print(picture(view, words_of(view, language), language, console))
    return _as_png(console.export_svg(title="matside"), folder / f"{moment.name}.png")


def _as_png(svg: str, path: Path) -> Path:
    found = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg)
    assert found is not None
    width, height = (round(float(size)) for size in found.groups())
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "page.html"
        page.write_text(
            f'<meta charset="utf-8"><body style="margin:0;background:#fff">{svg}</body>', encoding="utf-8"
        )
        subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                f"--screenshot={path}", f"--window-size={width},{height}", page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )  # fmt: skip
    return path


def main() -> None:
    """Draw the pictures."""
    if sys.argv[1:2] == ["--all"]:
        folder, moments = Path(sys.argv[2]), (*README, *MORE)
    else:
        folder, moments = IMAGES, README
    folder.mkdir(parents=True, exist_ok=True)
    for moment in moments:
        print(draw(moment, folder))


if __name__ == "__main__":
    main()
