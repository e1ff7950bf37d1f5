"""The loop: one thread, one straight line from message to sound. The same loop runs live and simulated.

Theory of operation.

    flush:    due orders go to the mouth, events to the reporter, the view to the screen
    wait:     the inbox gives the next message, or nothing when the earliest deadline has come
    advance:  the session moves to now; its cues become lines, its lines go to the scheduler
    react:    a message becomes a command, or a loss, and the session obeys

No stage calls the next; this module does. It flushes before its first wait, and clamps the time after a
timed-out wait to the deadline, since timers fire early by a little.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from matside.run import events
from matside.run.message import (
    Broken,
    Heard,
    InputEnded,
    Interrupted,
    Mended,
    Message,
    Pressed,
    Stirred,
    Typed,
    Woke,
)
from matside.run.ports import Ear, Inbox, Journal, Mouth, Reporter, Screen, Store
from matside.say.line import Duck, Say
from matside.say.phrasing import Phrasing
from matside.say.scheduler import Scheduler
from matside.session.command import Command, Ignored, Situation
from matside.session.cue import Cue, Priority, Silence, Trouble
from matside.session.foresee import EDGES
from matside.session.machine import Session
from matside.session.outcome import Effect, LevelChanged, Outcome, PhaseBegan, Refused
from matside.session.transitions import Mode
from matside.show.view import View
from matside.understand.company import FOR_HELP, NOBODY, Company
from matside.understand.echo import Duplex, OwnLine, is_louder_than_echo
from matside.understand.interpret import Context, in_company, interpret
from matside.understand.keymap import command_for_key
from matside.understand.phrasebook import Phrasebook
from matside.units import Db, Ms

DUCK_DB: Db = -14.0
DUCK_AT_MOST_MS: Ms = 2_500
OWN_LINES_KEPT_MS: Ms = 6_000
"""How long a line is remembered as something that may still come back through the room."""
LAST_WORDS_MS: Ms = 8_000
"""How long a finished session waits for what is being said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside that a session runs on.

    Attributes:
        tick_ms: How often the screen and the journal want a turn; None where nobody watches.
        duplex: What the room allows to be heard while the coach speaks.
    """

    inbox: Inbox
    mouth: Mouth
    ear: Ear
    phrasing: Phrasing
    phrasebook: Phrasebook
    screen: Screen
    reporter: Reporter
    store: Store
    journal: Journal
    tick_ms: Ms | None = None
    duplex: Duplex = Duplex.FULL


@dataclass(slots=True)
class _Memory:
    """What the loop must remember between turns."""

    own: list[OwnLine] = field(default_factory=list)
    last: tuple[Command, Ms] | None = None
    company: Company = NOBODY
    situation: Situation | None = None
    volume_db: Db = 0.0
    ducked_until: Ms | None = None
    told: dict[str, str] = field(default_factory=dict)
    """What is lost and not back yet, with what is known of it; what was lost last comes last."""
    deaf: bool = False
    interrupted: bool = False
    heard: str = ""
    ignored: str = ""
    caption: str = ""
    last_words_until: Ms | None = None


class Loop:
    """Run one session on its ports."""

    def __init__(self, session: Session, ports: Ports, *, start_ms: Ms = 0) -> None:
        self._session = session
        self._ports = ports
        self._scheduler = Scheduler(ports.mouth.lead_ms)
        self._memory = _Memory()
        self._now = start_ms
        self._events: list[events.Event] = []

    @property
    def now_ms(self) -> Ms:
        """The session time that the loop has reached."""
        return self._now

    def run(self, first: Sequence[Command] = ()) -> bool:
        """Run until the session is over.

        Args:
            first: Commands to begin with, as a resumed session needs them.

        Returns:
            Whether it came to its own end.
        """
        self._absorb(self._session.advance(self._now))
        for command in first:
            self._obey(command, by="program")
        while True:
            self._flush()
            if self._is_over():
                break
            until_ms = self._deadline()
            at_ms, message = self._ports.inbox.wait(until_ms)
            if message is None and until_ms is not None:
                at_ms = max(at_ms, until_ms)
            self._now = max(self._now, at_ms)
            self._absorb(self._session.advance(self._now))
            if message is not None:
                self._react(message)
        return self._finish()

    # --- flush

    def _flush(self) -> None:
        now, memory, mouth = self._now, self._memory, self._ports.mouth
        if self._session.volume_db != memory.volume_db:
            memory.volume_db = self._session.volume_db
            mouth.set_volume(memory.volume_db)
        if memory.ducked_until is not None and memory.ducked_until <= now:
            self._unduck()
        for order in self._scheduler.advance(now):
            mouth.obey(order)
        for say in self._scheduler.started(now):
            self._note_said(say)
        self._attend()
        for event in sorted(self._events, key=_time_of):
            self._ports.reporter.tell(event)
        self._events.clear()
        self._ports.journal.beat(now)
        self._ports.screen.show(self._view(), now)

    def _note_said(self, say: Say) -> None:
        self._events.append(events.said(say))
        memory = self._memory
        memory.caption = say.line.text or memory.caption
        # Tones too: their echo has been taken for a short word.
        recent = [line for line in memory.own if line.end_ms > self._now - OWN_LINES_KEPT_MS]
        memory.own = [*recent, OwnLine(text=say.line.text, at_ms=say.at_ms, end_ms=say.end_ms)]

    def _attend(self) -> None:
        situation = self._session.situation
        if situation is not self._memory.situation:
            self._memory.situation = situation
            self._ports.ear.attend(self._ports.phrasebook.phrases_for(situation))

    def _view(self) -> View:
        memory = self._memory
        edge, trouble = next(reversed(memory.told.items()), ("", ""))
        return View(
            session=self._session.view(),
            caption=memory.caption,
            speaking=self._scheduler.speaking(self._now) is not None,
            heard=memory.heard,
            ignored=memory.ignored,
            edge=edge,
            trouble=trouble,
        )

    # --- wait

    def _deadline(self) -> Ms | None:
        tick_ms = self._ports.tick_ms
        times = [
            self._session.deadline_ms,
            self._scheduler.deadline,
            self._memory.ducked_until,
            self._memory.last_words_until,
            None if tick_ms is None else self._now + tick_ms,
        ]
        return min((time for time in times if time is not None), default=None)

    def _is_over(self) -> bool:
        memory, session = self._memory, self._session
        if memory.interrupted:
            return True
        if memory.deaf and not session.finished and session.deadline_ms is None:
            return self._scheduler.idle(self._now)
        if not session.finished:
            return False
        if memory.last_words_until is None:
            memory.last_words_until = self._now + LAST_WORDS_MS
        return self._scheduler.idle(self._now) or self._now >= memory.last_words_until

    def _finish(self) -> bool:
        session = self._session
        completed = session.finished and session.completed
        reason = "completed" if completed else "ended" if session.finished else "interrupted"
        self._ports.reporter.tell(events.ended(self._now, completed=completed, reason=reason))
        self._ports.screen.show(self._view(), self._now)
        if session.finished:
            self._ports.store.finish(
                completed=completed, active_ms=session.active_ms, paused_ms=session.waited_ms
            )
        return completed

    # --- absorb

    def _absorb(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Cue():
                    line = self._ports.phrasing.line_for(effect)
                    if line is not None:
                        self._scheduler.offer(line, self._now)
                case Silence():
                    self._scheduler.silence(self._now)
                case PhaseBegan():
                    self._events.append(events.phase(effect))
                case LevelChanged():
                    self._events.append(events.level(effect))
                case Outcome():
                    self._ports.store.record(effect)
                    self._events.append(events.outcome(effect))
                case Refused():
                    self._events.append(events.refused(effect))
                case _:
                    assert_never(effect)

    # --- react

    def _react(self, message: Message) -> None:
        match message:
            case Heard():
                self._hear(message)
            case Stirred():
                self._duck(message)
            case Pressed():
                self._press(message.command, message.command.value)
            case Typed():
                book, situation = self._ports.phrasebook, self._session.situation
                self._press(command_for_key(message.text, book, situation), message.text)
            case Broken() | Mended():
                self._tell_trouble(message)
            case Woke():
                self._stand_still()
            case InputEnded():
                self._memory.deaf = True
            case Interrupted():
                self._memory.interrupted = True
            case _:
                assert_never(message)

    def _hear(self, message: Heard) -> None:
        memory, transcript = self._memory, message.transcript
        if transcript.words:
            self._events.append(events.heard(transcript, self._now))
        session = self._session
        context = Context(
            situation=session.situation,
            own=memory.own,
            last=memory.last,
            asked_ms=session.asked_ms,
            passing=session.passing,
            duplex=self._ports.duplex,
            company=memory.company,
        )
        decision = interpret(transcript, self._ports.phrasebook, context)
        memory.company = in_company(memory.company, transcript, decision, memory.own)
        if isinstance(decision, Ignored):
            if transcript.words:
                memory.heard, memory.ignored = transcript.text, decision.reason
                self._events.append(events.ignored(transcript.text, decision.reason, self._now))
            if decision.is_asked_again:
                self._absorb(session.ask_again(self._now, for_help=decision.meant in FOR_HELP))
        else:
            memory.last = (decision, transcript.ended_ms)
            memory.heard, memory.ignored = transcript.text, ""
            self._obey(decision, by="voice")
        self._unduck()

    def _press(self, command: Command | None, typed: str) -> None:
        memory = self._memory
        if command is None:
            memory.heard, memory.ignored = typed, "no such key"
            self._events.append(events.ignored(typed, "no such key", self._now))
        else:
            memory.heard, memory.ignored = self._ports.phrasebook.phrases[command][0], ""
            self._obey(command, by="key")

    def _obey(self, command: Command, *, by: str) -> None:
        self._ports.journal.note(self._now, command)
        self._events.append(events.commanded(command.value, self._now, by=by))
        self._absorb(self._session.apply(command, self._now))

    def _stand_still(self) -> None:
        """Count the time that the computer slept as a pause, as any time away."""
        if Command.PAUSE in self._ports.phrasebook.legal(self._session.situation):
            self._obey(Command.PAUSE, by="program")

    def _duck(self, message: Stirred) -> None:
        """Step back when somebody speaks, also before a line begins; never for our own voice.

        What sends her for help is never made quieter: it may be a television that speaks.
        """
        if self._session.mode is Mode.RED:
            return
        if is_louder_than_echo(message.began):
            self._memory.ducked_until = self._now + DUCK_AT_MOST_MS
            self._ports.mouth.obey(Duck(gain_db=DUCK_DB))

    def _unduck(self) -> None:
        if self._memory.ducked_until is not None:
            self._memory.ducked_until = None
            self._ports.mouth.obey(Duck(gain_db=0.0))

    def _tell_trouble(self, message: Broken | Mended) -> None:
        """Say a loss once, in plain words; say the return of what was said to be lost."""
        memory, edge = self._memory, message.edge
        back = isinstance(message, Mended)
        problem = "" if isinstance(message, Mended) else message.problem
        if not back and edge in memory.told:
            memory.told[edge] = problem  # known better by now
            return
        if back and edge not in memory.told:
            return
        if back:
            del memory.told[edge]
        else:
            memory.told[edge] = problem
        self._events.append(events.broken(edge, problem, self._now))
        if edge not in EDGES:
            return
        at_ms = self._now + 100
        cue = Cue(
            meaning=Trouble(edge=edge, back=back),
            at_ms=at_ms,
            latest_ms=at_ms + 6_000,
            end_by_ms=None,
            priority=Priority.REPLY,
        )
        self._absorb([cue])


def _time_of(event: events.Event) -> int:
    at_ms = event["t_ms"]
    return at_ms if isinstance(at_ms, int) else 0
