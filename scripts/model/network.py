"""The network: a small time-delay network over log-mels, one output every third frame."""

from typing import Final, Self

import torch
from features import BINS
from lexicon import PHONES
from torch import Tensor, nn

OUTPUTS: Final = len(PHONES) + 1
STRIDE: Final = 3
LEFT: Final = 15
RIGHT: Final = 15
"""Frames of context on both sides of the frame an output stands at."""
WIDTH: Final = 320

# Offsets of each layer in frames; the second gives one output for three inputs.
LAYERS: Final = ((-2, -1, 0, 1, 2), (-1, 0, 1), (-3, 0, 3), (-3, 0, 3), (-3, 0, 3), (-3, 0, 3))

# About the mean and the spread of the training features; fixed, so that no export depends on a data set.
MEAN: Final = 8.0
SPREAD: Final = 4.0


class Spliced(nn.Module):
    """An affine map of neighbouring frames, a rectifier and a normalisation, on [batch, time, width]."""

    def __init__(self, width_in: int, width_out: int, taps: int, stride: int) -> None:
        super().__init__()
        self.taps = taps
        self.stride = stride
        self.affine = nn.Linear(width_in * taps, width_out)
        self.norm = nn.BatchNorm1d(width_out, momentum=0.05)

    def forward(self, frames: Tensor) -> Tensor:
        """Map [batch, time, in] to [batch, (time - taps) / stride + 1, out]."""
        last = frames.shape[1] - self.taps + 1
        spliced = torch.cat([frames[:, tap : tap + last : self.stride] for tap in range(self.taps)], dim=2)
        rectified = torch.relu(self.affine(spliced))
        normal: Tensor = self.norm(rectified.flatten(0, 1)).view(rectified.shape)
        return normal


class Network(nn.Module):
    """Log-mels to scores of the blank and the phones."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.width = width
        widths = [BINS, *[width] * len(LAYERS)]
        strides = [1, STRIDE, 1, 1, 1, 1]
        self.layers = nn.ModuleList(
            Spliced(widths[i], widths[i + 1], len(LAYERS[i]), strides[i]) for i in range(len(LAYERS))
        )
        self.output = nn.Linear(width, OUTPUTS)

    def forward(self, mels: Tensor) -> Tensor:
        """Map log-mels [batch, frames, 40] to log-probabilities [batch, ceil(frames / 3), 40].

        The first and the last frame are repeated, as Kaldi does at the edges.
        """
        hidden = (mels - MEAN) / SPREAD
        frames = hidden.shape[1]
        more = (-frames) % STRIDE + STRIDE - 1
        hidden = torch.cat(
            [
                hidden[:, :1].expand(-1, LEFT, -1),
                hidden,
                hidden[:, -1:].expand(-1, RIGHT - STRIDE + 1 + more, -1),
            ],
            dim=1,
        )
        for layer in self.layers:
            hidden = layer(hidden)
        return torch.log_softmax(self.output(hidden).float(), dim=-1)

    @classmethod
    def load(cls, state: dict[str, Tensor]) -> Self:
        """Build the network that a state belongs to, ready to be asked."""
        network = cls(width=state["output.weight"].shape[1])
        network.load_state_dict(state)
        return network.eval()


def outputs_for(frames: int) -> int:
    """Count the outputs for so many frames."""
    return -(-frames // STRIDE)
