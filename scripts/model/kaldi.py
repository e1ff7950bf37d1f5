"""Kaldi's binary format, as much of it as an acoustic model of ours needs.

A file begins with a zero byte and "B". A token ends with a blank. Whole numbers and floats are led by their
size in bytes, vectors and matrices of 32-bit floats by "FV " and "FM ".
"""

import math
import struct
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

HEAD: Final = b"\0B"
Matrix = npt.NDArray[np.floating]


def token(text: str) -> bytes:
    """Write a token."""
    return f"{text} ".encode()


def whole(number: int) -> bytes:
    """Write an int32."""
    return struct.pack("<bi", 4, number)


def real(number: float) -> bytes:
    """Write a float32."""
    return struct.pack("<bf", 4, number)


def double(number: float) -> bytes:
    """Write a float64."""
    return struct.pack("<bd", 8, number)


def wholes(numbers: Sequence[int]) -> bytes:
    """Write a list of int32."""
    return struct.pack(f"<bi{len(numbers)}i", 4, len(numbers), *numbers)


def vector(values: Iterable[float] | Matrix) -> bytes:
    """Write a vector of float32."""
    data = np.asarray(list(values) if not isinstance(values, np.ndarray) else values, "<f4")
    return token("FV") + whole(len(data)) + data.tobytes()


def matrix(values: Matrix) -> bytes:
    """Write a matrix of float32."""
    data = np.ascontiguousarray(values, "<f4")
    return token("FM") + whole(data.shape[0]) + whole(data.shape[1]) + data.tobytes()


def transition_model(phones: int) -> bytes:
    """Write a model of so many phones of one state each, phone i with output i - 1.

    Phone 1 is the blank. The transition numbers are 2i - 1 for staying in phone i and 2i for leaving it; all
    cost nothing, because the graph carries the costs.
    """
    numbers = list(range(1, phones + 1))
    state = whole(0) + whole(2) + whole(0) + real(0.5) + whole(1) + real(0.5)
    final = whole(-1) + whole(0)
    topology = token("<Topology>") + wholes(numbers) + wholes([-1, *[0] * phones])
    topology += whole(1) + whole(2) + state + final + token("</Topology>")
    triples = b"".join(whole(phone) + whole(0) + whole(phone - 1) for phone in numbers)
    return (
        token("<TransitionModel>")
        + topology
        + token("<Triples>")
        + whole(phones)
        + triples
        + token("</Triples>")
        + token("<LogProbs>")
        + vector([0.0, *[math.log(0.5)] * (2 * phones)])
        + token("</LogProbs>")
        + token("</TransitionModel>")
    )


def affine(weights: Matrix, bias: Matrix) -> bytes:
    """Write an affine component: weights [out, in], bias [out]."""
    head = token("<FixedAffineComponent>") + token("<LinearParams>")
    return head + matrix(weights) + token("<BiasParams>") + vector(bias) + token("</FixedAffineComponent>")


def nonlinear(kind: str, width: int) -> bytes:
    """Write a component without parameters: RectifiedLinearComponent or LogSoftmaxComponent."""
    return (
        token(f"<{kind}>")
        + token("<Dim>")
        + whole(width)
        + token("<ValueAvg>")
        + vector([])
        + token("<DerivAvg>")
        + vector([])
        + token("<Count>")
        + double(0.0)
        + token(f"</{kind}>")
    )


def no_op(width: int) -> bytes:
    """Write a component that changes nothing: a place for a sum, which can't be spliced by itself."""
    head = token("<NoOpComponent>") + token("<Dim>") + whole(width)
    return head + token("<BackpropScale>") + real(1.0) + token("</NoOpComponent>")


def acoustic_model(
    config: Sequence[str], components: Sequence[tuple[str, bytes]], context: tuple[int, int]
) -> bytes:
    """Write a network with its context in frames and no priors."""
    body = token("<Nnet3>") + "\n".join(["", *config, "", ""]).encode()
    body += token("<NumComponents>") + whole(len(components))
    for name, component in components:
        body += token("<ComponentName>") + token(name) + component
    body += token("</Nnet3>")
    return (
        body
        + token("<LeftContext>")
        + whole(context[0])
        + token("<RightContext>")
        + whole(context[1])
        + token("<Priors>")
        + vector([])
    )
