"""The large screen shows everything that matters at every size."""

import io
from dataclasses import replace
from typing import get_args

import pytest
from rich.cells import cell_len
from rich.console import Console

from matside.content.library import load_library
from matside.planning.lay_out import lay_out
from matside.say.phrasing import Phrasing
from matside.session.command import Command, Reason
from matside.session.foresee import EDGES
from matside.session.machine import Session
from matside.show.plain import PlainScreen
from matside.show.terminal import picture
from matside.show.view import View
from matside.show.words import reason, words_of
from stage import Estimated

SIZES = [(40, 12), (60, 16), (80, 24), (120, 40)]
MOMENTS = {
    "question": (False, 6_000, ()),
    "welcome": (True, 3_000, ()),
    "setup": (True, 20_000, ()),
    "movement": (True, 62_000, ()),
    "paused": (True, 62_000, ((60_000, Command.PAUSE),)),
    "stopped": (True, 62_000, ((60_000, Command.STOP),)),
    "pain": (True, 62_000, ((60_000, Command.PAIN),)),
    "dizzy": (True, 62_000, ((60_000, Command.DIZZY),)),
    "refused": (False, 20_000, ((10_000, Command.NO), (15_000, Command.YES))),
    "not heard": (False, 50_000, ()),
    "red word": (True, 62_000, ((60_000, Command.RED),)),
    "red": (True, 66_000, ((60_000, Command.PAIN), (63_000, Command.YES))),
    "end": (True, 62_000, ((60_000, Command.END),)),
    "asleep": (True, 62_000, ((60_000, Command.SLEEP),)),
    "over": (True, 10_000_000, ()),
}


def view_at(
    moment: str, language: str, caption: str = "", edge: str = "", trouble: str = ""
) -> tuple[View, object]:
    checked, at_ms, said = MOMENTS[moment]
    library = load_library()
    plan = lay_out(library.routines["morning"], library, checked=checked)
    session = Session(replace(plan, emergency_number="0800 123456"))
    for then_ms, command in said:
        session.apply(command, then_ms)
    session.advance(at_ms)
    shown = {"caption": caption, "edge": edge, "trouble": trouble}
    view = View(session=session.view(), speaking=True, heard="", ignored="", **shown)
    return view, library.languages[language]


def drawn(view, language, columns, rows) -> str:
    out = io.StringIO()
    console = Console(file=out, width=columns, height=rows, force_terminal=True, no_color=True)
    with console.capture() as capture:
        console.print(picture(view, words_of(view, language), language, console))
    text = capture.get()
    for code in ("\x1b[1m", "\x1b[0m", "\x1b[2m", "\x1b[3m"):
        text = text.replace(code, "")
    return text.removesuffix("\n")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_fits_and_its_main_words_are_whole(moment, size, language):
    view, words_in = view_at(moment, language, caption="Come down slowly onto hands and knees.")
    lines = drawn(view, words_in, *size).split("\n")
    assert len(lines) <= size[1]
    assert max(map(cell_len, lines)) <= size[0]
    words = words_of(view, words_in)
    flat = " ".join(" ".join(lines).split())
    assert " ".join(words.now.split()) in flat
    assert words.title in flat
    assert words.session_left in flat


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_loss_is_told_whole(size):
    trouble = "No microphone found. Connect one; it is picked up when it is there."
    view, words_in = view_at("movement", "en", caption="Out, lift.", edge="microphone", trouble=trouble)
    flat = " ".join(drawn(view, words_in, *size).split())
    assert "I can't hear you now. Please use the keys." in flat
    assert "p pause" in flat, "the keys that it speaks of"
    assert "Out, lift." in flat
    if size[0] >= 80:
        assert trouble in flat


@pytest.mark.parametrize("edge", [*EDGES, "route", "microphone-level"])
def test_a_loss_is_told_in_the_language_of_the_session(edge):
    view, words_in = view_at("movement", "ko", edge=edge, trouble="Broken pipe.")
    words = words_of(view, words_in)
    assert not words.loss.isascii()
    assert words.trouble == f"{words.loss} (Broken pipe.)"


def test_on_the_way_to_an_easier_position_the_one_to_leave_is_shown():
    """As the coach says it: she sits, and the easier level is on her side."""
    library = load_library()
    session = Session(lay_out(library.routines["pelvic-floor-minute"], library, checked=True))
    session.advance(22_000)
    assert session.view().beat == "hold"
    session.apply(Command.EASIER, 22_000)
    session.advance(23_000)
    language = library.languages["en"]
    view = View(session=session.view(), caption="", speaking=False, heard="", ignored="", edge="", trouble="")
    assert view.session.beat == "exit"
    assert words_of(view, language).now == language.exits["seated"][0]


def test_sound_that_is_no_word_is_shown_as_such():
    view, words_in = view_at("movement", "en")
    told = words_of(replace(view, heard="[unk] next [unk]", ignored="not a phrase"), words_in)
    assert told.heard == "… next … (not a phrase)"


@pytest.mark.parametrize("why", get_args(Reason))
def test_why_something_is_not_obeyed_is_told_in_the_language_of_the_session(why):
    library = load_library()
    assert why.partition(";")[0] in reason(library.languages["en"], why)
    assert not reason(library.languages["ko"], why).isascii()


def test_the_keys_shown_are_those_that_make_sense_now():
    view, words_in = view_at("question", "en")
    assert words_of(view, words_in).keys == ("y yes", "0 no", "r repeat", "x pain", "s stop")


def test_the_time_left_of_a_movement_is_drawn_large():
    view, words_in = view_at("movement", "en")
    assert "████" in drawn(view, words_in, 80, 24)
    assert "█" not in drawn(view, words_in, 40, 12)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_number_is_shown_as_it_is_dialled_and_once(language):
    view, words_in = view_at("red word", language)
    spoken = Phrasing(words_in, Estimated()).texts_for([view.session.advice])[0]
    assert "0 8 0 0 1 2 3 4 5 6" in spoken
    words = words_of(replace(view, caption=spoken), words_in)
    assert "0800 123456" in words.now
    assert words.caption == words.now


@pytest.mark.parametrize("moment", ["red word", "refused", "not heard"])
def test_what_to_do_instead_is_written_where_nothing_can_be_said(moment):
    view, words_in = view_at(moment, "en", caption="Out, lift.")
    out = io.StringIO()
    screen = PlainScreen(words_in, out)
    for _ in range(2):
        screen.show(view, 0)
    assert out.getvalue().count(words_of(view, words_in).now) == 1
