"""What is asked and told before a session begins: the first questions, and the standing text."""

import sys
from collections.abc import Mapping
from dataclasses import replace

import click

from matside.cli.output import note, write_paragraph
from matside.cli.person_options import Known
from matside.cli.plan import Wish
from matside.cli.profile import interviewer_of, keep_profile, load_profile, today_of_calendar
from matside.content.library import drafts
from matside.planning.answers import truth_of
from matside.planning.lay_out import Laid
from matside.planning.profile import Screened
from matside.planning.tailor import Tailored
from matside.planning.why import Because
from matside.planning.words import Words
from matside.run.request import Request
from matside.session.command import Command
from matside.settings import Paths
from matside.understand.phrasebook import Phrasebook

BALL = "ball"


def ask_essentials(paths: Paths, code: str) -> None:
    """Ask what no session can do without; the rest waits for `matside profile ask`."""
    interviewer = interviewer_of(paths, code, aloud=False)
    interviewer.essentials(load_profile(paths))


def is_to_be_asked(known: Known, wish: Wish, *, as_json: bool) -> bool:
    """Tell whether this is the first time, with somebody there who can answer."""
    profile = known.profile
    if profile is None or as_json or wish.name is not None or not sys.stdin.isatty():
        return False
    if profile.low_on == today_of_calendar():
        return False
    return profile.asked_on is None or (known.person.lacks is None and profile.screened is Screened.UNASKED)


def without_unsafe_ball(known: Known, laid: Laid, texts: Mapping[str, str]) -> Known | None:
    """Ask about the ball before every session with one; anything but a clear "yes" takes it away for today.

    Returns:
        The person without a ball; None where nothing changes.
    """
    steps = [step for step in laid.steps if isinstance(step, Tailored)]
    if BALL in known.person.missing or not any(_is_on_ball(step) for step in steps):
        return None
    if sys.stdin.isatty():
        click.echo(texts["ask.ball"])
        if truth_of(str(click.prompt("", default="", show_default=False, prompt_suffix="> "))):
            return None
    note(texts["ball.chair"])
    person = replace(known.person, missing=known.person.missing | {BALL})
    return replace(known, today=replace(known.today, person=person))


def _of_the_red_key(request: Request) -> str:
    """Say before the first session what works when a word isn't heard."""
    texts = request.language.planning
    book = Phrasebook.of(request.language.phrasebook)
    words = ", ".join(f"“{phrase}”" for phrase in book.phrases[Command.RED][:3])
    return texts["start.red-key"].format(words=words, number=request.number or texts["start.red-key.number"])


def _is_on_ball(step: Tailored) -> bool:
    things = (thing for thing in step.exercise.equipment if thing.item == BALL)
    return any(thing.required or step.level > (thing.else_level or 0) for thing in things)


def tell_before(laid: Laid, known: Known, request: Request) -> None:
    """Show the standing text the first time and before a bigger step, and what today's plan leaves out."""
    words = Words(language=request.language, person=known.person)
    texts, about = request.language.planning, request.language.about
    profile = known.profile
    raised = [
        step for step in laid.steps if isinstance(step, Tailored) and step.why.because is Because.RAISED
    ]
    if profile is not None and profile.told_on is None:
        write_paragraph(" ".join(about.standing), err=True)
        if drafts(request.routine.library):
            write_paragraph(" ".join(about.draft), err=True)
        note(_of_the_red_key(request))
        keep_profile(request.paths, replace(profile, told_on=today_of_calendar()))
    elif raised:
        note(texts["plan.raise"].format(standing=" ".join(about.standing)))
    for step in raised:
        note(f"{words.name(step.exercise.id)}: {words.why(step)}.")
    if laid.plan.equipment:
        things = ", ".join(words.thing(thing) for thing in laid.plan.equipment)
        note(request.language.lines["get-ready"].wording[0].format(equipment=things))
    for left in laid.left_out:
        reason = words.why_left_out(left)
        note(texts["plan.left-out"].format(exercise=words.name(left.exercise), why=reason))
    if words.may_tell_of_check:
        note(texts["check.tell"])
    if profile is not None and known.person.lacks is None and profile.flags_are_old(today_of_calendar()):
        note(texts["flags.old" if profile.flags_on else "flags.never"])
