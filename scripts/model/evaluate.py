"""Tune a model's costs on development data, or report how good it is, through the ear and Vosk.

    evaluate.py WORK MODEL tune      try costs, print the curve, write the best into MODEL/model.toml, report
    evaluate.py WORK MODEL report    the figures of the model as it stands
    evaluate.py WORK DIR set         write the held-out clips as a set for `matside bench hearing DIR`
    evaluate.py WORK DIR talk        the same of talk that judges; nothing of it may be taken

Commands of the phrasebook that people said in the corpus are few ("stop", "yes", "no"), so there are two
books: "phrasebook" is what ships; "stand-ins" adds every word that people said, to see the network at work on
all of them. Nobody whose clips are judged is in training, but of the orders nobody knows who spoke, and the
voices of `kokoro-dev` are new blends of old voices: its figures tell phrases apart, not people. False
commands are counted in talk that training never saw (`talk.py`): on a game's dialogue and on prompts costs
are tuned; what a session takes of two other games' (`in_session.py`) alone decides the gate.
"""

import argparse
import itertools
import json
import tomllib
import wave
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import export
import noises
import numpy as np
import texts
from corpus import RATE_HZ, Clip, Store
from heard import Condition, condition, continuous, length_s, made, running
from in_session import lines_to_tune_on, pieces_of, simulated, takes
from judge import Book, Judge, Reading, accepted, count
from talk import JUDGES, TUNES

from matside.hear.command_graph import GraphCosts
from matside.hear.command_model import Confidence
from matside.understand.company import FOR_HELP

_WAKE_WORDS: Final = ("alexa", "computer", "jarvis", "snowboy", "smart mirror", "view glass")
STAND_INS: Final = ("left", "right", "up", "down", "on", "off", "go", *_WAKE_WORDS)
CONDITIONS: Final = ("near", "room-2.5m-30dB", "room-2.5m-12dB", "room-2.5m-6dB")
LEAST_RIGHT_PERCENT: Final = 85.0
MOST_WRONG_PERCENT: Final = 3.0
MOST_FALSE_AN_HOUR: Final = 1.0
RACES: Final = ((0.4, 1.4),)
"""Costs of a phone and of a blank that are tried; 2.2 was, too, and heard less at as many false ones."""
ENTRIES: Final = (4, 5, 6)
SHORTS: Final = (0.0,)
"""With 0.5 the first network took a third fewer false ones, but heard 71 % of people's "stop", not 83 %."""
DECOYS: Final = (1.0, 2.0, 3.0, 4.0)
URGENTS: Final = (0.0,)
"""An urgent phrase is never taken on more evidence than another would be."""
LONGS: Final = (1.0,)
"""With the entry, less than `judge.BEHIND`: what is further behind is not seen here."""
LEAD: Final = 0.3
"""A command must lead all else by so much, or be said again: from afar that saves some wrong commands."""
SPARED: Final = ("stop", "pause", "pain")
"""Commands that needn't be: a false one costs a pause, a missed one more."""
AT_ONCE: Final = (*SPARED, *FOR_HELP)
"""What a person alone is taken at once for; what sends for help is doubted among others' talk only."""
MARGIN_PERCENT: Final = 3.0
"""What development data must have over the gate's share of people's commands."""
POINTS_FOR_A_FALSE_ONE: Final = 2.0
"""Percent of the commands that may be lost, or taken wrongly, for one false command less in an hour of talk,
as a session takes it."""
POINTS_FOR_A_FALSE_LINE: Final = 0.03
"""The same where every line is judged by itself, as if nobody else had talked: a session takes so few that
they don't tell costs apart."""
WEIGHED: Final = ("near", "room-2.5m-12dB")
"""Where commands count, people's as much as the voices'."""
TUNED_ON: Final = ("near", "room-2.5m-30dB", "room-2.5m-12dB")
NOISE_S: Final = 900.0
BY_LINE: Final = "dialogue, to tune on"
EVERY: Final = 2
"""Of the held-out clips of people, every second one judges: 442 clips in four conditions."""


def shipped_book() -> tuple[Book, dict[str, str]]:
    """Give the phrasebook's graph, and each phrase's command."""
    file = tomllib.loads((texts.LANGUAGE / "phrasebook.toml").read_text(encoding="utf-8"))
    same = {
        texts.plain(phrase): entry["command"] for entry in file["commands"] for phrase in entry["phrases"]
    }
    urgent = {entry["command"] for entry in file["commands"] if entry.get("urgent")}
    return (
        Book(
            phrases=tuple(same),
            decoys=tuple(dict.fromkeys([*map(texts.plain, file["decoys"]), *texts.near_misses()])),
            urgent=frozenset(phrase for phrase, command in same.items() if command in urgent),
        ),
        same,
    )


def held_out(work: Path, names: Sequence[str]) -> list[tuple[Store, Clip]]:
    """List the clips of people who aren't in training."""
    opened = [Store(work / "corpus", name) for name in names]
    return [(store, clip) for store in opened for clip in store.clips() if clip.split == "dev" and clip.text]


@dataclass(slots=True)
class Material:
    """All that a model is judged on."""

    people: dict[str, Condition]
    voices: dict[str, Condition]
    talk: dict[str, Condition]
    unseen: dict[str, Condition]
    noise: dict[str, Condition]

    @classmethod
    def of(cls, work: Path) -> "Material":
        """Make it, or read what was made before."""
        folder = work / "heard"
        people, voices = held_out(work, ["words", "wakewords"])[::EVERY], held_out(work, ["kokoro-dev"])
        orders = held_out(work, ["orders"])
        read = [
            (store, clip)
            for store in (Store(work / "corpus", n) for n in ("lj", "vctk"))
            for clip in store.clips()
        ]
        dialogue, prompts = (_running_lines(work, name) for name in TUNES)
        kinds = {
            "breathing": noises.breathing,
            "household": noises.knocks,
            "music": noises.music,
            "air": noises.coloured,
        }
        return cls(
            people={name: condition(folder / "people", name, people) for name in CONDITIONS},
            voices={name: condition(folder / "voices", name, voices) for name in CONDITIONS}
            if voices
            else {},
            talk={
                "orders": running(folder, "orders", length_s(orders), continuous(orders)),
                "read aloud, in training": running(folder, "read", length_s(read), continuous(read)),
                BY_LINE: dialogue,
                "prompts, to tune on": prompts,
            },
            unseen={f"{name}, judging": _running_lines(work, name) for name in JUDGES},
            noise={name: running(folder, name, NOISE_S, made(kind)) for name, kind in kinds.items()},
        )


def _running_lines(work: Path, name: str) -> Condition:
    """Give what the ear finds in the lines of one source, half a second apart."""
    store = Store(work / "corpus", name)
    lines = [(store, clip) for clip in store.clips()]
    return running(work / "heard", name, length_s(lines), continuous(lines))


def tune(work: Path, material: Material, folder: Path) -> None:
    """Try costs, print the curve, and write the best within the gate."""
    shipped, same = shipped_book()
    wide = Book(phrases=(*shipped.phrases, *STAND_INS), decoys=_strange(shipped), urgent=shipped.urgent)
    at_once = frozenset(phrase for phrase, command in same.items() if command in AT_ONCE)
    best: tuple[float, GraphCosts, Confidence, Judge] | None = None
    lines = lines_to_tune_on(work)
    columns = ["a phone", "blank", "entry", "urgent", "short", "decoy", "long"]
    for kind, name in itertools.product(("people", "voices"), TUNED_ON):
        columns += [f"{kind} {name} right %", "wrong %"]
    an_hour_of = [f"an hour of {name}" for name in (*material.talk, "a session")]
    print("\t".join([*columns, "other words %", *an_hour_of, "taken there"]))
    for garbage_phone, blank in RACES:
        judge = Judge(folder, wide, (garbage_phone, blank))
        phones = {phrase: judge.phones(phrase) for phrase in wide.phrases if judge.vocabulary.knows(phrase)}
        own = {phrase: phones[phrase] for phrase in shipped.phrases if phrase in phones}
        read = {
            kind: [
                (one, judge.read_all(one))
                for one in conditions.values()
                if one.name in TUNED_ON or not one.clips
            ]
            for kind, conditions in (
                ("people", material.people),
                ("voices", material.voices),
                ("talk", material.talk),
            )
        }
        everything = [readings for pairs in read.values() for _, readings in pairs]
        in_lines = {id(one.heard): one for one in judge.read_each(lines.heard)}
        of = sum(1 for one, _ in read["people"] for truth, _ in one.truths if truth not in own)
        for garbage, urgent, short, decoy, long in itertools.product(ENTRIES, URGENTS, SHORTS, DECOYS, LONGS):
            costs = GraphCosts(
                garbage=float(garbage),
                garbage_phone=garbage_phone,
                decoy=decoy,
                short=short,
                long=long,
                urgent=urgent,
                blank=blank,
            )
            heard = {
                (kind, one.name): count(
                    one,
                    list(accepted(readings, listened, costs, known, (LEAD, at_once))),
                    frozenset(known),
                    same,
                )
                for kind, listened, known in (("people", wide, phones), ("voices", shipped, own))
                for one, readings in read[kind]
            }
            shares = [share for got in heard.values() for share in (got.right_percent, got.wrong_percent)]
            an_hour = [
                len(list(accepted(readings, shipped, costs, own, (LEAD, at_once)))) / one.hours
                for one, readings in read["talk"]
            ]
            confidence = calibrate(everything, shipped, costs, own)
            taken = simulated(lines, in_lines, shipped, own, (costs, confidence))
            an_hour.append(len(taken) / lines.hours)
            others = 0
            for _, rs in read["people"]:
                alike = accepted(rs, shipped, costs, own, (LEAD, at_once))
                others += sum(1 for r, _, _ in alike if r.heard.truth not in own)
            strange = 100 * others / max(1, of)
            row = (garbage_phone, blank, garbage, urgent, short, decoy, long, *shares, strange, *an_hour)
            print("\t".join([*(f"{value:.1f}" for value in row), ", ".join(taken)]), flush=True)
            people = heard["people", "near"]
            counted = [heard[kind, name] for kind in ("people", "voices") for name in WEIGHED]
            worth = sum(got.right_percent - got.wrong_percent for got in counted) / len(counted)
            by_line = an_hour[list(material.talk).index(BY_LINE)]
            worth -= POINTS_FOR_A_FALSE_LINE * by_line + POINTS_FOR_A_FALSE_ONE * an_hour[-1]
            worth -= 8 * max(0.0, LEAST_RIGHT_PERCENT + MARGIN_PERCENT - people.right_percent)
            worth -= 8 * max(0.0, people.wrong_percent - MOST_WRONG_PERCENT + 0.5)
            if best is None or worth > best[0]:
                best = (worth, costs, confidence, judge)
    assert best is not None
    book = tomllib.loads((texts.LANGUAGE / "phrasebook.toml").read_text(encoding="utf-8"))
    written = tuple(map(texts.plain, book["decoys"]))
    write_settings(
        folder,
        costs={name: round(value, 2) for name, value in asdict(best[1]).items()},
        confidence=asdict(best[2]),
        graph={
            "phrases": list(shipped.phrases),
            "decoys": list(written),
            "near": [decoy for decoy in shipped.decoys if decoy not in written],
            "urgent": sorted(shipped.urgent),
        },
    )
    export.make_command_graph.main(folder)  # else the session below would listen at the costs of before
    report(work, material, folder, best[3])


def calibrate(
    read: Iterable[list[Reading]], book: Book, costs: GraphCosts, phones: dict[str, int]
) -> Confidence:
    """Fit how likely an accepted phrase is right by its lead over the next reading."""
    _, same = shipped_book()
    leads, right = list[float](), list[float]()
    for readings in read:
        for reading, text, lead in accepted(readings, book, costs, phones):
            leads.append(min(lead, 8.0))
            right.append(float(same.get(reading.heard.truth) == same[text]))
    x, y = np.array(leads), np.array(right)
    slope, offset = 0.5, 0.0
    for _ in range(200):
        p = 1 / (1 + np.exp(-(slope * x + offset)))
        weight = p * (1 - p) + 1e-6
        design = np.stack([x, np.ones_like(x)], axis=1)
        step = np.linalg.solve((design.T * weight) @ design + 1e-3 * np.eye(2), design.T @ (y - p))
        slope, offset = slope + step[0], offset + step[1]
    slope, offset = round(max(float(slope), 0.05), 3), round(float(offset), 3)
    return Confidence(
        slope=slope,
        offset=offset,
        least=round(Confidence(slope=slope, offset=offset).of(LEAD), 3),
        spared=sorted(phrase for phrase, command in same.items() if command in SPARED),
    )


def write_settings(folder: Path, **tables: dict[str, Any]) -> None:
    """Write tables of the model's settings anew, and keep the others."""
    file = folder / "model.toml"
    settings: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    settings |= {"schema": "command-model/1", "language": "en"} | tables
    settings.setdefault(
        "measured", {"default": False, "right_percent": 0.0, "wrong_percent": 0.0, "false_an_hour": 0.0}
    )
    lines = ["# Made by scripts/model/evaluate.py: tuned on development data, and what was measured."]
    lines += [
        f"{name} = {json.dumps(value)}" for name, value in settings.items() if not isinstance(value, dict)
    ]
    for name, table in settings.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")


def report(work: Path, material: Material, folder: Path, judge: Judge | None = None) -> None:
    """Print the figures, and write those of the gate into the model's settings.

    Args:
        work: Where the talk is.
        material: What is judged on.
        folder: The model.
        judge: One that has read some of it before, with the same costs of a phone and a blank.
    """
    shipped, same = shipped_book()
    settings: dict[str, Any] = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
    costs = GraphCosts(**settings["costs"])
    confidence = Confidence(**settings["confidence"])
    lead = confidence.least_margin
    at_once = frozenset(phrase for phrase, command in same.items() if command in AT_ONCE)
    wide = Book(phrases=(*shipped.phrases, *STAND_INS), decoys=_strange(shipped), urgent=shipped.urgent)
    judge = judge or Judge(folder, wide, (costs.garbage_phone, costs.blank))
    phones = {phrase: judge.phones(phrase) for phrase in wide.phrases if judge.vocabulary.knows(phrase)}
    own = {phrase: phones[phrase] for phrase in shipped.phrases if phrase in phones}
    print(f"{len(own)} phrases; with stand-ins {len(phones)}")
    gate: dict[str, float] = {}
    for kind, conditions in (("people", material.people), ("voices", material.voices)):
        for one in conditions.values():
            readings = judge.read_all(one)
            taken = list(accepted(readings, wide, costs, phones, (lead, at_once)))
            got = count(one, taken, frozenset(phones), same)
            print(f"{kind} {one.name}: {got}", flush=True)
            if one.name == "near":
                _by_phrase(one, taken, frozenset(phones), same)
                gate |= {f"{kind} right": got.right_percent, f"{kind} wrong": got.wrong_percent}
            if kind == "people":
                taken = list(accepted(readings, shipped, costs, own, (lead, at_once)))
                print(f"    stop, yes, no among the phrasebook: {count(one, taken, frozenset(own), same)}")
                false = [(r, text) for r, text, _ in taken if r.heard.truth not in own]
                of = sum(1 for truth, _ in one.truths if truth not in own)
                print(f"    other words taken for a command: {len(false)} of {of}: {_common(false)}")
    for name, one in (material.talk | material.unseen | material.noise).items():
        false = [
            (r, text) for r, text, _ in accepted(judge.read_all(one), shipped, costs, own, (lead, at_once))
        ]
        where = f"{name}, {one.hours:.2f} h, {len(one.heard)} utterances"
        print(f"{where}: {len(false)} taken for a command, true ones too {_common(false)}", flush=True)
    found, hours = takes(work, folder)
    for taken in found:
        said = ", truly said" if taken.is_said else ""
        print(f"    {taken.source}, minute {taken.minute}: {taken.command.value} ({taken.text}){said}")
    an_hour = round(sum(not taken.is_said for taken in found) / hours, 2)
    print(f"as a session in a hold takes it: {an_hour} an hour in {hours:.2f} h")
    is_heard = gate["people right"] >= LEAST_RIGHT_PERCENT and gate["people wrong"] <= MOST_WRONG_PERCENT
    write_settings(
        folder,
        measured={
            "default": is_heard and an_hour < MOST_FALSE_AN_HOUR,
            "right_percent": round(gate["people right"], 1),
            "wrong_percent": round(gate["people wrong"], 1),
            "false_an_hour": an_hour,
        },
    )


def _strange(book: Book) -> tuple[str, ...]:
    """Give the decoys that are no stand-ins."""
    return tuple(decoy for decoy in book.decoys if decoy not in STAND_INS)


def write_set(work: Path, folder: Path) -> None:
    """Write held-out people's clips, the orders and the voices' phrases as recordings with a manifest."""
    _, same = shipped_book()
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["path,text,kind,condition"]
    for number, (store, clip) in enumerate(held_out(work, ["words", "wakewords", "orders", "kokoro-dev"])):
        name = f"{number:05d}.wav"
        with wave.open(str(folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            quiet = np.zeros(RATE_HZ, "<i2").tobytes()
            file.writeframes(quiet + store.sound(clip).tobytes() + quiet)
        is_command = clip.text in same
        rows.append(
            f"{name},{clip.text if is_command else ''},{'command' if is_command else 'speech'},{clip.source}"
        )
    (folder / "manifest.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")


def write_talk(work: Path, folder: Path) -> None:
    """Write the talk that judges as recordings of five minutes, in which nothing may be taken."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["path,text,kind,condition"]
    for name, minute, sound in pieces_of(work):
        with wave.open(str(folder / f"{name}-{minute:03d}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        rows.append(f"{name}-{minute:03d}.wav,,speech,{name}")
    (folder / "manifest.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")


def _common(false: list[tuple[Reading, str]]) -> str:
    pairs = Counter(f"{reading.heard.truth or '-'} > {text}" for reading, text in false)
    return ", ".join(f"{pair} {times}" for pair, times in pairs.most_common(8))


def _by_phrase(
    one: Condition, taken: list[tuple[Reading, str, float]], wanted: frozenset[str], same: dict[str, str]
) -> None:
    for phrase in sorted({truth for truth, _ in one.truths if truth in wanted}):
        said = [text for reading, text, _ in taken if reading.heard.truth == phrase and text != phrase]
        got = count(one, taken, frozenset([phrase]), same)
        if got.right < got.clips:
            print(f"    {phrase}: {got} {dict(Counter(said))}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("step", choices=["tune", "report", "set", "talk"])
    given = parser.parse_args()
    match given.step:
        case "set":
            write_set(given.work, given.model)
        case "talk":
            write_talk(given.work, given.model)
        case "tune":
            tune(given.work, Material.of(given.work), given.model)
        case _:
            report(given.work, Material.of(given.work), given.model)


if __name__ == "__main__":
    main()
