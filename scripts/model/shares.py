"""How often each source is drawn, and what for."""

from typing import Final

# How often a source and a kind of clip are drawn, before what the source holds is looked at.
SHARES: Final = {
    ("words", "word"): 14,
    ("wakewords", "word"): 11,
    ("vctk", "sentence"): 7,
    ("lj", "sentence"): 4,
    ("orders", "sentence"): 6,
    ("kokoro", "phrase"): 14,
    ("kokoro", "word"): 7,
    ("kokoro", "sentence"): 9,
    ("piper", "phrase"): 4,
    ("piper", "word"): 2,
    ("piper", "sentence"): 2,
    ("flite", "phrase"): 4,
    ("flite", "word"): 2,
    ("flite", "sentence"): 2,
    ("hibari", "phrase"): 4,
    ("hibari", "word"): 2,
    ("hibari", "sentence"): 2,
    ("espeak", "phrase"): 1.5,
    ("festival", "phrase"): 1.5,
}
SPEECH_FOR_NOISE: Final = ("orders", "vctk", "lj", "hibari", "piper", "kokoro")
WIDE_SPEED: Final = {"hibari", "piper", "flite", "lj", "vctk"}
CLIPS_FOR_FULL_SHARE: Final = 1_500
"""A source with fewer clips is drawn less often, so that it isn't learnt by heart."""

VARIANTS: Final[dict[str, tuple[str, ...]]] = {
    "all": (),
    "no-one-word-people": ("words", "wakewords"),
    "no-sentences": ("vctk", "lj", "orders"),
    "no-kokoro": ("kokoro",),
    "kokoro-alone": ("piper", "flite", "hibari", "espeak", "festival"),
    "no-rooms": ("rooms",),
    "no-noise": ("noise",),
    "no-speed": ("speed", "throat"),
    "no-residual": ("residual",),
    "width-288": (),
    "width-448": (),
}
"""What each goes without; a width is said by its name."""
