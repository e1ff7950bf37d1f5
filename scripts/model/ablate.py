"""Take parts of the recipe away, one at a time, and see what each is worth.

    ablate.py WORK [--hours 30] [--only NAME ...] [--weights DIR]

Each variant is trained from nothing to WORK/ablation/NAME.pt (or is there already, in DIR: where a GPU is,
`train.py --ablate NAME ...` makes several) on the corpus as it was packed when the first began, and judged at
the costs of the shipped model, with any lead: development data, the ear, the real Vosk. All see the same
hours of sound, so that what is taken away is replaced by more of the rest. A run that was broken off goes on
with the variant where it was; the table is printed at the end of each.
"""

import argparse
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import export
import texts
from evaluate import BY_LINE, STAND_INS, Material, shipped_book
from judge import Book, Judge, accepted, count
from shares import VARIANTS

from matside.hear.command_graph import GraphCosts

HERE: Final = Path(__file__).parent
CONDITIONS: Final = ("near", "room-2.5m-12dB")


def make(work: Path, name: str, *, hours: float) -> Path:
    """Train a variant, if that wasn't done, and give its weights."""
    folder = work / "ablation"
    pack, weights = folder / "pack", folder / f"{name}.pt"
    if not (pack / "clips.json").is_file():
        _run("pack.py", work, "--to", pack)
        _run("align.py", pack)
    if not weights.is_file():
        _run("train.py", pack, "--to", folder, "--hours", 0, "--ablate", name, "--ablation-hours", hours)
    return weights


def write(folder: Path, weights: Path) -> None:
    """Write a network as a model with the shipped one's settings."""
    model = folder / "model"
    model.mkdir(parents=True, exist_ok=True)
    shutil.copy(texts.ROOT / "models/matside-en/model.toml", model)
    export.write_words(model)
    export.write_network(weights, model)


def _run(script: str, folder: Path, *given: object) -> None:
    subprocess.run([sys.executable, str(HERE / script), str(folder), *map(str, given)], check=True)


def figures(folder: Path, material: Material) -> list[str]:
    """Give right and wrong, in percent, of people and voices, and what talk gives an hour."""
    shipped, same = shipped_book()
    decoys = tuple(decoy for decoy in shipped.decoys if decoy not in STAND_INS)
    wide = Book(phrases=(*shipped.phrases, *STAND_INS), decoys=decoys, urgent=shipped.urgent)
    settings = tomllib.loads((folder / "model/model.toml").read_text(encoding="utf-8"))
    costs = GraphCosts(**settings["costs"])
    judge = Judge(folder / "model", wide, (costs.garbage_phone, costs.blank))
    phones = {phrase: judge.phones(phrase) for phrase in wide.phrases if judge.vocabulary.knows(phrase)}
    own = {phrase: phones[phrase] for phrase in shipped.phrases if phrase in phones}
    row = []
    for conditions, book, known in ((material.people, wide, phones), (material.voices, shipped, own)):
        for one in map(conditions.__getitem__, CONDITIONS):
            got = count(one, list(accepted(judge.read_all(one), book, costs, known)), frozenset(known), same)
            row.append(f"{got.right_percent:.1f} / {got.wrong_percent:.1f}")
    talk = material.talk[BY_LINE]
    taken = list(accepted(judge.read_all(talk), shipped, costs, own))
    return [*row, f"{len(taken) / talk.hours:.0f}"]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--hours", type=float, default=30.0)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--weights", type=Path, help="folder of networks that were trained elsewhere")
    given = parser.parse_args()
    material = Material.of(given.work)
    columns = [f"{kind} {name}" for kind in ("people", "voices") for name in CONDITIONS]
    rows = ["\t".join(["variant", *columns, f"an hour of {BY_LINE}"])]
    there = [path.stem for path in sorted(given.weights.glob("*.pt"))] if given.weights else VARIANTS
    if unknown := set(given.only) - set(there):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(there)}")
    for name in given.only or there:
        weights = given.weights / f"{name}.pt" if given.weights else make(given.work, name, hours=given.hours)
        folder = given.work / "ablation" / name
        write(folder, weights)
        rows.append("\t".join([name, *figures(folder, material)]))
        print("\n".join([*rows, ""]), flush=True)


if __name__ == "__main__":
    main()
