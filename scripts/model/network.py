"""The network: a factored time-delay network over log-mels, one output every third frame.

Each layer first narrows what it splices and then widens it again: twelve layers for the weights of
six, and is added to what it was given (Povey et al., Interspeech 2018, "Semi-orthogonal low-rank matrix
factorization for deep neural networks"; without the constraint of orthogonality).
"""

from typing import Final, Self

import torch
from features import BINS
from lexicon import PHONES
from torch import Tensor, nn

OUTPUTS: Final = len(PHONES) + 1
STRIDE: Final = 3
WIDTH: Final = 384
RANK: Final = 112
DROPOUT: Final = 0.1

# Offsets in frames of what is spliced before the narrow map and after it. The first layer isn't narrowed; the
# second gives one output for three inputs. What follows costs time: the right context is kept to 15 frames.
FIRST: Final = (-2, -1, 0, 1, 2)
_BOTH: Final = ((-3, 0), (0, 3))
_PAST: Final = ((-3, 0), (0,))
LAYERS: Final = (((-1, 0, 1), (0,)), _BOTH, _PAST, _BOTH, _PAST, _BOTH, _PAST, _BOTH, _PAST, _PAST, _PAST)
LEFT: Final = -FIRST[0] - sum(min(spliced) + min(wide) for spliced, wide in LAYERS)
RIGHT: Final = FIRST[-1] + sum(max(spliced) + max(wide) for spliced, wide in LAYERS)
"""Frames of context before and after the frame that an output stands at: 33 and 15."""

# About the mean and the spread of the training features; fixed, so that no export depends on a data set.
MEAN: Final = 8.0
SPREAD: Final = 4.0


def splice(frames: Tensor, taps: int, stride: int = 1) -> Tensor:
    """Join neighbours: [batch, time, width] to [batch, (time - taps) / stride + 1, taps * width]."""
    last = frames.shape[1] - taps + 1
    return torch.cat([frames[:, tap : tap + last : stride] for tap in range(taps)], dim=2)


class Layer(nn.Module):
    """An affine map of neighbouring frames, narrowed or not, a normalisation and a rectifier.

    Args:
        width_in: Of a frame before.
        width: Of a frame after.
        rank: Of the narrow map between; 0 for none.
        taps: How many frames are spliced before the narrow map, and after it.
        stride: Outputs are given for each so many frames.
    """

    def __init__(self, width_in: int, width: int, rank: int, taps: tuple[int, int], stride: int = 1) -> None:
        super().__init__()
        self.taps, self.stride = taps, stride
        self.narrow = nn.Linear(width_in * taps[0], rank, bias=False) if rank else None
        self.wide = nn.Linear((rank or width_in * taps[0]) * taps[1], width)
        self.norm = nn.BatchNorm1d(width, momentum=0.02)

    def forward(self, frames: Tensor) -> Tensor:
        """Map [batch, time, in] to [batch, fewer, out]."""
        hidden = splice(frames, self.taps[0], self.stride)
        if self.narrow is not None:
            hidden = splice(self.narrow(hidden), self.taps[1])
        wide = self.wide(hidden)
        return torch.relu(self.norm(wide.flatten(0, 1)).view(wide.shape))


class Network(nn.Module):
    """Log-mels to scores of the blank and the phones."""

    def __init__(self, width: int = WIDTH, rank: int = RANK) -> None:
        super().__init__()
        self.first = Layer(BINS, width, 0, (len(FIRST), 1))
        self.layers = nn.ModuleList(
            Layer(width, width, rank, (len(spliced), len(wide)), 1 if number else STRIDE)
            for number, (spliced, wide) in enumerate(LAYERS)
        )
        self.output = nn.Linear(width, OUTPUTS)

    def forward(self, mels: Tensor) -> Tensor:
        """Map log-mels [batch, frames, 40] to log-probabilities [batch, ceil(frames / 3), 40]."""
        return self.scores(self.hidden(mels))

    def scores(self, hidden: Tensor) -> Tensor:
        """Map what the last layer gave to log-probabilities."""
        return torch.log_softmax(self.output(hidden).float(), dim=-1)

    def hidden(self, mels: Tensor) -> Tensor:
        """Map log-mels to what the last layer gives, [batch, ceil(frames / 3), width].

        The first and the last frame are repeated, as Kaldi does at the edges.
        """
        hidden = (mels - MEAN) / SPREAD
        more = (-hidden.shape[1]) % STRIDE
        before = hidden[:, :1].expand(-1, LEFT, -1)
        after = hidden[:, -1:].expand(-1, RIGHT - STRIDE + 1 + more, -1)
        hidden = self.first(torch.cat([before, hidden, after], dim=1))
        for number, layer in enumerate(self.layers):
            spliced, wide = LAYERS[number]
            start = -(min(spliced) + min(wide)) // (STRIDE if number else 1)
            new = layer(hidden)
            if self.training:  # whole channels of a clip, as it stays the same in time
                kept = torch.rand(new.shape[0], 1, new.shape[2], device=new.device) >= DROPOUT
                new = new * kept / (1 - DROPOUT)
            hidden = new + hidden[:, start :: layer.stride][:, : new.shape[1]]
        return hidden

    @classmethod
    def load(cls, state: dict[str, Tensor]) -> Self:
        """Build the network that a state belongs to, ready to be asked."""
        rank, _ = state["layers.0.narrow.weight"].shape
        network = cls(width=state["output.weight"].shape[1], rank=rank)
        network.load_state_dict(state)
        return network.eval()
