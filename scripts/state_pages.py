"""The page of states: the tables of the session, and a drawing of what it really does."""

from collections.abc import Iterable
from dataclasses import replace

from matside.content.library import load_library
from matside.planning.lay_out import lay_out
from matside.session.command import Command, Situation
from matside.session.machine import Session
from matside.session.plan import Plan
from matside.session.transitions import ASKING, BEAT_SITUATION, HELP, MODE_SITUATION, TABLE, Mode

INTRO = """\
# States

A session is in exactly one mode. Only `running` moves the session's own time; in all other modes it stands
still. A command without a cell is refused kindly and changes nothing. "Stop", pain, dizziness and red words
work in every mode but the last, asleep too; a red word asks nothing and leads to `red` from everywhere. A
question that nobody answers is taken to the safe side: the check ends the session in `red` or `advised`, by
what was asked; pain and dizziness lead to `red`; "end here?" goes back to where it was asked, as a television
may have asked it. The answer that leads past a question counts only once the question has begun.
"""
WAIT = {
    Mode.RUNNING: "the last item ends",
    Mode.PAUSED: "after a moment to settle",
    Mode.CHECKING: "no answer",
    Mode.PAIN_ASKING: "no answer",
    Mode.DIZZY_ASKING: "no answer",
    Mode.END_ASKING: "no answer",
    Mode.RED: "after two minutes",
    Mode.ADVISED: "after a minute",
    Mode.CLOSING: "the last words are said",
}
LONG_RESUME = "resume after 15 minutes"
LONG_PAUSE_MS = 15 * 60_000
STEPS = 9
Inputs = tuple[str, ...]


def state_page() -> str:
    """Write the page."""
    return "\n".join(
        [
            INTRO,
            "## What each command does in each mode\n",
            _table(["command", *(f"`{mode.value}`" for mode in Mode)], map(_command_row, Command)),
            "\n## How one mode leads to another\n",
            "Drawn by trying every command, and waiting, in every mode of a real session.\n",
            "```mermaid\nstateDiagram-v2",
            *(f"    {_name(a)} --> {_name(b)}: {', '.join(labels)}" for (a, b), labels in _edges().items()),
            "```\n",
            "## What is going on, as the phrasebook sees it\n",
            "While the session runs, the beat that is on decides; else the mode does.\n",
            _table(["while running, the beat", "phase"], _pairs(BEAT_SITUATION.items())),
            "",
            _table(["mode", "phase"], _pairs((m.value, s) for m, s in MODE_SITUATION.items())),
            "\n## What “help” names\n",
            _table(
                ["phase", "commands"], [(f"`{s.value}`", ", ".join(HELP[s]) or "none") for s in Situation]
            ),
        ]
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(heads), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _command_row(command: Command) -> list[str]:
    acts = [TABLE[mode].get(command) for mode in Mode]
    return [f"**{command.value}**", *(act.value if act else "" for act in acts)]


def _pairs(pairs: Iterable[tuple[str, Situation]]) -> list[tuple[str, str]]:
    return [(f"`{left}`", f"`{right.value}`") for left, right in pairs]


def _name(mode: Mode) -> str:
    return mode.value.replace("-", "_")


def _edges() -> dict[tuple[Mode, Mode], list[str]]:
    """Try everything from every mode, by every way into it, and keep what leads elsewhere."""
    found: dict[tuple[Mode, Mode], list[str]] = {}
    seen: set[tuple[Mode, Mode, bool]] = set()
    waiting: list[tuple[Inputs, Mode]] = [((), Mode.CHECKING)]
    while waiting:
        inputs, before = waiting.pop(0)
        session = _play(inputs)
        here, moves_on = session.mode, session.deadline_ms is not None
        if (before, here, moves_on) in seen or len(inputs) > STEPS:
            continue
        seen.add((before, here, moves_on))
        for step in (*(command.value for command in Command), *_waits(here, moves_on=moves_on)):
            there = _play((*inputs, step)).mode
            if there is here:
                continue
            labels = found.setdefault((here, there), [])
            label = "pain for the second time" if step == Command.PAIN and there is Mode.CLOSING else step
            if label not in labels:
                labels.append(label)
            waiting.append(((*inputs, step), here))
    order = list(Mode)
    return dict(sorted(found.items(), key=lambda edge: tuple(map(order.index, edge[0]))))


def _waits(mode: Mode, *, moves_on: bool) -> tuple[str, ...]:
    if moves_on:
        return (WAIT[mode],)
    return (LONG_RESUME,) if mode in {Mode.PAUSED, Mode.STOPPED} else ()


def _play(inputs: Inputs) -> Session:
    """Give a session after these commands and waits; a session of one question, an exercise and a passage."""
    session, now_ms = Session(PLAN), 0
    session.advance(0)
    for step in inputs:
        # What is answered must have been asked.
        now_ms = max(now_ms + 1_000, session.asked_ms or 0)
        if step == LONG_RESUME:
            now_ms += LONG_PAUSE_MS
            session.apply(Command.RESUME, now_ms)
        elif step in WAIT.values():
            now_ms = _wait(session, step, now_ms)
        else:
            session.apply(Command(step), now_ms)
    return session


def _wait(session: Session, step: str, now_ms: int) -> int:
    """Let time pass until the mode changes by itself; a question may be asked again first."""
    before = session.mode
    while session.mode is before and session.deadline_ms is not None:
        now_ms = max(now_ms, session.deadline_ms)
        session.advance(now_ms)
    assert before in ASKING or step != "no answer"
    return now_ms


def _plan() -> Plan:
    library = load_library()
    plan = lay_out(library.routines["evening"], library)
    assert plan.check is not None
    return replace(
        plan,
        items=(plan.items[1], plan.items[-1]),
        check=replace(plan.check, questions=plan.check.questions[:1]),
    )


PLAN = _plan()
