"""Tables to a language: its lines, its texts and its phrasebook."""

from matside.content.exercise import ExerciseText, Position
from matside.content.language import CoachLine, PhrasebookText, PhraseEntry
from matside.content.reader import Table
from matside.content.routine import PassageText, RoutineText


def read_line(parent: Table, key: str) -> CoachLine:
    """Read a coach line: a wording, or a table `{say, lists_commands}`."""
    if not parent.holds_table(key):
        return CoachLine(wording=parent.wording(key))
    table = parent.table(key)
    line = CoachLine(wording=table.wording("say"), lists_commands=table.flag("lists_commands", default=False))
    table.done()
    return line


def read_exercise_text(table: Table) -> ExerciseText:
    """Read an exercise's words in one language."""
    text = ExerciseText(
        name=table.text("name"),
        goal=table.text("goal"),
        intro=table.wording("intro"),
        labels=table.texts("labels", required=True),
        cues=table.table("cues").each(Table.wording),
        aliases=table.texts("aliases"),
        variants=table.table("variants").each(Table.text) if table.has("variants") else {},
    )
    table.done()
    return text


def read_passage_text(table: Table) -> PassageText:
    """Read a passage's words: every key is a cue."""
    return PassageText(cues=table.each(Table.wording))


def read_routine_text(table: Table) -> RoutineText:
    """Read a routine's name and summary."""
    text = RoutineText(name=table.text("name"), summary=table.text("summary", default=""))
    table.done()
    return text


def read_positions(table: Table) -> dict[Position, tuple[str, ...]]:
    """Read one wording for every position."""
    wordings = {position: table.wording(position.value) for position in Position}
    table.done()
    return wordings


def read_phrasebook(table: Table) -> PhrasebookText:
    """Read a phrasebook: one entry a command, and the decoys."""
    entries = []
    for entry in table.tables("commands", required=True):
        entries.append(
            PhraseEntry(
                command=entry.id("command"),
                phrases=entry.texts("phrases", required=True),
                phases=entry.texts("phases", required=True),
                key=entry.text("key"),
                explanation=entry.text("explanation"),
                urgent=entry.flag("urgent", default=False),
            )
        )
        entry.done()
    book = PhrasebookText(entries=tuple(entries), decoys=table.texts("decoys"))
    table.done()
    return book
