"""Kaldi's log-mel spectrum, from which Kaldi's MFCCs follow by one matrix."""

from typing import Final

import kaldi_native_fbank as knf
import numpy as np
import numpy.typing as npt

RATE_HZ: Final = 16_000
BINS: Final = 40
LOW_HZ: Final = 20.0
HIGH_HZ: Final = 7_600.0
LIFTER: Final = 22.0
_OPTIONS = knf.FbankOptions()
_OPTIONS.frame_opts.samp_freq = RATE_HZ
_OPTIONS.frame_opts.dither = 0.0
_OPTIONS.frame_opts.snip_edges = True
_OPTIONS.mel_opts.num_bins = BINS
_OPTIONS.mel_opts.low_freq = LOW_HZ
_OPTIONS.mel_opts.high_freq = HIGH_HZ
_OPTIONS.use_energy = False


def log_mel(samples: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Compute float32 [frames, 40] at 100 frames a second from samples on int16's scale."""
    bank = knf.OnlineFbank(_OPTIONS)
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
