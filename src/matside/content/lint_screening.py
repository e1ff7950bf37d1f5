"""What the lists at set-up and the weekly questions promise: each stage has its own, with words for all."""

from collections.abc import Iterator

from matside.content.exercise import Stage
from matside.content.language import Library
from matside.content.parse import FLAGS
from matside.content.reader import Problem

PLACE = "screening"
STAGES = (Stage.PREGNANT, Stage.POSTPARTUM, Stage.GENERAL)


def lint_screening(library: Library) -> Iterator[Problem]:
    """Check that every stage has its list, and that every flag is asked for and has its words."""
    asked: set[str] = set()
    for stage in STAGES:
        screening = library.screening.get(stage.value)
        if screening is None:
            yield Problem(file=PLACE, key_path=stage.value, expected="its list", found="nothing")
        else:
            asked |= set(screening.flags)
    for flag in sorted(FLAGS - asked):
        yield Problem(
            file=PLACE, key_path="flags", expected=f"a stage that is asked for {flag}", found="none"
        )
    for language in library.languages.values():
        for flag in sorted(FLAGS):
            key = f"flag.{flag}"
            if key not in language.planning:
                place = f"languages/{language.code}"
                yield Problem(file=place, key_path=f"planning.{key}", expected="its words", found="nothing")
