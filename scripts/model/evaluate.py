"""Tune a model's costs on development data, or report how good it is, through the ear and Vosk.

    evaluate.py WORK MODEL tune      try costs, print the curve, write the chosen ones into MODEL/model.toml
    evaluate.py WORK MODEL report    the figures of the model as it stands

Commands of the phrasebook that people said in the corpus are few ("stop", "yes", "no"), so there are two
books: "phrasebook" is what ships; "stand-ins" adds every word that people said, to see the network at work on
all of them. Nobody whose clips are judged is in training, but of the orders nobody knows who spoke, and the
voices of `kokoro-dev` are new blends of old voices: its figures tell phrases apart, not people.
"""

import argparse
import itertools
import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import noises
import numpy as np
import texts
from corpus import Clip, Store
from heard import Condition, condition, continuous, length_s, made, running
from judge import Book, Judge, Reading, accepted, count

from matside.hear.command_graph import GraphCosts

_WAKE_WORDS: Final = ("alexa", "computer", "jarvis", "snowboy", "smart mirror", "view glass")
STAND_INS: Final = ("left", "right", "up", "down", "on", "off", "go", *_WAKE_WORDS)
CONDITIONS: Final = ("near", "room-1m-20dB", "room-2.5m-12dB", "room-2.5m-6dB", "coach-6dB")
TUNED_ON: Final = ("near", "room-2.5m-12dB", "coach-6dB")
NOISE_S: Final = 900.0
EVERY: Final = 2
"""Of the held-out clips of people, every second one judges: 440 clips in five conditions."""


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
            decoys=tuple(map(texts.plain, file["decoys"])),
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
                "orders (held out)": running(folder, "orders", length_s(orders), continuous(orders)),
                "read aloud (in training)": running(folder, "read", length_s(read), continuous(read)),
            },
            noise={name: running(folder, name, NOISE_S, made(kind)) for name, kind in kinds.items()},
        )


def tune(material: Material, folder: Path) -> None:
    """Try costs, print the curve, and write the best within the gate."""
    shipped, same = shipped_book()
    wide = Book(phrases=(*shipped.phrases, *STAND_INS), decoys=shipped.decoys, urgent=shipped.urgent)
    best: tuple[float, GraphCosts] | None = None
    columns = ["a phone", "entry", "short", "people right %", "wrong %", "voices right %", "wrong %"]
    print("\t".join([*columns, "other words %", "an hour of talk"]))
    for garbage_phone in (0.0, 0.4, 0.8, 1.2):
        judge = Judge(folder, wide, garbage_phone)
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
        of = sum(1 for one, _ in read["people"] for truth, _ in one.truths if truth not in own)
        hours = sum(one.hours for one, _ in read["talk"])
        for garbage, short in itertools.product(np.arange(0.0, 9.0, 1.0), (0.0, 0.6)):
            costs = GraphCosts(
                garbage=float(garbage), garbage_phone=garbage_phone, decoy=0.0, short=short, urgent=1.0
            )
            heard = _summed(read["people"], wide, costs, phones, same)
            spoken = _summed(read["voices"], shipped, costs, own, same)
            an_hour = sum(len(list(accepted(rs, shipped, costs, own))) for _, rs in read["talk"]) / hours
            others = 0
            for _, rs in read["people"]:
                others += sum(1 for r, _, _ in accepted(rs, shipped, costs, own) if r.heard.truth not in own)
            strange = 100 * others / max(1, of)
            row = (garbage_phone, garbage, short, *heard, *spoken, strange, an_hour)
            print("\t".join(f"{value:.1f}" for value in row), flush=True)
            worth = (
                heard[0]
                + spoken[0]
                - 4 * max(0.0, heard[1] - 2)
                - 10 * max(0.0, an_hour - 0.8)
                - 0.5 * strange
            )
            if best is None or worth > best[0]:
                best = (worth, costs)
    assert best is not None
    write_settings(folder, best[1], calibrate(material, folder, best[1]))


def calibrate(material: Material, folder: Path, costs: GraphCosts) -> tuple[float, float]:
    """Fit how likely an accepted phrase is right by its lead over the next reading: slope and offset."""
    book, same = shipped_book()
    judge = Judge(folder, book, costs.garbage_phone)
    phones = {phrase: judge.phones(phrase) for phrase in book.phrases if judge.vocabulary.knows(phrase)}
    leads, right = list[float](), list[float]()
    for one in (*material.people.values(), *material.voices.values(), *material.talk.values()):
        for reading, text, lead in accepted(judge.read_all(one), book, costs, phones):
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
    return max(float(slope), 0.05), float(offset)


def write_settings(folder: Path, costs: GraphCosts, confidence: tuple[float, float]) -> None:
    """Write the costs, the calibration and what the graph holds."""
    book, _ = shipped_book()
    lines = [
        "# What the graph's paths cost and what a lead is worth, tuned on development data: docs/model.md.",
        'schema = "command-model/1"',
        'language = "en"',
        "",
        "[costs]",
        *(f"{name} = {getattr(costs, name):.2f}" for name in costs.__dataclass_fields__),
        "",
        "[confidence]",
        f"slope = {confidence[0]:.3f}",
        f"offset = {confidence[1]:.3f}",
        "",
        "[graph]",
        *(
            f"{name} = {json.dumps(list(values))}"
            for name, values in (
                ("phrases", book.phrases),
                ("decoys", book.decoys),
                ("urgent", sorted(book.urgent)),
            )
        ),
    ]
    (folder / "model.toml").write_text("\n".join([*lines, ""]), encoding="utf-8")


def report(material: Material, folder: Path) -> None:
    """Print the figures."""
    shipped, same = shipped_book()
    settings: dict[str, Any] = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
    costs = GraphCosts(**settings["costs"])
    wide = Book(phrases=(*shipped.phrases, *STAND_INS), decoys=shipped.decoys, urgent=shipped.urgent)
    for title, book in (("phrasebook", shipped), ("stand-ins", wide)):
        judge = Judge(folder, book, costs.garbage_phone)
        phones = {phrase: judge.phones(phrase) for phrase in book.phrases if judge.vocabulary.knows(phrase)}
        print(f"\n## {title}: {len(phones)} phrases")
        for kind, conditions in (("people", material.people), ("voices", material.voices)):
            for one in conditions.values():
                taken = list(accepted(judge.read_all(one), book, costs, phones))
                print(f"{kind} {one.name}: {count(one, taken, frozenset(phones), same)}")
                false = [(r, text) for r, text, _ in taken if r.heard.truth not in phones]
                of = sum(1 for truth, _ in one.truths if truth not in phones)
                if of:
                    print(f"    other words taken for a command: {len(false)} of {of}: {_common(false)}")
                if one.name == "near":
                    _by_phrase(one, taken, frozenset(phones), same)
        for one in (*material.talk.values(), *material.noise.values()):
            false = [(r, text) for r, text, _ in accepted(judge.read_all(one), book, costs, phones)]
            where = f"{one.name}, {one.hours:.2f} h, {len(one.heard)} utterances"
            print(f"{where}: {len(false)} taken for a command {_common(false)}")


def _summed(
    conditions: list[tuple[Condition, list[Reading]]],
    book: Book,
    costs: GraphCosts,
    phones: dict[str, int],
    same: dict[str, str],
) -> tuple[float, float]:
    counts = [
        count(one, list(accepted(readings, book, costs, phones)), frozenset(phones), same)
        for one, readings in conditions
    ]
    clips = max(1, sum(one.clips for one in counts))
    return 100 * sum(one.right for one in counts) / clips, 100 * sum(one.wrong for one in counts) / clips


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
    parser.add_argument("step", choices=["tune", "report"])
    given = parser.parse_args()
    material = Material.of(given.work)
    match given.step:
        case "tune":
            tune(material, given.model)
        case _:
            report(material, given.model)


if __name__ == "__main__":
    main()
