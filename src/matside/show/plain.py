"""Lines of text for screen readers, pipes and logs: each thing once, when it happens."""

import sys
from collections.abc import Mapping
from typing import TextIO

from matside.content.language import Language
from matside.session.transitions import ADVISING
from matside.show.view import View
from matside.show.words import Words, words_of
from matside.units import Ms


def wants_screen(out: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether the large screen makes sense there."""
    return out.isatty() and environ.get("TERM", "") != "dumb"


class PlainScreen:
    """Write a line when something new is said, heard or lost, and when a new exercise begins."""

    def __init__(self, language: Language, out: TextIO | None = None) -> None:
        self._language = language
        self._out = out or sys.stdout
        self._last: Words | None = None

    def show(self, view: View, now_ms: Ms) -> None:
        """Write what is new in this view."""
        words, last = words_of(view, self._language), self._last
        self._last = words
        fresh: list[str] = []
        if last is None or (words.title, words.state) != (last.title, last.state):
            left = f" ({words.session_left})" if words.session_left else ""
            fresh.append(f"== {words.state or words.title}{left}")
        if words.caption and (last is None or words.caption != last.caption):
            fresh.append(words.caption)
        if words.heard and (last is None or words.heard != last.heard):
            fresh.append(f"> {words.heard}")
        if words.trouble and (last is None or words.trouble != last.trouble):
            fresh.append(f"! {words.trouble}")
        # What sends her for help must be read even where nothing is said.
        unsaid = view.session.mode in ADVISING and words.now != words.caption
        if unsaid and (last is None or words.now != last.now):
            fresh.append(words.now)
        for line in fresh:
            self._out.write(f"{line}\n")
        if fresh:
            self._out.flush()

    def close(self) -> None:
        """Leave nothing behind."""
