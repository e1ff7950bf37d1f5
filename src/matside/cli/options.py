"""Options that several commands share, and what they lead to."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from matside.content.language import Language, Library
from matside.errors import UsageError
from matside.settings import Paths, Settings, find_paths, load_settings

Function = TypeVar("Function", bound=Callable[..., Any])


def language_option(function: Function) -> Function:
    """Add --language."""
    return click.option("--language", metavar="CODE", help="Language to speak and hear: en or ko.")(function)


def json_option(function: Function) -> Function:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON for scripts.")(function)


def voice_options(function: Function) -> Function:
    """Add --voice and --rate."""
    function = click.option("--voice", metavar="ID", help="A voice from `matside voices`.")(function)
    return click.option("--rate", "rate_wpm", type=int, metavar="WPM", help="Words a minute.")(function)


_PROFILE = "matside.profile"


def profile_option(function: Function) -> Function:
    """Add --profile; what it says reaches `my_paths` without a parameter."""

    def keep(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.meta[_PROFILE] = value

    return click.option(
        "--profile",
        metavar="NAME",
        expose_value=False,
        is_eager=True,
        callback=keep,
        help="Whose session it is, where several people share this computer.",
    )(function)


def my_paths() -> Paths:
    """Give this person's folders."""
    ctx = click.get_current_context(silent=True)
    return find_paths(os.environ, ctx.meta.get(_PROFILE) if ctx is not None else None)


def my_settings(paths: Paths, **flags: str | float | bool | None) -> Settings:
    """Give this person's settings: flags before environment before file."""
    return load_settings(paths.settings_file, os.environ, flags)


def language_of(library: Library, code: str) -> Language:
    """Find a language.

    Raises:
        UsageError: There is no such language.
    """
    found = library.languages.get(code)
    if found is None:
        known = ", ".join(sorted(library.languages))
        raise UsageError(f'There is no language "{code}".', hint=f"Choose one of: {known}.")
    return found


def model_option(function: Function) -> Function:
    """Add --model."""
    return click.option(
        "--model",
        type=click.Path(path_type=Path),
        metavar="MODEL",
        help="Model to hear with: the folder of a Vosk model, or a name that `matside models` lists.",
    )(function)
