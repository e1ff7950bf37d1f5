"""The events of the JSON contract: what happened, as plain values that scripts rely on."""

from matside.say.line import Say
from matside.session.outcome import LevelChanged, Outcome, PhaseBegan, Refused
from matside.understand.transcript import Transcript
from matside.units import Ms

Event = dict[str, object]


def said(say: Say) -> Event:
    """A line or a tone began to sound."""
    line = say.line
    if line.tone is not None:
        return {"t_ms": say.at_ms, "kind": "tone", "tone": line.tone.value, "length_ms": line.length_ms}
    return {"t_ms": say.at_ms, "kind": "line", "text": line.text, "length_ms": line.length_ms}


def heard(transcript: Transcript, at_ms: Ms) -> Event:
    """An utterance was recognised."""
    return {
        "t_ms": at_ms,
        "kind": "heard",
        "text": transcript.text,
        "start_ms": transcript.began_ms,
        "end_ms": transcript.ended_ms,
        "level_db": round(transcript.level_db, 1),
        "echo_db": round(transcript.echo_db, 1),
    }


def commanded(name: str, at_ms: Ms, *, by: str) -> Event:
    """A command was taken; `by` is voice, key or script."""
    return {"t_ms": at_ms, "kind": "command", "name": name, "by": by}


def ignored(text: str, reason: str, at_ms: Ms) -> Event:
    """Something was heard or pressed and not obeyed."""
    return {"t_ms": at_ms, "kind": "ignored", "text": text, "reason": reason}


def phase(began: PhaseBegan) -> Event:
    """A phase began."""
    event: Event = {"t_ms": began.at_ms, "kind": "phase", "phase": began.phase, "length_ms": began.length_ms}
    event |= {
        name: value
        for name, value in (
            ("item", began.item),
            ("exercise", began.exercise),
            ("level", began.level),
            ("set", began.set_number),
            ("rep", began.rep),
            ("side", began.side),
        )
        if value is not None
    }
    return event


def level(changed: LevelChanged) -> Event:
    """An exercise became easier, or is left out (level -1)."""
    return {
        "t_ms": changed.at_ms,
        "kind": "level",
        "exercise": changed.exercise,
        "from": changed.old,
        "to": changed.new,
    }


def outcome(came: Outcome) -> Event:
    """An exercise, or a check, is over."""
    return {
        "t_ms": came.at_ms,
        "kind": "outcome",
        "exercise": came.exercise,
        "result": came.result.value,
        "level_planned": came.level_planned,
        "level_done": came.level_done,
        "reps_done": came.reps_done,
        "reps_planned": came.reps_planned,
        "wants_harder": came.wants_harder,
    }


def refused(no: Refused) -> Event:
    """A command was understood and makes no sense now."""
    return ignored(no.command, no.reason, no.at_ms)


def broken(edge: str, problem: str, at_ms: Ms) -> Event:
    """A device or an engine isn't there; an empty problem says that it is back."""
    return {"t_ms": at_ms, "kind": "broken", "edge": edge, "problem": problem}


def ended(at_ms: Ms, *, completed: bool, reason: str) -> Event:
    """The session is over."""
    return {"t_ms": at_ms, "kind": "end", "completed": completed, "reason": reason}
