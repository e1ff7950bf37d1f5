"""See that the features of training are those of Kaldi, which Vosk computes: check_mels.py PACK."""

import sys
from pathlib import Path
from typing import Final

import numpy as np
import torch
from bank import RATE_HZ, Pack
from features import log_mel
from mixing import log_mels, mel_bank, povey_window

MOST: Final = 1e-4
"""Of the mean difference, in nepers of power. Where there is next to none, single ones are larger."""
CLIPS: Final = 40


def difference(pack: Pack) -> float:
    """Give the mean difference over a few clips of the corpus."""
    window, bank = povey_window(), mel_bank(1.0)[None]
    found = []
    for clip in pack.clips[:: max(1, len(pack.clips) // CLIPS)]:
        sound = pack.sound[clip["at"] : clip["at"] + min(clip["count"], 3 * RATE_HZ)].astype(np.float32)
        own = log_mels(torch.from_numpy(sound)[None], window, bank)[0].numpy()
        found.append(np.abs(own - log_mel(sound)).mean())
    return float(np.mean(found))


def main() -> None:
    """Read the command line."""
    found = difference(Pack(Path(sys.argv[1]), 2))
    print(f"log-mels differ from Kaldi's by {found:.6f} on average")
    if found > MOST:
        sys.exit(f"That is more than {MOST}: what is trained on isn't what Vosk will hear")


if __name__ == "__main__":
    main()
