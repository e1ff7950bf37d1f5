"""A session on a virtual clock: the same loop as live, in milliseconds of real time."""

from collections.abc import Iterable, Sequence

from matside.run.absent import NoEar, NoJournal, NoMouth, NoScreen, NoStore
from matside.run.loop import Loop, Ports
from matside.run.message import Heard, InputEnded, Message
from matside.run.ports import Mouth, Reporter
from matside.say.phrasing import Phrasing
from matside.session.machine import Session
from matside.session.plan import Plan
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import Transcript, Word
from matside.units import Ms

SPOKEN_MS: Ms = 200


class ScriptInbox:
    """Messages at known times; time jumps to whatever comes next."""

    def __init__(self, script: Iterable[tuple[Ms, Message]]) -> None:
        self._script = sorted(script, key=lambda timed: timed[0])
        self._now: Ms = 0
        self._ended = False

    def wait(self, until_ms: Ms | None) -> tuple[Ms, Message | None]:
        """Jump to the next message or to the deadline, whichever comes first."""
        if self._script and (until_ms is None or self._script[0][0] <= until_ms):
            at_ms, message = self._script.pop(0)
            self._now = max(self._now, at_ms)
            return self._now, message
        if until_ms is None or (not self._script and not self._ended):
            self._ended = True
            return self._now, InputEnded()
        self._now = max(self._now, until_ms)
        return self._now, None


def spoken(text: str, at_ms: Ms) -> tuple[Ms, Message]:
    """Give the message of somebody who has just said this, heard at once and without doubt."""
    start_ms = at_ms - SPOKEN_MS
    words = tuple(Word(text=word, start_ms=start_ms, end_ms=at_ms, confidence=1.0) for word in text.split())
    transcript = Transcript(words=words, began_ms=start_ms, ended_ms=at_ms, decided_ms=at_ms)
    return at_ms, Heard(transcript=transcript)


def simulate(
    plan: Plan,
    phrasing: Phrasing,
    *,
    script: Sequence[tuple[Ms, Message]] = (),
    reporter: Reporter,
    mouth: Mouth | None = None,
) -> tuple[Session, bool]:
    """Run a whole session on a virtual clock.

    Returns:
        The session, and whether it came to its own end.
    """
    session = Session(plan)
    ports = Ports(
        inbox=ScriptInbox(script),
        mouth=mouth or NoMouth(),
        ear=NoEar(),
        phrasing=phrasing,
        phrasebook=Phrasebook.of(phrasing.language.phrasebook),
        screen=NoScreen(),
        reporter=reporter,
        store=NoStore(),
        journal=NoJournal(),
    )
    return session, Loop(session, ports).run()
