"""Muon: steps for matrices whose directions all count alike.

The momentum of each matrix's gradient is made nearly orthogonal by Newton and Schulz's iteration (Keller
Jordan et al., "Muon", 2024) and made as long as a step of AdamW's (Liu et al., 2025, "Muon is scalable for
LLM training", section 2.2). PyTorch's own computes in bfloat16, which a processor that lacks it takes ten
times as long for; this one in float32, several matrices at once.
"""

from collections.abc import Iterable
from concurrent.futures import Executor
from typing import Any, Final

import torch
from torch import Tensor

MOMENTUM: Final = 0.95
DECAY: Final = 0.02
"""Of the weights, at a rate of 1."""
LENGTH: Final = 0.2
"""The root mean square of AdamW's steps, of its rate."""
TURNS: Final = 4
_CUBIC: Final = (3.4445, -4.775, 2.0315)
"""Jordan's: singular values between 0.7 and 1.2 after few turns."""


class Muon:
    """Takes steps.

    Args:
        matrices: The weights, each [out, in], with gradients when a step is taken.
    """

    def __init__(self, matrices: Iterable[Tensor]) -> None:
        self._matrices = list(matrices)
        self._momenta = [torch.zeros_like(matrix) for matrix in self._matrices]

    def state_dict(self) -> dict[str, Any]:
        """Give what is needed to go on."""
        return {"momenta": self._momenta}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        for own, kept in zip(self._momenta, state["momenta"], strict=True):
            own.copy_(kept)

    @torch.no_grad()
    def step(self, rate: float, pool: Executor) -> None:
        """Take a step along the gradients, at AdamW's rate."""
        ahead = []
        for matrix, momentum in zip(self._matrices, self._momenta, strict=True):
            if matrix.grad is None:
                raise ValueError("a step is taken only along gradients: call backward() before")
            momentum.lerp_(matrix.grad, 1 - MOMENTUM)
            ahead.append(matrix.grad.lerp(momentum, MOMENTUM))
        for matrix, turned in zip(self._matrices, pool.map(orthogonal, ahead), strict=True):
            length = rate * LENGTH * max(matrix.shape) ** 0.5
            matrix.mul_(1 - rate * DECAY).add_(turned, alpha=-length)


@torch.no_grad()
def orthogonal(matrix: Tensor) -> Tensor:
    """Give a matrix of the same singular vectors with singular values near 1, [out, in]."""
    is_tall = matrix.shape[0] > matrix.shape[1]
    turned = matrix.T if is_tall else matrix
    turned = turned / (turned.norm() + 1e-7)
    one, three, five = _CUBIC
    for _ in range(TURNS):
        square = turned @ turned.T
        mixed = torch.addmm(square, square, square, beta=three, alpha=five)
        turned = torch.addmm(turned, mixed, turned, beta=one)
    return turned.T if is_tall else turned
