"""Conduct a session: lay it out or take it up again, keep its records, open its edges, run the loop."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType

from matside.content.exercise import Stage
from matside.errors import EdgeError, MatsideError
from matside.history.store import Store
from matside.run.absent import NoReporter, NoScreen
from matside.run.journal import Header, Journal, Written
from matside.run.keeping import Keeper
from matside.run.live import Door, open_edges
from matside.run.loop import Loop, Ports
from matside.run.message import Broken, Interrupted
from matside.run.ports import Reporter, Screen
from matside.run.request import Request, fingerprint
from matside.run.speech import open_speech
from matside.say.phrasing import Phrasing
from matside.say.prerender import Prerenderer
from matside.session.command import Command
from matside.session.foresee import meanings_of
from matside.session.machine import Session
from matside.session.outcome import Effect, Outcome
from matside.session.plan import Plan
from matside.session.transitions import Mode
from matside.understand.phrasebook import Phrasebook
from matside.units import Ms

TICK_MS: Ms = 250
_UNPAUSED = frozenset({Mode.PAIN_ASKING, Mode.DIZZY_ASKING, Mode.RED, Mode.ADVISED, Mode.CLOSING, Mode.ENDED})
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchers:
    """Who sees the session, and who is told while it gets ready.

    Attributes:
        progress: Told how many texts are rendered, of how many.
        keys: Whether to read keys.
    """

    screen: Screen = field(default_factory=NoScreen)
    reporter: Reporter = field(default_factory=NoReporter)
    progress: Callable[[int, int], None] = lambda _done, _total: None
    keys: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a run ended.

    Attributes:
        finished: It came to an end of some kind; otherwise it can be resumed.
        completed: It came to the plan's own end.
        advised: The last that it told her is what to do instead; resumed, it tells her again.
        is_kept: All of it lies in the history.
    """

    finished: bool
    completed: bool
    advised: bool = False
    is_kept: bool = True


def run_session(request: Request, watchers: Watchers, *, resumed: Written | None = None) -> Ran:
    """Run a session, from the first word to the last.

    Args:
        request: What was asked for.
        watchers: Who sees it.
        resumed: The journal of the interrupted session to go on with.
    """
    plan = request.plan()
    with ExitStack() as stack:
        session = Session(plan)
        session.comfort.volume_db = request.settings.volume_db
        start = _catch_up(session, resumed)
        speech = _prepare_speech(request, plan, watchers)
        edges = open_edges(request, speech, start.at_ms, stack, keys=watchers.keys)
        keeper = _open_keeper(request, plan, resumed, edges.door, stack)
        for command in start.bridge:
            keeper.note(resumed.last_ms if resumed else 0, command)
        for outcome in start.outcomes:
            # Killed between an outcome and its record: recording again is harmless, a gap isn't.
            keeper.record(outcome)
        if speech.problem:
            edges.door.put(Broken(edge="speech", problem=speech.problem))
        stack.enter_context(_heed_signals(edges.door))
        loop = Loop(
            session,
            Ports(
                inbox=edges.door,
                mouth=edges.mouth,
                ear=edges.ear,
                phrasing=Phrasing(request.language, speech, is_quiet=request.settings.quiet),
                phrasebook=Phrasebook.of(request.language.phrasebook),
                screen=watchers.screen,
                reporter=watchers.reporter,
                store=keeper,
                journal=keeper,
                tick_ms=None if request.devices.fast else TICK_MS,
                duplex=request.devices.duplex,
            ),
            start_ms=start.at_ms,
        )
        completed = loop.run(first=start.first)
        edges.finish(loop.now_ms)
        return Ran(
            finished=session.finished,
            completed=completed,
            advised=session.advised,
            is_kept=keeper.is_kept,
        )


def was_advised(request: Request, written: Written) -> bool:
    """Tell whether the last that an interrupted session told her is what to do instead.

    False, too, where its plan has changed since, for then nobody can say what she was told.
    """
    plan = request.plan()
    if fingerprint(plan) != written.header.plan:
        return False
    session = Session(plan)
    _replay(session, written)
    return session.advised


def _replay(session: Session, written: Written) -> list[Effect]:
    """Bring a session to where its journal ends, and give what came of it."""
    effects = [effect for note in written.notes for effect in session.apply(note.command, note.at_ms)]
    return [*effects, *session.advance(written.last_ms)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """Where a session begins: at 0, or where it was interrupted, with the outcomes up to there.

    Attributes:
        bridge: What was done at the moment of the interruption, to let the time away pass harmlessly.
        first: What to begin with.
    """

    at_ms: Ms = 0
    bridge: tuple[Command, ...] = ()
    first: tuple[Command, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


def _catch_up(session: Session, resumed: Written | None) -> _Start:
    """Replay an interrupted session; the time away counts as a pause, with all that follows from it."""
    if resumed is None:
        return _Start()
    outcomes = tuple(effect for effect in _replay(session, resumed) if isinstance(effect, Outcome))
    away_ms = max(0, round((datetime.now(UTC).timestamp() - resumed.path.stat().st_mtime) * 1_000))
    # Nobody was there to answer "end here?", and going on by herself is an answer.
    bridge = (Command.NO,) * (session.mode is Mode.END_ASKING) + (Command.PAUSE,)
    for command in bridge:
        session.apply(command, resumed.last_ms)
    if session.mode in _UNPAUSED:
        # These don't stand still, so the time away must not pass in them: it would be taken for silence.
        return _Start(at_ms=resumed.last_ms, bridge=bridge, first=(Command.REPEAT,), outcomes=outcomes)
    at_ms = resumed.last_ms + away_ms
    return _Start(at_ms=at_ms, bridge=bridge, first=(Command.RESUME,), outcomes=outcomes)


def _prepare_speech(request: Request, plan: Plan, watchers: Watchers) -> Prerenderer:
    speech = open_speech(request.language, request.settings, request.paths)
    phrasing = Phrasing(request.language, speech)
    speech.prerender(phrasing.texts_for(meanings_of(plan)), watchers.progress)
    return speech


def _open_keeper(
    request: Request, plan: Plan, resumed: Written | None, door: Door, stack: ExitStack
) -> Keeper:
    def broke(problem: str) -> None:
        door.put(Broken(edge="history", problem=problem))

    record = journal = None
    now = datetime.now(UTC)
    try:
        store = stack.enter_context(Store.open(request.paths.history))
        kept = resumed.header.record if resumed else None
        record = store.resume(kept) if kept is not None else None
        if record is None:
            stage = request.today.person.known_stage
            record = store.begin(
                started_at=now,
                routine=request.name,
                language=request.language.code,
                stage=None if stage is Stage.UNKNOWN else stage.value,
            )
    except MatsideError as error:
        broke(str(error))
    try:
        if resumed is not None:
            journal, _ = Journal.resume(resumed.path)
        else:
            header = Header(
                routine=request.name,
                routine_text=request.routine.text,
                language=request.language.code,
                options=request.options(),
                plan=fingerprint(plan),
                started_at=now,
                record=record.id if record else None,
            )
            journal = Journal.begin(request.paths.journal, header)
    except EdgeError as error:
        broke(str(error))
    keeper = Keeper(record, journal, broke)
    stack.callback(keeper.close)
    return keeper


@contextlib.contextmanager
def _heed_signals(door: Door) -> Iterator[None]:
    """Turn Ctrl-C and a request to end into a message, so that the session closes in order."""

    def heed(_number: int, _frame: FrameType | None) -> None:
        door.put(Interrupted())

    before = {}
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None:
            before[number] = signal.signal(number, heed)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
