"""Write a trained network as a model folder that Vosk loads.

    export.py WORK [--to models/matside-en] [--weights WORK/train/best.pt]

Makes am/final.mdl (binary, float32), conf, lexicon.txt, graph/{words,phones}.txt and, from the phrasebook,
the graph itself. The costs and the calibration are read from the folder's model.toml, which `evaluate`
writes. A changed phrasebook needs no training, and this (--graph-only) just where the lexicon lacks a word:
else scripts/make_command_graph.py is enough.
"""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Final

import kaldi
import numpy as np
import numpy.typing as npt
import texts
from lexicon import PHONES, dictionary

sys.path[:0] = [str(texts.ROOT / "src"), str(texts.ROOT / "scripts")]

import make_command_graph  # noqa: E402
from matside.understand.transcript import UNKNOWN  # noqa: E402

LEXICON_WORDS: Final = 3_000
Matrix = npt.NDArray[np.floating]
_MFCC: Final = """--sample-frequency=16000
--use-energy=false
--num-mel-bins=40
--num-ceps=40
--low-freq=20
--high-freq=7600
--dither=0
--allow-downsample=true
"""
# The lattice need only hold the best path of each kind; phones in it would make it explode.
_MODEL: Final = """--min-active=200
--max-active=3000
--beam=13.0
--lattice-beam=8.0
--phone-determinize=false
--acoustic-scale=1.0
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=3.0
--endpoint.rule3.min-trailing-silence=3.0
--endpoint.rule4.min-trailing-silence=3.0
"""


def lexicon() -> dict[str, list[str]]:
    """Give the words that a phrase may be made of, with their pronunciations."""
    wanted = [word for phrase in (*texts.phrases(), *texts.likely()) for word in phrase.split()]
    wanted += [*texts.near_misses(), *texts.common()[:LEXICON_WORDS]]
    wanted += ["alexa", "computer", "jarvis", "smart", "mirror", "snowboy", "view", "glass"]
    words = {word: list(dictionary()[word]) for word in sorted(set(wanted)) if word in dictionary()}
    for line in (Path(__file__).parent / "pronunciations.txt").read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        if word and not word.startswith("#") and phones.strip() not in words.setdefault(word, []):
            words[word].append(phones.strip())
    return words


def write_words(folder: Path) -> None:
    """Write what the words and the phones are numbered by, and how words are said."""
    words = lexicon()
    (folder / "graph").mkdir(parents=True, exist_ok=True)
    said = "".join(f"{word} {phones}\n" for word, own in words.items() for phones in own)
    (folder / "lexicon.txt").write_text(said, encoding="utf-8")
    numbered = "".join(f"{word} {number}\n" for number, word in enumerate(["<eps>", UNKNOWN, *words]))
    (folder / "graph/words.txt").write_text(numbered, encoding="utf-8")
    numbered = "".join(f"{phone} {number}\n" for number, phone in enumerate(["<eps>", "SIL", *PHONES]))
    (folder / "graph/phones.txt").write_text(numbered, encoding="utf-8")


def write_network(weights: Path, folder: Path) -> None:
    """Write the network; it takes Kaldi's MFCCs instead of log-mels, and its normalisations are folded in."""
    import torch
    from network import FIRST, LAYERS, LEFT, OUTPUTS, RIGHT

    state = {name: value.float().numpy() for name, value in torch.load(weights, weights_only=True).items()}
    net = _Written()
    weight, bias = normalised(state, "first")
    net.affine("first", "input", FIRST, *fold(weight, bias, *input_map()))
    source = net.rectifier("first", len(bias))
    for number, (spliced, wide) in enumerate(LAYERS):
        name = f"layer{number}"
        narrow = state[f"layers.{number}.narrow.weight"]
        weight, bias = normalised(state, f"layers.{number}")
        net.affine(f"{name}.narrow", source, spliced, narrow, np.zeros(len(narrow)))
        net.affine(name, f"{name}.narrow", wide, weight, bias)
        source = net.sum(name, net.rectifier(name, len(bias)), source, len(bias))
    net.affine("scores", source, (0,), state["output.weight"], state["output.bias"])
    net.end(OUTPUTS)
    written = (
        kaldi.HEAD
        + kaldi.transition_model(OUTPUTS)
        + kaldi.acoustic_model(net.config, net.components, (LEFT, RIGHT))
    )
    (folder / "am").mkdir(parents=True, exist_ok=True)
    (folder / "am/final.mdl").write_bytes(written)
    (folder / "conf").mkdir(exist_ok=True)
    (folder / "conf/mfcc.conf").write_text(_MFCC, encoding="utf-8")
    (folder / "conf/model.conf").write_text(_MODEL, encoding="utf-8")


class _Written:
    """The nodes and the components of a network, as they are added."""

    def __init__(self) -> None:
        self.config = ["input-node name=input dim=40"]
        self.components = list[tuple[str, bytes]]()

    def affine(self, name: str, source: str, offsets: tuple[int, ...], weight: Matrix, bias: Matrix) -> None:
        """Add an affine map of spliced frames."""
        spliced = [source if step == 0 else f"Offset({source},{step})" for step in offsets]
        self._node(f"{name}.affine", f"Append({','.join(spliced)})", kaldi.affine(weight, bias), name)

    def rectifier(self, name: str, width: int) -> str:
        """Add a rectifier behind an affine map, and give its node."""
        written = kaldi.nonlinear("RectifiedLinearComponent", width)
        self._node(f"{name}.relu", name, written)
        return f"{name}.relu"

    def sum(self, name: str, one: str, other: str, width: int) -> str:
        """Add two nodes, and give the sum's."""
        self._node(f"{name}.sum", f"Sum({one},{other})", kaldi.no_op(width))
        return f"{name}.sum"

    def end(self, width: int) -> None:
        """Add the output."""
        self._node("log_softmax", "scores", kaldi.nonlinear("LogSoftmaxComponent", width))
        self.config.append("output-node name=output input=log_softmax objective=linear")

    def _node(self, name: str, source: str, component: bytes, node: str = "") -> None:
        self.components.append((name, component))
        self.config.append(f"component-node name={node or name} component={name} input={source}")


def normalised(state: dict[str, Matrix], name: str) -> tuple[Matrix, Matrix]:
    """Give a layer's wide map with its normalisation folded in: weights and bias."""
    norm = {part: state[f"{name}.norm.{part}"] for part in ("weight", "bias", "running_mean", "running_var")}
    gain = norm["weight"] / np.sqrt(norm["running_var"] + 1e-5)
    bias = gain * (state[f"{name}.wide.bias"] - norm["running_mean"]) + norm["bias"]
    return gain[:, None] * state[f"{name}.wide.weight"], bias


def input_map() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give the matrix and the shift that turn a frame of MFCCs into what the network was trained on."""
    from features import from_mfcc
    from network import MEAN, SPREAD

    return from_mfcc() / SPREAD, np.full(40, -MEAN / SPREAD)


def fold(
    weight: npt.NDArray[np.floating],
    bias: npt.NDArray[np.floating],
    scale: npt.NDArray[np.floating],
    shift: npt.NDArray[np.floating],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Let an affine map of spliced frames take each frame through `scale @ frame + shift` first."""
    width = len(shift)
    taps = weight.astype(np.float64).reshape(len(weight), -1, width)
    folded = (taps @ scale.astype(np.float64)).reshape(len(weight), -1)
    return folded, bias + (taps @ shift.astype(np.float64)).sum(axis=1)


def forget_measured(folder: Path) -> None:
    """Take away what was measured of another network: until `evaluate` ran, this one isn't used unasked."""
    file = folder / "model.toml"
    kept = file.read_text(encoding="utf-8").partition("[measured]")[0].rstrip()
    nothing = "default = false\nright_percent = 0.0\nwrong_percent = 0.0\nfalse_an_hour = 0.0\n"
    file.write_text(f"{kept}\n\n[measured]\n{nothing}", encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--to", type=Path, default=texts.ROOT / "models/matside-en")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--graph-only", action="store_true")
    given = parser.parse_args()
    shipped = texts.ROOT / "models/matside-en"
    given.to.mkdir(parents=True, exist_ok=True)
    if not (given.to / "model.toml").is_file():  # a new folder begins with the costs of the shipped model
        shutil.copy(shipped / "model.toml", given.to)
    write_words(given.to)
    if not given.graph_only:
        write_network(given.weights or given.work / "train/best.pt", given.to)
        forget_measured(given.to)
    make_command_graph.main(given.to)
    print(f"{given.to}: {sum(file.stat().st_size for file in given.to.rglob('*') if file.is_file()):,} bytes")


if __name__ == "__main__":
    main()
