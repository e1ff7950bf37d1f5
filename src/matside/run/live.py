"""The one module that names the concrete edges: it opens the devices or files that were asked for.

What isn't there is told by a message and done without: a session needs neither microphone nor loudspeaker.
"""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from matside.errors import EdgeError
from matside.hear.ear import Ear as RecordingEar
from matside.hear.listener import Listener
from matside.hear.microphone import Microphone
from matside.hear.model_search import FoundModel, NoModel, find_model
from matside.hear.opening import how_to_get
from matside.hear.vosk_recogniser import Recogniser, VoskRecogniser, load_model
from matside.hear.wav_source import WavSource
from matside.run.absent import NoEar, NoMouth
from matside.run.from_file import BLOCK_MS, FileInbox, real_time
from matside.run.live_inbox import LiveInbox
from matside.run.message import Broken, Message, Typed
from matside.run.ports import Ear, Inbox, Mouth
from matside.run.request import Request
from matside.run.route_watch import RouteWatch
from matside.say.prerender import Prerenderer
from matside.say.sample_clock import SampleClock
from matside.say.silent_mouth import SilentMouth
from matside.say.speaker import Speaker
from matside.say.wav_mouth import WavMouth
from matside.show.keyboard import Keyboard
from matside.understand.phrasebook import Phrasebook
from matside.units import Ms

_SHOWN_S = 5.0


class Door(Inbox, Protocol):
    """An inbox that also takes messages from here."""

    def put(self, message: Message) -> None:
        """Take a message."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """What a session runs on, opened."""

    door: Door
    mouth: Mouth
    ear: Ear
    finish: Callable[[Ms], None] = lambda _at_ms: None
    """Called with the session time of the end."""


def open_edges(request: Request, speech: Prerenderer, start_ms: Ms, stack: ExitStack, *, keys: bool) -> Edges:
    """Open what was asked for; whatever was opened is closed with the stack."""
    if request.devices.mic_wav is not None or request.devices.fast:
        return _on_files(request, speech, start_ms, stack)
    return _on_devices(request, speech, start_ms, stack, keys=keys)


def _on_files(request: Request, speech: Prerenderer, start_ms: Ms, stack: ExitStack) -> Edges:
    devices = request.devices
    source = WavSource(devices.mic_wav) if devices.mic_wav is not None else None
    model = _model(request)
    recogniser = None
    if isinstance(model, FoundModel) and source is not None:
        recogniser = VoskRecogniser(load_model(model.path, request.paths.models))
    ear = RecordingEar(recogniser, origin_ms=start_ms)
    ear.decoys = _decoys(request)
    mouth = _wav_mouth(request, speech, start_ms, stack)
    door = FileInbox(
        source.blocks(BLOCK_MS) if source is not None else iter(()),
        ear,
        played=mouth,
        origin_ms=start_ms,
        wait_until=None if devices.fast else real_time(start_ms),
    )
    if isinstance(model, NoModel) and source is not None:
        door.put(_no_model(model))
    if mouth is None:
        return Edges(door=door, mouth=NoMouth(), ear=ear)
    return Edges(door=door, mouth=mouth, ear=ear, finish=mouth.finish)


def _on_devices(
    request: Request, speech: Prerenderer, start_ms: Ms, stack: ExitStack, *, keys: bool
) -> Edges:
    model = _model(request) if request.devices.listens else None
    hears = isinstance(model, FoundModel)
    clock = SampleClock(start_ms=start_ms)
    sources = {name for name, there in (("keys", keys), ("voice", hears)) if there}
    door = LiveInbox(clock.now_ms, sources=sources)
    if isinstance(model, NoModel):
        door.put(_no_model(model))
    if keys:
        stack.enter_context(_keyboard(door))
    mouth = _wav_mouth(request, speech, start_ms, stack) or _speaker(request, speech, clock, door, stack)
    if not isinstance(model, FoundModel):
        _watch_routes(door, stack, deafened=lambda: None)
        return Edges(door=door, mouth=mouth, ear=NoEar())
    path = model.path

    def load() -> Recogniser:
        return VoskRecogniser(load_model(path, request.paths.models))

    listener = Listener(
        Microphone(request.settings.microphone),
        load,
        door,
        lambda monotonic_s: round(clock.at_ms(monotonic_s)),
        mouth if isinstance(mouth, Speaker) else None,
    )
    listener.ear.decoys = _decoys(request)
    _watch_routes(door, stack, deafened=listener.deafen)
    stack.callback(listener.stop)
    listener.start()
    return Edges(door=door, mouth=mouth, ear=listener)


def _watch_routes(door: LiveInbox, stack: ExitStack, deafened: Callable[[], None]) -> None:
    """Show for a moment where the sound goes when the sound server moves it; nothing is lost by that."""
    hides: threading.Timer | None = None

    def moved(where: str) -> None:
        nonlocal hides
        if hides is not None:
            hides.cancel()
            door.found("route")
        door.lost("route", where)
        hides = threading.Timer(_SHOWN_S, door.found, ["route"])
        hides.daemon = True
        hides.start()

    watch = RouteWatch(moved, deafened)
    if watch.open():
        stack.callback(watch.close)


def _decoys(request: Request) -> frozenset[str]:
    return frozenset(Phrasebook.of(request.language.phrasebook).decoys)


def _model(request: Request) -> FoundModel | NoModel:
    return find_model(request.language.model, explicit=request.devices.model, own=request.paths.models)


def _no_model(missing: NoModel) -> Broken:
    return Broken(edge="model", problem=f"There is no model for hearing. {how_to_get(missing.name)}")


def _wav_mouth(request: Request, speech: Prerenderer, start_ms: Ms, stack: ExitStack) -> WavMouth | None:
    if request.devices.speaker_wav is None:
        return None
    mouth = WavMouth(request.devices.speaker_wav, speech, origin_ms=start_ms)
    stack.callback(mouth.close)
    return mouth


def _speaker(
    request: Request, speech: Prerenderer, clock: SampleClock, door: LiveInbox, stack: ExitStack
) -> Speaker | SilentMouth:
    speaker = Speaker(
        speech,
        clock,
        device=request.settings.speaker,
        lost=lambda problem: door.lost("speaker", problem),
        found=lambda: door.found("speaker"),
    )
    try:
        speaker.open_when_there()
    except EdgeError as error:
        door.lost("speaker", f"{error} {error.hint}".strip())
        return SilentMouth(clock)
    stack.callback(speaker.close)
    return speaker


@contextlib.contextmanager
def _keyboard(door: LiveInbox) -> Iterator[None]:
    """Read keys for as long as the session runs; a closed standard input is no loss worth a word."""
    if sys.stdin is None:
        door.gone("keys")
        yield
        return
    keyboard = Keyboard(lambda text: door.put(Typed(text=text)), lambda: door.gone("keys"))
    keyboard.open()
    try:
        yield
    finally:
        keyboard.close()
