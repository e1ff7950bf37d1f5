"""A session on a virtual clock, as tests want it: shipped routines, estimated lengths, every event kept."""

import functools
from unittest import mock

from matside.content.library import load_library
from matside.planning.lay_out import lay_out
from matside.run.absent import NoMouth
from matside.run.message import Typed
from matside.run.simulate import simulate, spoken
from matside.say.line import Hush, Say
from matside.say.phrasing import Phrasing
from matside.say.prerender import estimated_ms
from matside.say.scheduler import Scheduler
from matside.say.tones import tone_ms


class Estimated:
    """Lengths as they are where no engine speaks, so that every machine gives the same session."""

    def length_ms(self, text):
        return estimated_ms(text)

    def tone_ms(self, kind):
        return tone_ms(kind)


class Notes:
    """Keep the events."""

    def __init__(self):
        self.events = []

    def tell(self, event):
        self.events.append(event)


@functools.cache
def library():
    """Everything that ships."""
    return load_library()


@functools.cache
def plan_of(routine, *, checked=True, met=frozenset()):
    """Lay a shipped routine out."""
    return lay_out(library().routines[routine], library(), checked=checked, met=met)


def said(at_s, text):
    """Give the message of words said at a time."""
    return spoken(text, round(at_s * 1000))


def pressed(at_s, key):
    """Give the message of a key pressed at a time."""
    return round(at_s * 1000), Typed(text=key)


def play(plan, *script, language="en", mouth=None):
    """Run a whole session.

    Returns:
        Its events.
    """
    notes = Notes()
    words = library().languages[language]
    simulate(plan, Phrasing(words, Estimated()), script=script, reporter=notes, mouth=mouth)
    return notes.events


class Witness(NoMouth):
    """A mouth that keeps every order."""

    def __init__(self):
        self.orders = []

    def obey(self, order):
        """Keep the order."""
        self.orders.append(order)


def watch(plan, script, language="en"):
    """Run a whole session and look at what happens inside.

    Returns:
        Its events, the orders that its mouth got, and when the session silenced everything.
    """
    mouth, silences = Witness(), set()

    class Watched(Scheduler):
        def silence(self, now):
            silences.add(now)
            super().silence(now)

    with mock.patch("matside.run.loop.Scheduler", Watched):
        events = play(plan, *script, language=language, mouth=mouth)
    return events, mouth.orders, silences


def sounded(orders):
    """Give every line as [order, when it really ended, the hush that cut it or None]."""
    told = []
    for order in orders:
        match order:
            case Say():
                told.append([order, order.end_ms, None])
            case Hush():
                for entry in told:
                    if entry[1] > order.at_ms:
                        entry[1:] = [max(order.at_ms, entry[0].at_ms), order]
    return told
