"""Where this computer keeps our files, and what the person has set once for all sessions.

A setting comes from the first place that names it: the command line, the environment (`MATSIDE_LANGUAGE`
and so on), the file `config.toml`, the built-in value.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeAlias

from matside.errors import UsageError
from matside.units import Db

Value: TypeAlias = str | int | float | bool

HOME_VARIABLE = "MATSIDE_HOME"
PERSON_VARIABLE = "MATSIDE_PROFILE"
_PERSON = re.compile("[a-z][a-z0-9_-]{0,39}")
VOLUME_RANGE_DB = (-40.0, 12.0)
"""Below the one nothing is heard in a room; above the other speech at -20 dBFS clips."""
RATE_RANGE_WPM = (80, 300)
"""What the speech engines render intelligibly."""
LARGEST_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The folders of one person's files; none of them need exist yet.

    Attributes:
        data: What must not be lost: the history, and fetched models.
        cache: What can be made again: rendered speech.
        state: What is going on: journals of sessions, logs.
        config: What the person wrote: `config.toml`.
        person: Whose history and journals are meant, where several people share this computer.
    """

    data: Path
    cache: Path
    state: Path
    config: Path
    person: str | None = None

    @property
    def people(self) -> Path:
        """The folder of the named people, one folder a person."""
        return self.data / "people"

    @property
    def history(self) -> Path:
        """The file of past sessions, and of what the person told of herself."""
        return (self.people / self.person if self.person else self.data) / "history.sqlite3"

    @property
    def models(self) -> Path:
        """The folder of fetched models, one folder a model."""
        return self.data / "models"

    @property
    def speech(self) -> Path:
        """The folder of rendered speech."""
        return self.cache / "speech"

    @property
    def journal(self) -> Path:
        """The folder of session journals."""
        return (self.state / "people" / self.person if self.person else self.state) / "journal"

    @property
    def settings_file(self) -> Path:
        """The file of settings."""
        return self.config / "config.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person has set; None leaves the choice to the program.

    Attributes:
        language: A language code, "en" or "ko".
        volume_db: The coach's loudness, relative to normal.
        rate_wpm: Speaking rate in words a minute; None takes the language's own.
        voice: Id of a voice of the speech engine.
        microphone: Part of the name of the device to listen with.
        speaker: Part of the name of the device to speak with.
        quiet: Speak no encouragement.
    """

    language: str = "en"
    volume_db: Db = 0.0
    rate_wpm: int | None = None
    voice: str | None = None
    microphone: str | None = None
    speaker: str | None = None
    quiet: bool = False


def find_paths(environ: Mapping[str, str], person: str | None = None) -> Paths:
    """Find the folders: below `MATSIDE_HOME` where that is set, else where this system keeps such things.

    Args:
        environ: The environment.
        person: Whose, where several people share this computer; None takes `MATSIDE_PROFILE`.

    Raises:
        UsageError: The person's name can't be a folder's.
    """
    person = person_name(person or environ.get(PERSON_VARIABLE, ""))
    home = environ.get(HOME_VARIABLE, "")
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(
            data=root / "data",
            cache=root / "cache",
            state=root / "state",
            config=root / "config",
            person=person,
        )
    import platformdirs

    places = platformdirs.PlatformDirs("matside", appauthor=False)
    return Paths(
        data=places.user_data_path,
        cache=places.user_cache_path,
        state=places.user_state_path,
        config=places.user_config_path,
        person=person,
    )


def person_name(name: str) -> str | None:
    """Check a person's name; None where there is none.

    Raises:
        UsageError: It can't be the name of a folder on every system.
    """
    name = name.strip().lower()
    if not name:
        return None
    if not _PERSON.fullmatch(name):
        raise UsageError(
            f"{name[:40]!r} can't be a profile's name.",
            hint="Use up to 40 small letters, digits, hyphens and underscores, a letter first.",
        )
    return name


def load_settings(
    file: Path, environ: Mapping[str, str], flags: Mapping[str, Value | None] | None = None
) -> Settings:
    """Put the settings together: flags before environment before file before built-in values.

    Args:
        file: The settings file; it need not exist.
        environ: The environment.
        flags: By setting name; None where the command line says nothing.

    Raises:
        UsageError: Something isn't a setting or has an impossible value; all such problems at once.
    """
    problems: list[str] = []
    found: dict[str, Value] = {}
    for source, values in (
        (str(file), _read_file(file)),
        ("the environment", _read_environment(environ)),
        ("the command line", {key: value for key, value in (flags or {}).items() if value is not None}),
    ):
        for key, value in values.items():
            try:
                found[key] = _check(key, value)
            except ValueError as error:
                problems.append(f"{error} (in {source})")
    if problems:
        raise UsageError("; ".join(problems), hint=f"The settings are: {', '.join(_CHECKS)}.")
    return Settings(**found)  # type: ignore[arg-type]  # each value has passed its setting's check


def _read_file(file: Path) -> Mapping[str, object]:
    import tomllib

    try:
        if not file.exists():
            return {}
        if not file.is_file() or file.stat().st_size > LARGEST_FILE_BYTES:
            raise UsageError(
                f"{file} can't be the settings: it is no ordinary file, or larger than 64 KiB.",
                hint="Move it away; matside goes on with its built-in settings.",
            )
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The settings file {file} can't be read: {error}.",
            hint='Each line should look like language = "en".',
        ) from error
    except OSError as error:
        raise UsageError(
            f"The settings file {file} can't be read: {error.strerror}.", hint="Check who may read it."
        ) from error


def _read_environment(environ: Mapping[str, str]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for name in _CHECKS:
        text = environ.get(f"MATSIDE_{name.upper()}", "")
        if text:
            found[name] = _number_or_truth(name, text)
    return found


def _number_or_truth(name: str, text: str) -> object:
    """Give a text of the environment the type its setting has; what doesn't fit stays a text."""
    if name == "quiet":
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
            text.lower(), text
        )
    if name in ("volume_db", "rate_wpm"):
        try:
            return int(text) if name == "rate_wpm" else float(text)
        except ValueError:
            return text
    return text


def _check(name: str, value: object) -> Value:
    check = _CHECKS.get(name)
    if check is None:
        import difflib

        near = difflib.get_close_matches(name, _CHECKS, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"{name!r} is no setting{meant}")
    return check(name, value)


def _check_text(name: str, value: object) -> Value:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} should be a text, not {value!r}")
    return value.strip()


def _check_truth(name: str, value: object) -> Value:
    if not isinstance(value, bool):
        raise ValueError(f"{name} should be true or false, not {value!r}")  # noqa: TRY004  # a value of the user's
    return value


def _check_volume(name: str, value: object) -> Value:
    lowest, highest = VOLUME_RANGE_DB
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise ValueError(f"{name} should be a number from {lowest:g} to {highest:g}, not {value!r}")
    return float(value)


def _check_rate(name: str, value: object) -> Value:
    lowest, highest = RATE_RANGE_WPM
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ValueError(f"{name} should be a whole number from {lowest} to {highest}, not {value!r}")
    return value


_CHECKS: Mapping[str, Callable[[str, object], Value]] = {
    "language": _check_text,
    "volume_db": _check_volume,
    "rate_wpm": _check_rate,
    "voice": _check_text,
    "microphone": _check_text,
    "speaker": _check_text,
    "quiet": _check_truth,
}
assert tuple(_CHECKS) == tuple(setting.name for setting in fields(Settings))
