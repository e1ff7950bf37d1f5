"""A room without hardware: a PulseAudio server of its own with a loudspeaker, a microphone and air between.

    program ──▶ sink "speaker" ──(echo, 60 ms, if wanted)──▶ sink "room" ──▶ source "mic" ──▶ program
                                 a person: room.say(wav) ──────▲

What is heard from the loudspeaker and what stands in the room can be recorded. Every room has its own folder,
socket and server process; the server ends with the room.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

_TOOLS = ("pulseaudio", "pactl", "paplay", "parec", "pacat")
_NOISE_RATE_HZ, _NOISE_S = 8_000, 900
_SERVER = """\
load-module module-native-protocol-unix socket={folder}/native auth-anonymous=1
load-module module-null-sink sink_name=speaker rate=48000 channels=2
load-module module-null-sink sink_name=room rate=48000 channels=1
load-module module-remap-source source_name=mic master=room.monitor
set-default-sink speaker
set-default-source mic
"""


class Room:
    """A running room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        self._players: list[subprocess.Popen[bytes]] = []
        self._recordings: dict[str, tuple[subprocess.Popen[bytes], Path]] = {}
        self._count = 0

    @property
    def server(self) -> str:
        """The value of PULSE_SERVER."""
        return f"unix:{self.folder}/native"

    @property
    def env(self) -> dict[str, str]:
        """The environment of a program that lives in this room."""
        return os.environ | {"PULSE_SERVER": self.server, "PULSE_COOKIE": f"{self.folder}/cookie"}

    def open(self, *, echo_gain_db: float | None = None, has_noise: bool = True) -> None:
        """Start the server and furnish the room."""
        (self.folder / "room.pa").write_text(_SERVER.format(folder=self.folder))
        home = {
            name: str(self.folder)
            for name in (
                "HOME",
                "XDG_RUNTIME_DIR",
                "XDG_CONFIG_HOME",
                "PULSE_RUNTIME_PATH",
                "PULSE_STATE_PATH",
            )
        }
        command = ["pulseaudio", "-n", "-F", f"{self.folder}/room.pa", "--exit-idle-time=-1"]
        options = ["daemonize=no", "use-pid-file=no", "disable-shm=yes", "realtime=no", "high-priority=no"]
        with (self.folder / "pulseaudio.log").open("wb") as log:
            self._server = subprocess.Popen(
                [*command, *(f"--{option}" for option in options)],
                env=os.environ | home,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        wait_until(lambda: "mic" in self._sources(), within_s=20, what="the PulseAudio room")
        if echo_gain_db is not None:
            self.add_echo(echo_gain_db)
        if has_noise:
            self.play_noise()

    def close(self) -> None:
        """End everything that this room started."""
        for name in list(self._recordings):
            self.stop_recording(name)
        for process in [*self._players, self._server]:
            if process is not None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                if process.poll() is None:
                    process.kill()
                    process.wait(5)

    def say(self, wav: Path) -> subprocess.Popen[bytes]:
        """Let a person in the room say what a WAV holds; returns at once."""
        return self._player(["paplay", "--device=room", str(wav)])

    def say_until(self, is_heard: Callable[[], object], wav: Path) -> None:
        """Let a person say it, and again like a person until it is heard: a busy machine may lose a word.

        How often the first time is enough is what `scripts/bench_hearing.py` measures.
        """
        for _ in range(3):
            self.say(wav)
            with contextlib.suppress(AssertionError):
                return wait_until(is_heard, within_s=6, what="that it is heard")
        self.say(wav)
        return wait_until(is_heard, within_s=6, what=f"{wav.stem} to be heard, said four times")

    def play(self, wav: Path) -> subprocess.Popen[bytes]:
        """Let another program play a WAV through the loudspeaker; returns at once."""
        return self._player(["paplay", "--device=speaker", str(wav)])

    def start_recording(self, source: str = "speaker.monitor") -> None:
        """Record "speaker.monitor" (the loudspeaker alone) or "room.monitor" (what the microphone gets)."""
        self._count += 1
        path = self.folder / f"recording-{self._count}.wav"
        command = ["parec", f"--device={source}", "--file-format=wav", "--rate=48000", "--channels=1"]
        process = subprocess.Popen([*command, "--format=s16le", "--latency-msec=20", str(path)], env=self.env)
        self._recordings[source] = (process, path)
        wait_until(lambda: self._is_recorded(process), within_s=10, what="the recorder")

    def stop_recording(self, source: str = "speaker.monitor") -> Path:
        """End a recording and give its file: 48 kHz, mono, 16 bit."""
        process, path = self._recordings.pop(source)
        process.send_signal(signal.SIGINT)
        process.wait(10)
        return path

    def record(self, length_s: float, source: str = "speaker.monitor") -> Path:
        """Record for so many seconds."""
        self.start_recording(source)
        time.sleep(length_s)
        return self.stop_recording(source)

    def add_echo(self, gain_db: float) -> None:
        """Let the microphone hear the loudspeaker, 60 ms late and this much quieter."""
        index = self._pactl(
            "load-module",
            "module-loopback",
            "source=speaker.monitor",
            "sink=room",
            "latency_msec=60",
            "adjust_time=0",
        )
        for line in self._pactl("list", "short", "sink-inputs").splitlines():
            number, _, _, driver, *_ = line.split("\t")
            if "loopback" in driver:
                self._pactl("set-sink-input-volume", number, f"{gain_db}dB")
        assert index

    def play_noise(self, length_s: int = _NOISE_S) -> None:
        """Give the room a noise floor of -70 dBFS: a microphone that gives zeros counts as muted."""
        noise = np.random.default_rng(1).normal(0.0, 10.0, _NOISE_RATE_HZ * length_s)
        path = self.folder / "noise.raw"
        path.write_bytes(np.rint(noise).astype("<i2").tobytes())
        form = ["--raw", "--format=s16le", f"--rate={_NOISE_RATE_HZ}", "--channels=1"]
        self._player(["pacat", "--playback", "--device=room", *form, str(path)])

    def break_microphone(self) -> None:
        """Unplug the microphone."""
        self._unload("module-remap-source")

    def mend_microphone(self) -> None:
        """Plug it in again."""
        self._pactl("load-module", "module-remap-source", "source_name=mic", "master=room.monitor")
        self._pactl("set-default-source", "mic")

    def break_speaker(self) -> None:
        """Unplug the loudspeaker; recordings of it end."""
        self._unload("module-null-sink", "sink_name=speaker")

    def mend_speaker(self) -> None:
        """Plug it in again."""
        self._pactl("load-module", "module-null-sink", "sink_name=speaker", "rate=48000", "channels=2")
        self._pactl("set-default-sink", "speaker")

    def suspend(self, what: str, name: str, *, on: bool = True) -> None:
        """Put a "sink" or a "source" to sleep, as a computer does that saves power, or wake it."""
        self._pactl(f"suspend-{what}", name, "1" if on else "0")

    def hold(self, length_s: float) -> None:
        """Stop the sound server for a moment, as a machine does that is busy elsewhere: blocks are lost."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)
        try:
            time.sleep(length_s)
        finally:
            self._server.send_signal(signal.SIGCONT)

    def mute_microphone(self, *, on: bool = True) -> None:
        """Let the microphone give nothing but zeros, or sound again."""
        self._pactl("set-source-mute", "mic", "1" if on else "0")

    def set_microphone_gain(self, gain_db: float) -> None:
        """Turn the microphone down, or up."""
        self._pactl("set-source-volume", "mic", f"{gain_db}dB")

    def add_sink(self, name: str, rate_hz: int) -> None:
        """Plug another loudspeaker in, and make it the default."""
        self._pactl("load-module", "module-null-sink", f"sink_name={name}", f"rate={rate_hz}", "channels=2")
        self._pactl("set-default-sink", name)

    def remove_sink(self, name: str) -> None:
        """Unplug it."""
        self._unload("module-null-sink", f"sink_name={name} ")

    def _player(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env=self.env, stderr=subprocess.DEVNULL)
        self._players.append(process)
        return process

    def _unload(self, module: str, argument: str = "") -> None:
        for line in self._pactl("list", "short", "modules").splitlines():
            number, name, *rest = line.split("\t")
            if name == module and argument in "".join(rest):
                self._pactl("unload-module", number)

    def _is_recorded(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, "parec ended"
        return "parec" in self._pactl("list", "source-outputs")

    def _sources(self) -> str:
        assert self._server is not None
        if self._server.poll() is not None:
            log = (self.folder / "pulseaudio.log").read_text()
            message = f"PulseAudio ended at once:\n{log}"
            raise RuntimeError(message)
        with contextlib.suppress(subprocess.CalledProcessError):
            return self._pactl("list", "short", "sources")
        return ""

    def _pactl(self, *words: str) -> str:
        done = subprocess.run(
            ["pactl", *words], env=self.env, capture_output=True, text=True, check=True, timeout=20
        )
        return done.stdout


@contextlib.contextmanager
def open_room(*, echo_gain_db: float | None = None, has_noise: bool = True) -> Iterator[Room]:
    """Open a room, and close it whatever happens.

    Args:
        echo_gain_db: How much quieter the microphone hears the loudspeaker; None for headphones.
        has_noise: False makes the room as silent as a muted microphone.
    """
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        say_missing(f"the room needs {', '.join(missing)} (apt install pulseaudio pulseaudio-utils)")
    with tempfile.TemporaryDirectory(prefix="room-") as folder:
        room = Room(Path(folder))
        try:
            room.open(echo_gain_db=echo_gain_db, has_noise=has_noise)
            yield room
        finally:
            room.close()


@contextlib.contextmanager
def inside(room: Room) -> Iterator[None]:
    """Put this very process into the room: its PortAudio finds the room's devices."""
    from matside import portaudio

    before = {name: os.environ.get(name) for name in ("PULSE_SERVER", "PULSE_COOKIE")}
    os.environ.update({name: room.env[name] for name in before})
    try:
        if (problem := portaudio.library_problem()) is not None:
            say_missing(f"{problem} {problem.hint}")
        portaudio.renew_if_changed()
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@pytest.fixture
def room() -> Iterator[Room]:
    """A fresh room without echo, and this process inside it."""
    with open_room() as opened, inside(opened):
        yield opened


def say_missing(what: str) -> None:
    """Fail where everything must be there, skip loudly on a laptop."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing: {what}")
    pytest.skip(f"NOT TESTED: {what}")


def wait_until(is_so, *, within_s: float, what: str) -> None:
    """Poll until it is so; fail naming what was waited for."""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        if is_so():
            return
        time.sleep(0.05)
    message = f"waited {within_s} s in vain for {what}"
    raise AssertionError(message)
