"""The lists of who must ask somebody before any exercise; data with sources, one list a stage."""

from dataclasses import dataclass

from matside.content.exercise import Mark, Source
from matside.content.parse import FLAGS
from matside.content.reader import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What is asked once at set-up, and again at each change of stage.

    Attributes:
        absolute: Keys of what rules sessions out.
        relative: Keys of what asks for a clinician's word first.
        flags: Body flags that can concern this stage, in the order in which they are asked for each week.
    """

    absolute: tuple[str, ...]
    relative: tuple[str, ...]
    sources: tuple[Source, ...]
    flags: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Everything on the list, in the order in which it is shown."""
        return self.absolute + self.relative


def read_screening(table: Table, _stage: str) -> Screening:
    """Read a list; its stage is the key that it stands under."""
    screening = Screening(
        absolute=table.texts("absolute"),
        relative=table.texts("relative", required=True),
        flags=_flags(table),
        sources=tuple(read_source(source) for source in table.tables("sources", required=True)),
    )
    table.done()
    return screening


def _flags(table: Table) -> tuple[str, ...]:
    """Read the body flags of a stage; a stage without any would never be asked what is sore."""
    if not table.has("flags"):
        table.reject("flags", expected="the body flags that are asked for in this stage", found="nothing")
        return ()
    flags = table.some_of("flags", FLAGS)
    if not flags or len(set(flags)) < len(flags):
        table.reject("flags", expected="at least one body flag, each once", found=", ".join(flags) or "none")
    return flags


def read_source(table: Table) -> Source:
    """Read where a claim comes from."""
    source = Source(ref=table.text("ref"), claim=table.text("claim"), mark=table.choice("mark", Mark))
    table.done()
    return source
