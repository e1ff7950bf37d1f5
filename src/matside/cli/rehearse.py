"""`matside rehearse`: the whole session on a virtual clock."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matside.cli.options import (
    json_option,
    language_of,
    language_option,
    my_paths,
    my_settings,
    voice_options,
)
from matside.cli.output import clock, note, write_json
from matside.cli.person_options import known_person, person_options
from matside.errors import UsageError
from matside.run.events import Event
from matside.run.message import Message
from matside.units import Ms, milliseconds

if TYPE_CHECKING:
    from matside.content.language import Language
    from matside.content.routine_file import RoutineFile
    from matside.session.plan import Plan

_SAY = re.compile(r"\s*(?P<at>[0-9]+(?:\.[0-9]+)?)\s+(?P<text>\S.*)")


class TextReporter:
    """Write the timeline for people."""

    def tell(self, event: Event) -> None:
        """Write one event, if it is for people."""
        line = in_words(event)
        if line:
            click.echo(line)


class JsonReporter:
    """Write the timeline for scripts."""

    def tell(self, event: Event) -> None:
        """Write one event."""
        write_json(event)


def in_words(event: Event) -> str:
    """Put an event into a line of text; empty for what only scripts need."""
    at = clock(int(str(event["t_ms"]))).rjust(8)
    match event["kind"]:
        case "line":
            return f"{at}  {event['text']}"
        case "tone":
            return f"{at}  ♪ {event['tone']}"
        case "heard":
            return f'{at}  you: "{event["text"]}"'
        case "command":
            return f"{at}  → {event['name']}"
        case "ignored":
            return f'{at}  (not taken: "{event["text"]}", {event["reason"]})'
        case "phase":
            name = f" {event['exercise']} level {event['level']}" if "exercise" in event else ""
            return (
                f"{at}  [{event['phase']}{name}]" if event["phase"] in {"setup", "checking", "talk"} else ""
            )
        case "level":
            return f"{at}  [level {event['from']} → {event['to']}]"
        case "outcome":
            return f"{at}  [{event['exercise']}: {event['result']}, {event['reps_done']} times]"
        case "broken":
            return f"{at}  ! {event['edge']}: {event['problem'] or 'works again'}"
        case "end":
            return f"{at}  [end, {event['reason']}]"
        case _:
            return ""


def parse_says(says: tuple[str, ...]) -> list[tuple[Ms, Message]]:
    """Read `--say "12.5 too hard"`.

    Raises:
        UsageError: Not seconds and words.
    """
    from matside.run.simulate import spoken

    script = []
    for say in says:
        found = _SAY.fullmatch(say)
        if found is None or not math.isfinite(float(found["at"])) or float(found["at"]) > 86_400:
            raise UsageError(
                f'"{say}" is no time and phrase.', hint='Give seconds and words: --say "12.5 too hard".'
            )
        script.append(spoken(found["text"].strip().lower(), milliseconds(float(found["at"]))))
    return script


def _plan_for(
    given: Mapping[str, Any], found: "RoutineFile", words: "Language", *, with_check: bool
) -> "Plan":
    """Lay a routine out for the person of the command line.

    Raises:
        UsageError: What was told doesn't fit together, or the routine isn't for her.
    """
    from dataclasses import replace

    from matside.cli.plan import laid_out
    from matside.planning.choose import Refusal, refusal
    from matside.planning.words import Words

    known = known_person(given, my_paths(), found.library, words)
    laid = refusal(found.routine, found.library, known.person) or laid_out(found, known)
    if isinstance(laid, Refusal):
        raise UsageError(Words(language=words, person=known.person).refusal(laid))
    return laid.plan if with_check else replace(laid.plan, check=None, changed=None)


@click.command("rehearse")
@click.argument("routine", default="morning")
@click.option("--say", "says", multiple=True, metavar='"SECONDS WORDS"', help="Say this at that time.")
@click.option("--wav", type=click.Path(path_type=Path), metavar="OUT.wav", help="Write the session as sound.")
@click.option("--with-check", is_flag=True, help="Ask the questions too; answer them with --say.")
@person_options
@json_option
@language_option
@voice_options
def rehearse_command(
    routine: str,
    says: tuple[str, ...],
    wav: Path | None,
    *,
    with_check: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Play the whole session ROUTINE at once, without waiting.

    As it is written, or as it would be for the person of --stage and so on. A rehearsal has nobody to ask, so
    the questions before a session are left out unless --with-check.
    """
    from matside.content.library import load_library
    from matside.content.routine_file import find_routine
    from matside.planning.lay_out import lay_out
    from matside.run.simulate import simulate
    from matside.run.speech import open_speech
    from matside.say.phrasing import Phrasing

    paths = my_paths()
    settings = my_settings(
        paths, language=given["language"], voice=given["voice"], rate_wpm=given["rate_wpm"]
    )
    script = parse_says(says)
    found = find_routine(routine, load_library(), language=settings.language)
    words = language_of(found.library, settings.language)
    if given["stage"]:
        plan = _plan_for(given, found, words, with_check=with_check)
    else:
        plan = lay_out(found.routine, found.library, checked=not with_check)
    speech = open_speech(words, settings, paths)
    mouth = None
    if wav is not None:
        from matside.say.wav_mouth import WavMouth

        mouth = WavMouth(wav, speech)
    reporter = JsonReporter() if as_json else TextReporter()
    session, _ = simulate(plan, Phrasing(words, speech), script=script, reporter=reporter, mouth=mouth)
    if mouth is not None and wav is not None:
        mouth.finish(session.active_ms + session.waited_ms)
        note(words.screens["written"].format(file=wav))
    if speech.problem:
        note(words.screens["voice.estimated"].format(problem=speech.problem))
