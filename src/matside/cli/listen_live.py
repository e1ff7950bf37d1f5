"""Live listening without a session: the microphone, the ear, and whoever takes what was heard."""

import queue
import time
from collections.abc import Callable, Sequence

from matside.hear.ear import Hearing
from matside.hear.listener import Listener
from matside.hear.microphone import Microphone
from matside.hear.vosk_recogniser import Model, VoskRecogniser
from matside.run.route_watch import RouteWatch
from matside.understand.transcript import Transcript
from matside.units import Ms, milliseconds


class _Collector:
    """Bring what the listening thread gives to the main thread."""

    def __init__(self) -> None:
        self.arrived: queue.SimpleQueue[Transcript | str] = queue.SimpleQueue()

    def post(self, heard: Hearing) -> None:
        """Take what was heard."""
        if isinstance(heard, Transcript):
            self.arrived.put(heard)

    def lost(self, edge: str, problem: str) -> None:
        """Tell of a loss."""
        self.arrived.put(f"The {edge} doesn't work: {problem}")

    def found(self, edge: str) -> None:
        """Tell of a return."""
        self.arrived.put(f"The {edge} works again.")


def listen_live(
    model: Model,
    phrases: Sequence[str],
    *,
    microphone: str | None,
    take: Callable[[Transcript], None],
    trouble: Callable[[str], None],
) -> None:
    """Listen until Ctrl-C."""
    began_s = time.monotonic()

    def to_session_ms(monotonic_s: float) -> Ms:
        return milliseconds(monotonic_s - began_s)

    collector = _Collector()
    listener = Listener(
        Microphone(microphone), lambda: VoskRecogniser(model, phrases), collector, to_session_ms
    )
    listener.attend(phrases)
    listener.start()
    watch = RouteWatch(collector.arrived.put, listener.deafen)
    is_watching = watch.open()
    try:
        while True:
            arrived = collector.arrived.get()
            if isinstance(arrived, Transcript):
                if arrived.words:
                    take(arrived)
            else:
                trouble(arrived)
    finally:
        if is_watching:
            watch.close()
        listener.stop()
