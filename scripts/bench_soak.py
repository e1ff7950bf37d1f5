#!/usr/bin/env python3
"""Let one session run for hours in the sound room, with the coach's echo and people who talk, and watch it.

`matside start` runs on a routine that is long enough, in real time. The coach's voice comes back through the
air; people and a television talk about half of the time and never say a command; and once in a while the
person asks for the time, which shows that it still hears. Watched are the memory of the program (at ten
minutes and at the end), every command that nobody gave, and how far each line's onset in the recording of the
loudspeaker lies from its time on the session's clock. Progress goes to a file, one JSON object a line, so a
run that is broken off still says what it saw.

    python scripts/bench_soak.py [--minutes 120] [--echo-db -10] [--progress soak.jsonl] [--json]

Where other programs want the processor, too, run it in real time, or sound that is lost makes the lines late:
`chrt -r 3 python scripts/bench_soak.py`, and then `chrt -a -r -p 5 $(pgrep -x pulseaudio)`.
"""

import argparse
import contextlib
import json
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from matside.content.library import load_library
from matside.hear.wav_source import write_wav
from matside.pcm import Signal
from matside.run.speech import open_speech
from matside.say.prerender import Prerenderer
from matside.settings import Settings, find_paths
from room import Room, open_room
from spoken import Saying, at_level, speak

LANGUAGE: Final = "ko"
RATE_HZ: Final = 16_000
ASKS_EVERY_S: Final = 300.0
ASKED: Final = ("남은 시간", "time")
"""What the person says now and then, and the command that it must become."""
GENUINE_WITHIN_MS: Final = 8_000
SETTLED_S: Final = 600
KEPT_S: Final = 60
SEARCH_MS: Final = 200
SETTLING_MS: Final = 5_000
"""A sound server may still settle its buffers under the first line; the second is what others are held to."""
ALIKE: Final = 0.7
"""A line that was ducked in its middle is less like its rendering and is left out."""
TALK_DB: Final = -26.0
"""As loud as a person in the room."""
SILENT_MS: Final = 700
DROP_MS: Final = 5.0
"""A step from one line to the next that is more is a block that was dropped on the way to the recorder."""

PEOPLE: Final = (
    "어제 동생이랑 시장에 갔다가 사과를 한 봉지 사 왔는데 아주 달더라",
    "버스가 늦게 와서 회의에 십 분이나 늦었지 뭐야",
    "주말에는 비가 많이 온다고 하니까 빨래를 미리 해야겠어",
    "그 영화는 처음에는 지루했지만 뒤로 갈수록 재미있었어",
    "아기가 밤새 깨서 우는 바람에 한숨도 못 잤어",
    "냉장고에 두부랑 감자가 있으니까 저녁에는 찌개를 끓이자",
    "할머니 생신이 다음 달이니까 선물을 골라 보자",
    "새로 생긴 빵집에서 산 식빵이 정말 부드러웠어",
    "우리 집 고양이는 창가에서 햇볕을 쬐는 걸 좋아해",
    "택배가 왔는데 문 앞에 두고 갔나 봐",
    "전기 요금이 지난달보다 많이 나왔어",
    "자전거 바퀴에 바람이 빠져서 걸어서 왔어",
    "도서관에서 빌린 책을 오늘까지 돌려줘야 해",
    "내일 아침에 병원에 가려면 일찍 일어나야 해",
    "그래서 말이야 어제 우체국에 다녀왔는데 줄이 너무 길더라",
    "점심을 늦게 먹어서 아직 배가 안 고프네",
    "응 알았어 금방 갈게",
    "여보 리모컨 어디 있어",
    "오늘 밤 전국에 구름이 많고 남부 지방에는 소나기가 내리겠습니다",
    "주식 시장은 사흘째 오름세를 보이며 장을 마감했습니다",
    "선수들은 후반전에 두 골을 넣으며 경기를 뒤집었습니다",
    "양파를 잘게 썰어 기름에 볶다가 물을 붓고 끓여 주세요",
)
Clips: TypeAlias = list[tuple[Path, str, float]]
"""Recordings, what is said in them, and how long they are."""
WAYS_BACK: Final = {"pause": "c", "stop": "c", "pain": "0c", "end": "0", "sleep": "w"}
"""The keys that lead back from what nobody meant."""
VOICES: Final = ("ko", "ko+f2", "ko+m3", "ko+f4", "ko+m7", "ko+Annie")


@dataclass
class Watch:
    """What is seen while the session runs."""

    progress: Path
    began_s: float = field(default_factory=time.monotonic)
    memory: list[tuple[float, int]] = field(default_factory=list)
    off_ms: list[tuple[float, float]] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    asked_s: float = -1e9
    false: list[dict[str, Any]] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)
    utterances: int = 0
    lines: int = 0
    troubles: list[dict[str, Any]] = field(default_factory=list)
    talked_s: float = 0.0
    said: str = ""
    heard: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)

    @property
    def at_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began_s

    def note(self, **facts: Any) -> None:
        """Write one line of progress."""
        with self.progress.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at_s": round(self.at_s, 1)} | facts, ensure_ascii=False) + "\n")

    def heed(self, event: dict[str, Any]) -> bool:
        """Take an event; say whether it is a command that nobody gave."""
        kind = event["kind"]
        self.last = event
        if kind == "heard":
            self.utterances += 1
            self.heard = event
        elif kind == "line":
            self.lines += 1
        elif kind == "ignored":
            self.ignored[event["reason"]] = self.ignored.get(event["reason"], 0) + 1
        elif kind == "broken":
            self.troubles.append(event)
            self.note(**event)
        elif kind == "command" and event["by"] == "voice":
            if event["name"] == ASKED[1] and self.at_s - self.asked_s < GENUINE_WITHIN_MS / 1000:
                self.answered += 1
                self.asked_s = -1e9
                return False
            self.false.append(event)
            self.note(false=event["name"], t_ms=event["t_ms"], heard=self.heard, said=self.said)
            return True
        return False


class Recording:
    """The last minute of what the loudspeaker played, from a recorder's pipe."""

    def __init__(self, room: Room) -> None:
        form = ["--raw", f"--rate={RATE_HZ}", "--channels=1", "--format=s16le", "--latency-msec=50"]
        self._recorder = subprocess.Popen(
            ["parec", "--device=speaker.monitor", *form], env=room.env, stdout=subprocess.PIPE
        )
        self._sound = np.zeros(KEPT_S * RATE_HZ, np.float32)
        self._count = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._recorder.stdout is not None
        while raw := self._recorder.stdout.read(3_200):
            part = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.float32) / 32768
            with self._lock:
                at = np.arange(self._count, self._count + len(part)) % len(self._sound)
                self._sound[at] = part
                self._count += len(part)

    @property
    def count(self) -> int:
        """Samples recorded so far."""
        return self._count

    def part(self, start: int, end: int) -> Signal | None:
        """Give a stretch, or None where it isn't there any more or not yet."""
        with self._lock:
            if not self._count - len(self._sound) < start < end <= self._count:
                return None
            return np.asarray(self._sound[np.arange(start, end) % len(self._sound)], np.float32)

    def end(self) -> None:
        """End the recorder."""
        self._recorder.terminate()
        self._recorder.wait(10)


class Onsets:
    """Find where lines begin in the recording, and how far that is from where they should."""

    def __init__(self, recording: Recording, speech: Prerenderer, watch: Watch) -> None:
        self._recording, self._speech, self._watch = recording, speech, watch
        self._begin: int | None = None
        self._moved = 0
        self._waiting: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def heed(self, event: dict[str, Any]) -> None:
        """Look for this line later."""
        if event["kind"] == "line" and event["length_ms"] > SILENT_MS and event["t_ms"] > SETTLING_MS:
            with self._lock:
                self._waiting.append(event | {"seen": self._recording.count})

    def look(self) -> None:
        """Look for the lines that have been heard by now."""
        with self._lock:
            count = self._recording.count
            ready = [e for e in self._waiting if e["seen"] + _at(e["length_ms"] + 3_000) < count]
            self._waiting = [e for e in self._waiting if e not in ready]
        for event in ready:
            self._measure(event)

    def _measure(self, event: dict[str, Any]) -> None:
        pattern = self._speech.samples(event["text"], RATE_HZ)
        plan = _at(event["t_ms"])
        if self._begin is None:
            start, end = max(1, event["seen"] - 2 * RATE_HZ), event["seen"] + len(pattern) + 2 * RATE_HZ
        else:
            # Blocks that the sound server dropped move all that follows: look where the last line was.
            start = max(1, self._begin + self._moved + plan - _at(SEARCH_MS))
            end = self._begin + self._moved + plan + _at(SEARCH_MS) + len(pattern)
        sound = self._recording.part(start, end)
        if sound is None:
            return
        at, likeness = match(sound, pattern)
        if likeness < ALIKE:
            return
        if self._begin is None:
            self._begin = start + at - plan
        self._moved = start + at - plan - self._begin
        self._watch.off_ms.append((self._watch.at_s, (start + at - plan - self._begin) * 1000 / RATE_HZ))


def _at(ms: float) -> int:
    return round(ms * RATE_HZ / 1000)


def match(sound: Signal, pattern: Signal) -> tuple[int, float]:
    """Give where a pattern lies in a sound, and how alike the two are there (1 is the same)."""
    size = 1 << (len(sound) + len(pattern)).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(pattern, size))
    correlation = np.fft.irfft(spectrum, size)[: max(1, len(sound) - len(pattern) + 1)]
    at = int(np.argmax(correlation))
    part = sound[at : at + len(pattern)]
    power = float(np.linalg.norm(part) * np.linalg.norm(pattern[: len(part)]))
    return at, float(correlation[at]) / power if power else 0.0


def routine(minutes: float) -> str:
    """Write a routine that is long enough."""
    exercises = (("paced-breathing", 12), ("cat-curl", 8), ("bridge", 8), ("wall-stand", 8))
    items: list[str] = []
    lasts_s = 0.0
    while lasts_s < minutes * 60:
        for exercise, reps in exercises:
            items.append(f'[[items]]\nexercise = "{exercise}"\nlevel = 1\nreps = {reps}\n')
        lasts_s += 300  # a lap lasts 365 s: on its first day an exercise has fewer repetitions
    head = 'schema = "routine/1"\nid = "soak"\ncheck = "general"\n[[items]]\npassage = "welcome-breathe"\n'
    return head + "".join(items)


def record_people(folder: Path) -> tuple[Clips, Path]:
    """Let several voices say what people say, and one voice the question."""
    sayings = [Saying(text=text, voice=voice, rate_wpm=170) for voice in VOICES for text in PEOPLE]
    clips = []
    for number, (saying, sound) in enumerate(zip(sayings, speak(sayings), strict=True)):
        path = folder / f"talk{number}.wav"
        write_wav(path, at_level(sound, TALK_DB))
        clips.append((path, saying.text, len(sound) / RATE_HZ))
    (question,) = speak([Saying(text=ASKED[0], voice="ko", rate_wpm=165)])
    asked = folder / "asked.wav"
    write_wav(asked, np.concatenate([at_level(question, TALK_DB), np.zeros(RATE_HZ // 5, np.float32)]))
    return clips, asked


def talk(room: Room, clips: Clips, asked: Path, watch: Watch, is_over: threading.Event) -> None:
    """Let people talk, and the person ask in a moment when nobody does."""
    chance = random.Random(7)  # noqa: S311 no secret is made
    next_ask_s = 120.0
    while not is_over.is_set():
        if watch.at_s > next_ask_s:
            next_ask_s += ASKS_EVERY_S
            if is_over.wait(3.0):
                return
            watch.asked += 1
            watch.asked_s = watch.at_s
            room.say(asked).wait()
            is_over.wait(5.0)
            continue
        path, watch.said, length_s = chance.choice(clips)
        room.say(path).wait()
        watch.talked_s += length_s
        is_over.wait(chance.choice((0.3, 0.6, 1.5, 3.0, 6.0)))


def resident_kb(pid: int) -> int:
    """Give a process's resident memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


@contextlib.contextmanager
def session(room: Room, minutes: float) -> Iterator["subprocess.Popen[str]"]:
    """Run the program; a reader of its output ends with it."""
    own = room.folder / "soak.toml"
    own.write_text(routine(minutes), encoding="utf-8")
    env = room.env | {"MATSIDE_HOME": str(room.folder / "home")}
    options = ["--stage", "general", "--language", LANGUAGE, "--json"]
    command = [sys.executable, "-m", "matside", "start", str(own), *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True, bufsize=1) as program:
        try:
            yield program
        finally:
            program.terminate()


def soak(minutes: float, echo_db: float, progress: Path) -> dict[str, Any]:
    """Run it all."""
    with open_room(echo_gain_db=echo_db, has_noise=False) as room:
        room.play_noise(round(minutes * 60) + 300)
        clips, asked = record_people(room.folder)
        recording = Recording(room)
        watch = Watch(progress)
        is_over = threading.Event()
        language = load_library().languages[LANGUAGE]
        home = room.env | {"MATSIDE_HOME": str(room.folder / "home")}
        with session(room, minutes) as program:
            speech = open_speech(language, Settings(language=LANGUAGE), find_paths(home))
            onsets = Onsets(recording, speech, watch)
            threading.Thread(target=_read, args=(program, watch, onsets), daemon=True).start()
            threading.Thread(target=talk, args=(room, clips, asked, watch, is_over), daemon=True).start()
            while watch.at_s < minutes * 60 and program.poll() is None:
                time.sleep(10)
                onsets.look()
                with contextlib.suppress(OSError):
                    watch.memory.append((watch.at_s, resident_kb(program.pid)))
                if len(watch.memory) % 6 == 0:
                    watch.note(**figures(watch))
            code = program.poll()
            is_over.set()
        recording.end()
        return figures(watch) | {"lived": code is None, "exit_code": code, "last_event": watch.last}


def _read(program: "subprocess.Popen[str]", watch: Watch, onsets: Onsets) -> None:
    with contextlib.suppress(ValueError):  # closed at the end
        _read_on(program, watch, onsets)


def _read_on(program: "subprocess.Popen[str]", watch: Watch, onsets: Onsets) -> None:
    assert program.stdout is not None
    is_asking = False
    for line in program.stdout:
        event = json.loads(line)
        if "kind" not in event:
            watch.note(**event)
            continue
        if event["kind"] == "phase":
            is_asking = event["phase"] == "checking"
        elif event["kind"] == "line" and is_asking:  # the six questions of the day, answered "no"
            threading.Timer(event["length_ms"] / 1000, _press, (program, "0")).start()
        onsets.heed(event)
        if watch.heed(event) and event["name"] in WAYS_BACK:
            # Nobody meant it: go on by key, so that the rest of the time is worth something.
            for key in WAYS_BACK[event["name"]]:
                threading.Timer(4.0, _press, (program, key)).start()


def _press(program: "subprocess.Popen[str]", key: str) -> None:
    assert program.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        program.stdin.write(f"{key}\n")
        program.stdin.flush()


def figures(watch: Watch) -> dict[str, Any]:
    """Sum up what was seen so far."""
    at_ten = [kb for at_s, kb in watch.memory if SETTLED_S - 60 <= at_s <= SETTLED_S + 60]
    latest = [kb for _, kb in watch.memory[-12:]]
    found: dict[str, Any] = {
        "minutes": round(watch.at_s / 60, 1),
        "lines": watch.lines,
        "utterances": watch.utterances,
        "talked_s": round(watch.talked_s),
        "ignored": watch.ignored,
        "false_commands": len(watch.false),
        "asked": watch.asked,
        "answered": watch.answered,
        "troubles": len(watch.troubles),
        "rss_mb": round(statistics.median(latest) / 1024, 1) if latest else None,
    }
    if at_ten and latest:
        found["rss_at_ten_mb"] = round(statistics.median(at_ten) / 1024, 1)
        found["growth_percent"] = round(100 * (statistics.median(latest) / statistics.median(at_ten) - 1), 2)
    if watch.off_ms:
        off = np.array([ms for _, ms in watch.off_ms])
        last = np.array([ms for at_s, ms in watch.off_ms if at_s > watch.at_s - 600])
        steps = np.diff(off)
        found |= {
            "onsets": len(off),
            "drops_ms": [round(float(step), 1) for step in steps if abs(step) > DROP_MS],
            "from_line_to_line_worst_ms": round(
                float(max([0.0, *np.abs(steps[np.abs(steps) <= DROP_MS])])), 2
            ),
            "off_p50_ms": round(float(np.median(np.abs(off))), 2),
            "off_p99_ms": round(float(np.percentile(np.abs(off), 99)), 2),
            "off_worst_ms": round(float(np.abs(off).max()), 2),
            "off_last_ten_minutes_ms": round(float(np.median(last)), 2) if len(last) else None,
        }
    return found


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=120.0, help="how long (default 120)")
    parser.add_argument("--echo-db", type=float, default=-10.0, help="level of the coach in the microphone")
    parser.add_argument("--progress", type=Path, default=Path("soak.jsonl"), help="where progress is written")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    found = soak(given.minutes, given.echo_db, given.progress)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        print(f"{name:>26}  {value}")


if __name__ == "__main__":
    main()
