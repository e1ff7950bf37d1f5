"""The top of the command line: `matside` itself."""

import click

import matside
from matside.cli.commands import CONTEXT, ShyGroup

EXAMPLES = """\b
Examples:
  matside start breathe            two minutes of seated breathing
  matside start                    the morning or the evening session
  matside rehearse morning         see the whole session in a second
  matside commands                 what you can say, and the keys
"""


@click.group(
    cls=ShyGroup,
    context_settings=CONTEXT,
    epilog=EXAMPLES,
    lazy={
        "start": ("matside.cli.start", "Start a session."),
        "resume": ("matside.cli.start", "Go on with a session that was interrupted."),
        "rehearse": ("matside.cli.rehearse", "Play a whole session at once, as text, JSON or an audio file."),
        "commands": ("matside.cli.content", "List what you can say, and the keys."),
        "routines": ("matside.cli.content", "List the routines, or check a routine file."),
        "exercises": ("matside.cli.content", "List the exercises and their levels."),
        "voices": ("matside.cli.voices", "List the voices, or hear one."),
        "history": ("matside.cli.history", "Show what you have done."),
        "listen": ("matside.cli.listen", "Try the ear alone, live or on recordings."),
        "models": ("matside.cli.models", "List, fetch or verify the models for hearing."),
        "replay": ("matside.cli.replay", "Hear a recorded room again."),
        "bench": ("matside.cli.bench", "Measure hearing on your own recordings."),
        "doctor": ("matside.cli.doctor", "Check every part: found, works, or what to do."),
    },
)
@click.version_option(matside.__version__, "--version", prog_name="matside")
def root() -> None:
    """Guide you through a short workout by voice, wholly on this computer.

    Say "next", "pause", "too hard" or "stop" at any time; every command has a key too.
    This companion offers general exercise guidance. It is not medical advice and cannot examine you.
    """
