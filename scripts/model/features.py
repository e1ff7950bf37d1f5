"""Kaldi's log-mel spectrum, from which Kaldi's MFCCs follow by one matrix."""

import functools
from typing import Any, Final

import numpy as np
import numpy.typing as npt

RATE_HZ: Final = 16_000
BINS: Final = 40
LOW_HZ: Final = 20.0
HIGH_HZ: Final = 7_600.0
LIFTER: Final = 22.0


@functools.cache
def _options() -> Any:
    import kaldi_native_fbank as knf  # here, for a machine that only trains has none of it

    options = knf.FbankOptions()
    options.frame_opts.samp_freq = RATE_HZ
    options.frame_opts.dither = 0.0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = BINS
    options.mel_opts.low_freq = LOW_HZ
    options.mel_opts.high_freq = HIGH_HZ
    options.use_energy = False
    return options


def log_mel(samples: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Let Kaldi compute float32 [frames, 40] at 100 frames a second from samples on int16's scale."""
    import kaldi_native_fbank as knf

    bank = knf.OnlineFbank(_options())
    bank.accept_waveform(RATE_HZ, np.asarray(samples, np.float32).tolist())
    bank.input_finished()
    frames = bank.num_frames_ready
    return np.array([bank.get_frame(i) for i in range(frames)], np.float32).reshape(frames, BINS)


def from_mfcc() -> npt.NDArray[np.float64]:
    """Give the matrix [40, 40] that turns a frame of Kaldi's MFCC into the log-mel it came from."""
    row = np.arange(BINS)[:, None]
    dct = np.sqrt(2 / BINS) * np.cos(np.pi / BINS * (np.arange(BINS)[None] + 0.5) * row)
    dct[0] = np.sqrt(1 / BINS)
    lifter = 1 + 0.5 * LIFTER * np.sin(np.pi * np.arange(BINS) / LIFTER)
    return np.asarray(dct.T / lifter[None])
