"""Everything that a session over a plan could mean to say, so that it can be rendered before it begins."""

from collections.abc import Iterator

from matside.content.exercise import Position
from matside.content.routine import Advice, Check
from matside.session import cue as cues
from matside.session.beats import passage_meaning
from matside.session.command import Command
from matside.session.cue import Fade, Meaning
from matside.session.cueing import movement
from matside.session.plan import Plan, PlanExercise, PlanPassage
from matside.session.transitions import HELP

EDGES = ("microphone", "model", "speech", "speaker", "keyboard", "history")


def meanings_of(plan: Plan) -> Iterator[Meaning]:
    """Give every meaning that a session over this plan could need, what comes first at the front."""
    for check in filter(None, (plan.changed, plan.check)):
        yield from _of_check(check, plan)
    for item in plan.items:
        match item:
            case PlanPassage():
                for line in item.passage.lines:
                    meaning = passage_meaning(item.passage, line, equipment=plan.equipment)
                    if meaning is not None:
                        yield meaning
            case PlanExercise():
                yield from _of_exercise(item)
    yield from _at_any_time(plan)


def _of_check(check: Check, plan: Plan) -> Iterator[Meaning]:
    yield cues.CheckIntro()
    for question in check.questions:
        for key in question.keys:
            yield from (cues.CheckQuestion(key=key, again=again) for again in (False, True))
    yield cues.CheckPassed()
    ends = {Advice.SOMEBODY_FIRST}
    for question in check.questions:
        ends |= {question.on_yes, question.milder or question.on_yes}
    for advice in sorted(ends - {Advice.ASK_ALL}):
        for unclear in (False, True):
            number, general = plan.emergency_number, plan.general
            yield cues.advised(advice, number=number, unclear=unclear, general=general)


def _of_exercise(item: PlanExercise) -> Iterator[Meaning]:
    name = item.exercise.id
    yield cues.ComingUp(exercise=name, first_time=item.first_time)
    if item.note is not None:
        yield cues.SafetyNote(exercise=item.note[0], key=item.note[1])
    for level in reversed(item.exercise.levels[: item.level + 1]):
        yield cues.TakePosition(position=level.position)
        yield cues.LeavePosition(position=level.position)
        for key in level.setup_cues:
            yield cues.SetUp(exercise=name, key=key)
        for phase in level.phases:
            yield movement(item, phase, Fade.FULL)
            yield movement(item, phase, Fade.SHORT)
        if level.rest_ms:
            yield cues.Rest(length_ms=level.rest_ms)
    for note in item.exercise.safety_cues:
        yield cues.SafetyNote(exercise=name, key=note.cue)


def _at_any_time(plan: Plan) -> Iterator[Meaning]:
    for side in (1, 2):
        yield cues.FirstSide(side=side)
        yield cues.SwitchSide(side=side)
    yield from (cues.Count(number=number) for number in (2, 1))
    yield from (cues.HalfWay(), cues.LastOne(), cues.KeepBreathing())
    yield from (cues.Encourage(eased=eased) for eased in (False, True))
    yield from (cues.EasierNow(), cues.LeftOut(), cues.HarderNoted(), cues.Paused(), cues.GoingOn())
    yield from (cues.Stopped(), cues.StopChoices(), cues.PainQuestion(), cues.PainAgain())
    yield cues.GetHelp(number=plan.emergency_number, general=plan.general)
    yield from (cues.LieDown(), cues.DizzyQuestion(), cues.DizzyPassed())
    yield from (cues.QuestionNoted(), cues.WhyNoSitUps())
    yield from (cues.PainLeftOut(), cues.EndQuestion())
    yield from (cues.Goodbye(completed=completed) for completed in (False, True))
    yield from (cues.VolumeChanged(step=step) for step in (-1, 0, 1))
    yield from (cues.PaceChanged(step=step) for step in (-1, 0, 1))
    yield from (cues.Asleep(), cues.Awake(), cues.NothingToRepeat(), cues.NotNow(command=Command.NEXT))
    yield from (cues.Help(commands=commands) for commands in HELP.values() if commands)
    yield from (cues.LeavePosition(position=position) for position in Position)
    for edge in EDGES:
        yield from (cues.Trouble(edge=edge, back=back) for back in (False, True))
    seconds = [*range(0, 120, 15), *range(120, plan.total_ms // 1_000 + 60, 60)]
    yield from (cues.TimeLeft(left_ms=second * 1_000) for second in seconds)
