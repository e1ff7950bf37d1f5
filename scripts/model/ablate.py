"""Take parts of the recipe away, one at a time, and see what each is worth.

    ablate.py WORK [--hours 30] [--shards 26] [--only NAME ...]
    ablate.py WORK --weights DIR [--only NAME ...]

Each variant is trained from nothing in WORK/ablation/NAME on the same corpus as it was when the first began,
and judged at the costs of the shipped model, with any lead: development data, the ear, the real Vosk. All see
the same hours of sound, so that what is taken away is replaced by more of the rest. A run that was broken off
goes on where it was; the table is printed at the end of each variant. With --weights the networks are those
that `train_gpu.py --ablate` wrote, DIR/NAME.pt, and are only judged.
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
from augment import EASY_SHARDS
from evaluate import BY_LINE, STAND_INS, Material, shipped_book
from judge import Book, Judge, accepted, count
from shares import VARIANTS

from matside.hear.command_graph import GraphCosts

HERE: Final = Path(__file__).parent
CONDITIONS: Final = ("near", "room-2.5m-12dB")


def prepare(work: Path, name: str) -> Path:
    """Make a variant's folder; its corpus is that of the first one, whatever is added meanwhile."""
    corpus = work / "ablation/corpus"
    if not corpus.is_dir():
        corpus.mkdir(parents=True)
        for listed in (work / "corpus").glob("*.jsonl"):
            if not listed.name.startswith("talk"):
                shutil.copy(listed, corpus)
    for listed in corpus.glob("*.jsonl"):
        sound = corpus / f"{listed.stem}.pcm"
        if not sound.exists():
            sound.symlink_to((work / "corpus" / sound.name).resolve())
    folder = work / "ablation" / name
    folder.mkdir(exist_ok=True)
    _link(folder / "corpus", corpus)
    if name.startswith("width"):
        _link(folder / "shards", work / "ablation/all/shards")
    return folder


def _link(link: Path, target: Path) -> None:
    if not target.is_dir():
        sys.exit(f'{target} isn\'t there: a width is trained on what "all" was; run that first')
    if not link.is_symlink():
        link.symlink_to(target.resolve())


def make(folder: Path, name: str, *, hours: float, shards: int) -> None:
    """Make a variant's shards, train it and write it as a model."""
    width = ("--width", name.removeprefix("width-")) if name.startswith("width") else ()
    if not width:
        (folder / "used").unlink(missing_ok=True)  # all shards are made before training begins
        _run("augment.py", folder, "--shards", shards, "--without", *VARIANTS[name])
    _run("train.py", folder, "--hours", hours, *width)
    write(folder, folder / "train/best.pt")


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
    parser.add_argument("--shards", type=int, default=EASY_SHARDS + 18)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--weights", type=Path, help="of networks that train_gpu.py made")
    given = parser.parse_args()
    names = [path.stem for path in sorted(given.weights.glob("*.pt"))] if given.weights else VARIANTS
    material = Material.of(given.work)
    columns = [f"{kind} {name}" for kind in ("people", "voices") for name in CONDITIONS]
    rows = ["\t".join(["variant", *columns, f"an hour of {BY_LINE}"])]
    for name in given.only or names:
        if given.weights:
            folder = given.work / "ablation" / name
            write(folder, given.weights / f"{name}.pt")
        else:
            folder = prepare(given.work, name)
            make(folder, name, hours=given.hours, shards=given.shards)
        rows.append("\t".join([name, *figures(folder, material)]))
        print("\n".join([*rows, ""]), flush=True)


if __name__ == "__main__":
    main()
