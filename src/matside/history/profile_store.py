"""What a person told of herself, and where she wants her ladder to begin anew, in the file of her history.

Both lie in one file, so that one deletion removes everything, and a kill leaves both whole.
"""

from collections.abc import Mapping
from datetime import datetime

from matside.history.store import Store


def profile_values(store: Store) -> dict[str, str]:
    """Read the profile's texts, one a field; empty where nothing was told yet."""
    return {str(key): str(value) for key, value in store.read("SELECT key, value FROM profile", ())}


def profile_changed_at(store: Store) -> datetime | None:
    """Tell when anything in the profile changed last; aware, UTC."""
    ((latest,),) = store.read("SELECT max(set_at) FROM profile", ())
    return datetime.fromisoformat(latest) if latest else None


def write_profile(store: Store, values: Mapping[str, str]) -> None:
    """Keep a profile whole, in one transaction; only what differs gets a new time.

    Raises:
        EdgeError: The disk doesn't take it; what stood there before still stands.
    """
    before = profile_values(store)
    now = store.now().isoformat(timespec="milliseconds")
    changes: list[tuple[str, tuple[str | int | None, ...]]] = [
        ("INSERT OR REPLACE INTO profile (key, value, set_at) VALUES (?, ?, ?)", (key, value, now))
        for key, value in values.items()
        if before.get(key) != value
    ]
    changes += [("DELETE FROM profile WHERE key = ?", (key,)) for key in before.keys() - values.keys()]
    store.write_all(changes)


def resets(store: Store) -> list[tuple[str, datetime]]:
    """List what was reset and when: an exercise's id, or "" for all of them."""
    rows = store.read("SELECT exercise, at FROM resets ORDER BY at", ())
    return [(str(exercise), datetime.fromisoformat(str(at))) for exercise, at in rows]


def reset(store: Store, exercise: str) -> None:
    """Let an exercise's ladder, or with "" every ladder, begin anew; the history itself stays.

    Raises:
        EdgeError: The disk doesn't take it.
    """
    at = store.now().isoformat(timespec="milliseconds")
    store.write("INSERT INTO resets (exercise, at) VALUES (?, ?)", (exercise, at))
