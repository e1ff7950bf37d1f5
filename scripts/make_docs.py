"""Write the pages of docs/ that say what the program itself knows; `--check` only tells which are stale."""

import inspect
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from coverage_page import coverage_page
from exercise_pages import exercise_page
from matside.cli.root import root
from matside.content.language import Language
from matside.content.library import load_library
from matside.session.command import Situation
from matside.understand.phrasebook import Phrasebook
from review_page import review_page
from state_pages import state_page

DOCS = Path(__file__).parents[1] / "docs"
HEAD = "<!-- Written by scripts/make_docs from the program; edit that, not this. -->\n\n"
COMMANDS = """\
# What you can say

A phrase is taken only when it is *all* that was said between two silences, and only in the phases that are
listed with it. Phrases in **bold** are urgent: they are believed on less evidence and answered first. Keys
work in every phase; what makes no sense there changes nothing. The space bar pauses and goes on, and Enter
says that you are ready while you get into position.
"""
SITUATIONS = {
    "check": "a question before the session waits for an answer",
    "talk": "a spoken passage, or the way out of a position",
    "setup": "getting into position",
    "move": "a movement, or the way back from it",
    "hold": "a hold",
    "rest": "a rest, or a change of sides",
    "paused": "after “pause”",
    "stopped": "after “stop”",
    "pain-ask": "the question after “pain” waits for an answer",
    "dizzy-ask": "after “dizzy”: lying down, then the question whether it is better",
    "end-ask": "“end here?” waits for an answer",
    "red": "the text that sends her for help, or says why not today",
    "asleep": "after “go to sleep”",
    "ended": "the session is over",
}


def row(cells: Iterable[object]) -> str:
    """Write one row of a table."""
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table."""
    return "\n".join([row(heads), row("---" for _ in heads), *map(row, rows)])


def command_page() -> str:
    """Write what can be said, in every language."""
    parts = [COMMANDS]
    for language in load_library().languages.values():
        parts += [f"## {language.name} (`{language.code}`)\n", _phrases(language) + "\n"]
    missing = set(SITUATIONS) ^ {situation.value for situation in Situation}
    assert not missing, f"phases without words in scripts/make_docs.py, or the other way round: {missing}"
    parts.append("## The phases\n")
    parts.append(
        table(["phase", "what is going on"], [(f"`{key}`", text) for key, text in SITUATIONS.items()])
    )
    return "\n".join(parts) + "\n"


def _phrases(language: Language) -> str:
    book = Phrasebook.of(language.phrasebook)
    rows = []
    for entry in language.phrasebook.entries:
        phrases = ", ".join(f"**{each}**" if entry.urgent else each for each in entry.phrases)
        legal = [each.value for each in Situation if entry.command in book.legal(each)]
        absent = [each.value for each in Situation if each.value not in legal]
        where = ", ".join(legal)
        if len(absent) <= len(legal):
            where = f"all but {', '.join(absent)}" if absent else "all"
        rows.append((phrases, f"`{entry.key}`", entry.explanation, where))
    return table(["say", "key", "what it does", "phases"], rows)


def cli_page() -> str:
    """Write the reference of the command line."""
    parts = ["# The command line\n", f"{inspect.cleandoc(root.help or '')}\n"]
    context = click.Context(root, info_name="matside")
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        parts += _command(command, click.Context(command, info_name=name, parent=context), 2)
    parts.append("## Exit codes\n")
    parts.append(
        "0: done. 1: a problem, told in two lines. 2: wrong use. 130: interrupted; `matside resume` goes on."
    )
    return "\n".join(parts) + "\n"


def _command(command: click.Command, context: click.Context, depth: int) -> list[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    text = inspect.cleandoc((command.help or "").replace("\b", ""))
    parts = [f"{'#' * depth} `{context.command_path}`\n", f"`{usage}`\n", f"{text}\n"]
    options = [_option(each, context) for each in command.params if isinstance(each, click.Option)]
    if options:
        parts.append(table(["option", "what it does"], options) + "\n")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            parts += _command(child, click.Context(child, info_name=name, parent=context), depth + 1)
    return parts


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    names = ", ".join(option.opts)
    value = "" if option.is_flag else f" {option.make_metavar(context)}"
    default = option.default
    shown = f" Default: {default}." if isinstance(default, int) and not option.is_flag else ""
    return f"`{names}{value}`", (option.help or "") + shown


def main() -> int:
    """Write the pages, or check them."""
    pages = {
        "commands": command_page,
        "cli": cli_page,
        "states": state_page,
        "exercises": exercise_page,
        "coverage": coverage_page,
        "clinical-review": review_page,
    }
    stale = []
    for name, write in pages.items():
        path, text = DOCS / f"{name}.md", HEAD + write().rstrip() + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(f"docs/{name}.md")
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
    if "--check" not in sys.argv[1:]:
        print(f"Written: {', '.join(stale) or 'nothing new'}.")
        return 0
    if stale:
        print(f"Stale: {', '.join(stale)}. scripts/make_docs writes them anew.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
