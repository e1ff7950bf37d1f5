"""The one door to PortAudio, shared by the microphone and the loudspeaker.

PortAudio reads the list of devices once, when it is initialised, and says nothing when a device goes away.
To find a device that came back it must be terminated and initialised anew, and that kills every open stream
of the process, the other edge's too. So both edges go through this module:

    claim = portaudio.claim(my_release)              # once; my_release() closes my stream, it may be called
                                                     # from another thread and must not wait for my own thread
    with portaudio.opening():                        # around every query, open and start
        device = portaudio.find_device(name, "output")
        stream = portaudio.library().OutputStream(device=device.index, samplerate=device.rate_hz, ...)
        stream.start()
    ...
    portaudio.close(stream)                          # never stream.close(): that can hang for ever
    portaudio.renew_if_changed()                     # before a retry: renews only where it would help
    claim.drop()                                     # when the edge ends

An edge whose stream was closed by somebody else's renewal sees its watchdog fire (or notices that
`portaudio.generation()` moved) and opens again at once. `renew_if_changed` asks a short-lived process which
devices exist now and leaves the library alone where nothing changed, so a microphone that stays away never
interrupts the coach.

Both edges say when a sample is in the air in *stream seconds*: the `time.monotonic` of the stream's first
sample plus samples / rate, never corrected while the stream lives. That is what the speaker's
`between(start_s, end_s)` counts in. The two streams of one sound card then drift together, an echo stays
where the canceller learnt it, and contiguous questions get contiguous samples. Corrected time is for the
session's clock alone.

Everything raises `EdgeError` with a hint; nothing else leaves this module.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, Literal

from matside.errors import EdgeError
from matside.units import Hz

Kind = Literal["input", "output"]

_LOCK: Final = threading.RLock()
_CLAIMS: Final[list["Claim"]] = []
_CLOSE_WITHIN_S: Final = 2.0
_PROBE_WITHIN_S: Final = 5.0
_PROBE: Final = (
    "import json, sounddevice as sd;"
    "keys = ('name', 'max_input_channels', 'max_output_channels');"
    "print(json.dumps([[d[key] for key in keys] for d in sd.query_devices()]))"
)
_HINTS: Final = {
    "linux": "Install PortAudio: sudo apt install libportaudio2 libasound2-plugins, or its like.",
    "darwin": "Install the package again: pip install --force-reinstall sounddevice",
    "win32": "Install the package again: pip install --force-reinstall sounddevice",
}


class _State:
    """What must outlive a call: how often the library was renewed, and whether a close ever hung."""

    generation = 0
    is_stuck = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device as it stood in PortAudio's list when it was asked for.

    Attributes:
        index: Valid until the next renewal only; find the device by name again after it.
        rate_hz: The device's own rate; other rates are often refused.
        channels: How many it offers in the direction asked for.
    """

    index: int
    name: str
    rate_hz: Hz
    channels: int


class Claim:
    """An edge that has, or may have, a stream open."""

    def __init__(self, release: Callable[[], None]) -> None:
        self._release = release

    def release(self) -> None:
        """Close the edge's stream because the library is about to be renewed."""
        with contextlib.suppress(Exception):
            self._release()

    def drop(self) -> None:
        """Forget this edge."""
        with _LOCK, contextlib.suppress(ValueError):
            _CLAIMS.remove(self)


def claim(release: Callable[[], None]) -> Claim:
    """Register an edge whose stream must be closed before the library is renewed."""
    made = Claim(release)
    with _LOCK:
        _CLAIMS.append(made)
    return made


def library() -> ModuleType:
    """Give the `sounddevice` module.

    Raises:
        EdgeError: PortAudio isn't installed or can't start.
    """
    try:
        import sounddevice
    except (OSError, ImportError) as error:
        hint = _HINTS.get(sys.platform, "Install PortAudio.")
        raise EdgeError(f"No sound: {error}", hint=hint) from error
    except Exception as error:  # PortAudioError has no name before the import succeeded
        raise EdgeError(f"No sound: PortAudio didn't start ({error}).") from error
    module: ModuleType = sounddevice
    return module


def library_problem() -> EdgeError | None:
    """Say why there can be no sound at all, or None where there can."""
    try:
        library()
    except EdgeError as error:
        return error
    return None


def generation() -> int:
    """Count the renewals so far; a stream opened under an older count is closed."""
    return _State.generation


def devices(kind: Kind) -> list[Device]:
    """List the devices that can record ("input") or play ("output").

    Raises:
        EdgeError: There is no PortAudio.
    """
    sd = library()
    with _LOCK:
        found = [(index, dict(entry)) for index, entry in enumerate(sd.query_devices())]
    return [_device(index, entry, kind) for index, entry in found if entry[f"max_{kind}_channels"] > 0]


def find_device(name: str | None, kind: Kind) -> Device:
    """Find a device by name: the whole name first, then any part of one; None is the system's default.

    Raises:
        EdgeError: There is no such device; the hint lists those there are.
    """
    sd = library()
    what = "microphone" if kind == "input" else "loudspeaker"
    offered = devices(kind)
    if name is None:
        try:
            with _LOCK:
                entry = dict(sd.query_devices(kind=kind))
        except (ValueError, sd.PortAudioError) as error:
            raise EdgeError(
                f"No {what} found.", hint="Connect one; it is picked up when it is there."
            ) from error
        return _device(int(entry["index"]), entry, kind)
    wanted = name.casefold()
    by_rank = [d for d in offered if d.name.casefold() == wanted]
    by_rank += [d for d in offered if wanted in d.name.casefold()]
    if by_rank:
        return by_rank[0]
    names = ", ".join(f'"{device.name}"' for device in offered) or "none"
    raise EdgeError(f'No {what} is called "{name}".', hint=f"There are: {names}.")


@contextlib.contextmanager
def opening() -> Iterator[None]:
    """Hold the library still around queries, opens and starts, and name PortAudio's refusals.

    Raises:
        EdgeError: PortAudio refused what was tried inside.
    """
    sd = library()
    with _LOCK:
        try:
            with _quiet_stderr():
                yield
        except sd.PortAudioError as error:
            raise EdgeError(f"The sound device can't be opened: {_reason(error)}.") from error


def close(stream: Any) -> bool:
    """Abort and close a stream without ever hanging.

    Returns:
        Whether it closed; where it didn't, the stream is abandoned and the library is never renewed again.
    """

    def shut() -> None:
        with contextlib.suppress(Exception):
            stream.abort(ignore_errors=True)
        with contextlib.suppress(Exception):
            stream.close(ignore_errors=True)

    worker = threading.Thread(target=shut, name="matside-close", daemon=True)
    worker.start()
    worker.join(_CLOSE_WITHIN_S)
    if worker.is_alive():
        _State.is_stuck = True
        return False
    return True


def renew_if_changed() -> bool:
    """Read the list of devices again where it changed; every open stream of the process is closed then.

    Returns:
        Whether the library was renewed.
    """
    now = _probe()
    if now is None or _State.is_stuck:
        return False
    sd = library()
    with _LOCK:
        known = [[d["name"], d["max_input_channels"], d["max_output_channels"]] for d in sd.query_devices()]
        if now == known:
            return False
        for one in _CLAIMS.copy():
            one.release()
        with contextlib.suppress(sd.PortAudioError):
            sd._terminate()  # noqa: SLF001
        with _quiet_stderr(), contextlib.suppress(sd.PortAudioError):
            sd._initialize()  # noqa: SLF001
        _State.generation += 1
    return True


def _probe() -> list[list[Any]] | None:
    """Ask a fresh process for the devices; None where it can't tell."""
    command = [sys.executable, "-c", _PROBE]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_PROBE_WITHIN_S, check=True, stdin=subprocess.DEVNULL
        )
        answer: list[list[Any]] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return answer


def _device(index: int, entry: dict[str, Any], kind: Kind) -> Device:
    return Device(
        index=index,
        name=str(entry["name"]),
        rate_hz=round(entry["default_samplerate"]),
        channels=int(entry[f"max_{kind}_channels"]),
    )


def _reason(error: Exception) -> str:
    """Take PortAudio's own words without its error numbers."""
    return str(error.args[0] if error.args else error).split(" [")[0].rstrip(".")


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep the C libraries' chatter off the screen; ALSA and JACK print whatever they couldn't find."""
    try:
        saved = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
