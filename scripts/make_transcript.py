"""Run a whole session by voice in the PulseAudio room, in real time, and write its transcript.

A person (espeak-ng) speaks into the room, the coach's own voice comes back through the air 10 dB below its
level, and `matside start morning` hears both. What was said, heard and done goes to docs/transcript.md, with
the time from the end of each spoken command to its effect, and how far each line's onset in the recording of
the loudspeaker lies from its time in the plan.

    python scripts/make_transcript.py [--scene early-weeks] [--out docs/transcript.md]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import numpy as np

from matside.content.library import load_library
from matside.hear.wav_source import read_wav, write_wav
from matside.pcm import Signal
from matside.run.speech import open_speech
from matside.settings import Settings, find_paths
from room import Room, open_room

LANGUAGE = "ko"
ECHO_DB = -10.0
RATE_HZ = 16_000
SEARCH = RATE_HZ // 5
"""How far from its time a line is looked for."""
ANCHORS = 12
ALIKE = 0.7
"""A line that was cut, or ducked in its middle, is less like its rendering and is left out."""
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Wish:
    """What the person says, once, so long after an event that fits; and what it means in English."""

    phrase: str
    english: str
    after_s: float
    when: dict[str, Any]


QUESTION_MARK = "?"
QUESTIONS = [Wish("아니요", "no", 0.8, {"kind": "line", "asks": True}) for _ in range(6)]
MORNING = [
    *QUESTIONS,
    Wish("소리 크게", "louder", 2.2, {"phase": "return", "exercise": "breath-arm-raise", "rep": 4}),
    Wish("잠시", "a moment (pause)", 2.6, {"phase": "hold", "exercise": "wall-stand", "rep": 3}),
    Wish("이어서", "continue", 40.0, {"kind": "command", "name": "pause"}),
    Wish("남은 시간", "time left", 1.0, {"phase": "hold", "exercise": "cat-curl", "rep": 4}),
    Wish("너무 약해", "too easy", 1.2, {"phase": "return", "exercise": "cat-curl", "rep": 5}),
    Wish("정지", "stop", 1.2, {"phase": "return", "exercise": "four-point-reach", "rep": 2, "side": 2}),
    Wish("이어서", "continue", 16.0, {"kind": "command", "name": "stop"}),
    Wish("너무 어려워", "too hard", 3.0, {"phase": "hold", "exercise": "plank", "rep": 2}),
    Wish("넘어가", "next", 2.0, {"phase": "rest", "exercise": "bridge", "rep": 3}),
]
EARLY_WEEKS = [
    *QUESTIONS,
    Wish("너무 어려워", "too hard", 1.5, {"phase": "rest", "exercise": "pelvic-floor", "rep": 3}),
    Wish("아야", "ouch (that hurts)", 1.2, {"phase": "return", "exercise": "pelvic-tilt-lying", "rep": 2}),
    # The question begins after two seconds of silence and takes thirteen and a half.
    Wish("아니요", "no", 16.5, {"phase": "pain-asking"}),
    Wish("이어서", "continue", 8.0, {"kind": "command", "name": "no"}),
    Wish("하혈", "bleeding", 1.5, {"phase": "return", "exercise": "leg-slides", "rep": 3, "side": 1}),
]


@dataclass(frozen=True)
class Scene:
    """A session and what is said in it."""

    routine: str
    person: tuple[str, ...]
    wishes: list[Wish]
    page: Path


SCENES = {
    "morning": Scene("morning", ("--stage", "general"), MORNING, ROOT / "docs" / "transcript.md"),
    "early-weeks": Scene(
        "early-weeks-short",
        ("--stage", "postpartum", "--weeks", "4", "--birth", "vaginal"),
        EARLY_WEEKS,
        ROOT / "docs" / "transcript-postpartum.md",
    ),
}


@dataclass
class Person:
    """Say each wish when its event has come."""

    room: Room
    clips: dict[str, Path]
    lengths_s: dict[str, float]
    left: list[Wish]
    said: list[tuple[float, Wish]] = field(default_factory=list)

    def heed(self, event: dict[str, Any]) -> None:
        """Look whether the next wish waits for this event."""
        asks = event["kind"] == "line" and event["text"].endswith(QUESTION_MARK)
        event = event | {"asks": asks}
        if self.left and all(event.get(name) == value for name, value in self.left[0].when.items()):
            wish = self.left.pop(0)
            sounds_s = event["length_ms"] / 1_000 if asks else 0.0
            threading.Timer(wish.after_s + sounds_s, self._say, [wish]).start()

    def _say(self, wish: Wish) -> None:
        print(f"  the person says {wish.phrase} ({wish.english})", file=sys.stderr)
        self.said.append((time.monotonic(), wish))
        self.room.say(self.clips[wish.phrase])


def main() -> None:
    """Run the session and write its page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--scene", choices=SCENES, default="morning")
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    scene = SCENES[given.scene]
    out = given.out or scene.page
    with open_room(echo_gain_db=ECHO_DB) as room:
        events, person, recording = run(room, scene)
        lines = [event for event in events if event["kind"] == "line"]
        env = room.env | {"MATSIDE_HOME": str(room.folder / "home")}
        deviations_ms = onsets(recording, lines, env)
    heard = [event for event in events if event["kind"] == "command"]
    out.write_text(page(scene, events, person, deviations_ms), encoding="utf-8")
    print(f"{len(heard)} commands obeyed of {len(person.said)} spoken; {len(lines)} lines; {out}")


def run(room: Room, scene: Scene) -> tuple[list[dict[str, Any]], Person, Path]:
    """Run the program in the room with a person in it."""
    home = room.folder / "home"
    env = room.env | {"MATSIDE_HOME": str(home)}
    clips, lengths_s = record_person(room.folder, env, scene.wishes)
    person = Person(room, clips, lengths_s, list(scene.wishes))
    room.start_recording()
    asked = ["start", scene.routine, *scene.person, "--language", LANGUAGE, "--json"]
    command = [sys.executable, "-m", "matside", *asked]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) as program:
        assert program.stdout is not None
        events = []
        for line in program.stdout:
            event = json.loads(line)
            events.append(event)
            print(line, end="", file=sys.stderr)
            person.heed(event)
    return events, person, room.stop_recording()


def record_person(
    folder: Path, env: dict[str, str], wishes: list[Wish]
) -> tuple[dict[str, Path], dict[str, float]]:
    """Let another voice than the coach's say every wish, at a normal level."""
    language = load_library().languages[LANGUAGE]
    speech = open_speech(language, Settings(language=LANGUAGE, rate_wpm=165), find_paths(env))
    clips, lengths_s = {}, {}
    for number, phrase in enumerate(dict.fromkeys(wish.phrase for wish in wishes)):
        samples = speech.samples(phrase, RATE_HZ)
        clips[phrase] = folder / f"wish{number}.wav"
        lengths_s[phrase] = len(samples) / RATE_HZ
        write_wav(clips[phrase], np.concatenate([samples, np.zeros(RATE_HZ // 5, np.float32)]))
    return clips, lengths_s


def onsets(recording: Path, lines: list[dict[str, Any]], env: dict[str, str]) -> list[float]:
    """Give how far each line's onset lies from its time, by cross-correlation."""
    language = load_library().languages[LANGUAGE]
    speech = open_speech(language, Settings(language=LANGUAGE), find_paths(env))
    sound = read_wav(recording)
    # The program and the recorder began at different times: most of the first lines agree on how much.
    begins = []
    for line in lines[:ANCHORS]:
        at, likeness = match(sound[: 120 * RATE_HZ], speech.samples(line["text"], RATE_HZ))
        if likeness > ALIKE:
            begins.append(at - line["t_ms"] * RATE_HZ // 1_000)
    begin = int(statistics.median_low(begins))
    found = []
    for line in lines:
        expected = begin + line["t_ms"] * RATE_HZ // 1_000
        pattern = speech.samples(line["text"], RATE_HZ)
        start = max(0, expected - SEARCH)
        at, likeness = match(sound[start : expected + SEARCH + len(pattern)], pattern)
        if likeness > ALIKE:
            found.append((start + at - expected) * 1_000 / RATE_HZ)
    return found


def match(sound: Signal, pattern: Signal) -> tuple[int, float]:
    """Give where a pattern lies in a sound, and how alike the two are there (1 is the same)."""
    size = 1 << (len(sound) + len(pattern)).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(pattern, size))
    correlation = np.fft.irfft(spectrum, size)[: max(1, len(sound) - len(pattern) + 1)]
    at = int(np.argmax(correlation))
    part = sound[at : at + len(pattern)]
    power = float(np.linalg.norm(part) * np.linalg.norm(pattern[: len(part)]))
    return at, float(correlation[at]) / power if power else 0.0


def page(scene: Scene, events: list[dict[str, Any]], person: Person, deviations_ms: list[float]) -> str:
    """Write the page."""
    end = events[-1]
    obeyed = [event for event in events if event["kind"] == "command"]
    heard = [event for event in events if event["kind"] == "heard"]
    delays_ms = [event["t_ms"] - before(heard, event)["end_ms"] for event in obeyed if event["by"] == "voice"]
    rows = [row for event in events if (row := in_row(event))]
    english = {wish.phrase: wish.english for _, wish in person.said}
    glosses = ", ".join(f"{phrase} ({meaning})" for phrase, meaning in english.items())
    middle = statistics.median(deviations_ms)
    asked = " ".join((scene.routine, *scene.person))
    head = f"""# A session by voice, as it ran

`scripts/make_transcript.py` made this page: `matside start {asked} --language ko`
in real time, in a room of PulseAudio null sinks, the coach's own voice coming back {-ECHO_DB:.0f} dB below
its level. The person is espeak-ng, and says: {glosses}.

| what | figure |
| --- | --- |
| length | {end["t_ms"] / 60_000:.1f} min, completed: {str(end["completed"]).lower()} |
| spoken commands | {len(person.said)} |
| commands taken | {len(obeyed)} |
| end of speech to effect | median {statistics.median(delays_ms):.0f} ms, longest {max(delays_ms):.0f} ms |
| lines spoken | {sum(event["kind"] == "line" for event in events)} |
| onset in the recording against its time, {len(deviations_ms)} lines | \
median {middle:.1f} ms, from {min(deviations_ms):.1f} to {max(deviations_ms):.1f} ms |

A line's onset is found by cross-correlating the recording with the line as it was rendered.

| time | coach | person | what happened |
| ---: | --- | --- | --- |
"""
    return head + "\n".join(rows) + "\n"


def before(heard: list[dict[str, Any]], command: dict[str, Any]) -> dict[str, Any]:
    """Give what was heard last before a command."""
    return [event for event in heard if event["t_ms"] <= command["t_ms"]][-1]


def in_row(event: dict[str, Any]) -> str:
    """Put an event into a row of the table; nothing for what only scripts need."""
    at = f"{event['t_ms'] // 60_000}:{event['t_ms'] % 60_000 / 1_000:04.1f}"
    match event["kind"]:
        case "line":
            return f"| {at} | {event['text']} | | |"
        case "heard":
            return f"| {at} | | {event['text']} | |"
        case "command":
            return f"| {at} | | | **{event['name']}** |"
        case "ignored":
            return f"| {at} | | | not taken: {event['reason']} |"
        case "level":
            return f"| {at} | | | {event['exercise']}: level {event['from']} → {event['to']} |"
        case "outcome":
            return f"| {at} | | | {event['exercise']}: {event['result']}, {event['reps_done']} times |"
        case "broken":
            return f"| {at} | | | {event['edge']}: {event['problem'] or 'works again'} |"
        case "end":
            return f"| {at} | | | the end |"
        case _:
            return ""


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
