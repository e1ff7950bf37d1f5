"""The top of the command line: `matside` itself."""

import click

import matside
from matside.cli.commands import CONTEXT, ShyGroup
from matside.cli.options import profile_option

EXAMPLES = """\b
Examples:
  matside start breathe            two minutes of seated breathing, no questions
  matside start                    the session that suits you; the first time it asks who you are
  matside start --minutes 5        a short one
  matside plan                     see today's session, and why it is as it is
  matside commands                 what you can say, and the keys
"""


@click.group(
    cls=ShyGroup,
    context_settings=CONTEXT,
    epilog=EXAMPLES,
    lazy={
        "start": ("matside.cli.start", "Start a session."),
        "resume": ("matside.cli.start", "Go on with a session that was interrupted."),
        "plan": ("matside.cli.plan", "Show today's session, and why it is as it is."),
        "profile": ("matside.cli.profile", "Tell once who you are; matside plans by it."),
        "today": ("matside.cli.today", "Show what is done today, and what is left."),
        "progress": ("matside.cli.progress_page", "Show where you stand with each exercise, and why."),
        "rehearse": ("matside.cli.rehearse", "Play a whole session at once, as text, JSON or an audio file."),
        "commands": ("matside.cli.content", "List what you can say, and the keys."),
        "routines": ("matside.cli.content", "List the routines, or check a routine file."),
        "exercises": ("matside.cli.content", "List the exercises and their levels."),
        "learn": ("matside.cli.learn", "Read or hear what is worth knowing about your back."),
        "remind": ("matside.cli.remind", "Let your own system remind you."),
        "voices": ("matside.cli.voices", "List the voices, or hear one."),
        "history": ("matside.cli.history", "Show what you have done."),
        "listen": ("matside.cli.listen", "Try the ear alone, live or on recordings."),
        "models": ("matside.cli.models", "List, fetch or verify the models for hearing."),
        "replay": ("matside.cli.replay", "Hear a recorded room again."),
        "bench": ("matside.cli.bench", "Measure hearing on your own recordings."),
        "doctor": ("matside.cli.doctor", "Check every part: found, works, or what to do."),
        "about": ("matside.cli.about", "Say what matside is, and whose advice counts."),
    },
)
@profile_option
@click.version_option(matside.__version__, "--version", prog_name="matside")
def root() -> None:
    """Guide you through a short workout by voice, wholly on this computer.

    Say "next", "pause", "too hard" or "stop" at any time; every command has a key too.
    This companion offers general exercise guidance. It is not medical advice and cannot examine you.
    """
