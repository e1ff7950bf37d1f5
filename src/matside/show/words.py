"""What a screen says about a moment, in the language of the session: pure text, no layout."""

from dataclasses import dataclass

from matside.content.advice import advice_wording
from matside.content.language import Language
from matside.session.command import Command
from matside.session.foresee import EDGES
from matside.session.transitions import ADVISING, HELP, Mode
from matside.session.view import SessionView
from matside.show.view import View
from matside.understand.transcript import UNKNOWN
from matside.units import Ms

ALONE = frozenset({Mode.CHECKING, *ADVISING, Mode.CLOSING, Mode.ENDED})
"""Modes in which no exercise is on the mat."""
OVER = frozenset({*ADVISING, Mode.CLOSING, Mode.ENDED})
_LINES = {Mode.PAIN_ASKING: "pain-question", Mode.END_ASKING: "end-question"}
_SAFE = (Command.PAIN, Command.STOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One moment in words.

    Attributes:
        title: The exercise, or what the session is doing where there is none.
        state: What the session is doing; empty while it runs.
        now: What to do now, or the question that waits.
        where: Which repetition, set and side.
        left: Time left in this phase, in whole seconds; None where nothing is to be done by the clock.
        session_left: Time left in all, as "4:05"; empty where that says nothing any more.
        caption: What the coach says.
        heard: What was heard, and why it wasn't taken.
        loss: What is missing, and what she can do.
        trouble: The same, and what is known of it.
        keys: The keys that make sense now and their phrases, most useful first.
    """

    title: str
    state: str
    now: str
    where: str
    left: int | None
    session_left: str
    caption: str
    heard: str
    loss: str
    trouble: str
    keys: tuple[str, ...]


def words_of(view: View, language: Language) -> Words:
    """Put a moment into words."""
    session = view.session
    now = _now(session, language) or view.caption
    # On the screen a number stands as it is dialled, not as it is spoken.
    caption = now if view.caption == _advice(session, language, spelled=True) else view.caption
    at_work = session.mode is Mode.RUNNING and session.beat not in {None, "talk", "exit"}
    loss = _loss(view.edge, language)
    heard = view.heard.replace(UNKNOWN, "…")
    return Words(
        title=_title(session, language),
        state="" if session.mode is Mode.RUNNING else screen_line(language, session.mode.value),
        now=now,
        where=_where(session, language),
        left=-(-session.beat_left_ms // 1_000) if at_work else None,
        session_left="" if session.mode in OVER else minutes(session.left_ms),
        caption=caption,
        heard=f"{heard} ({reason(language, view.ignored)})" if view.ignored else heard,
        loss=loss,
        trouble=f"{loss} ({view.trouble})" if loss else "",
        keys=_keys(session, language),
    )


def minutes(length_ms: Ms) -> str:
    """Give minutes and seconds, rounded up."""
    whole_s = -(-length_ms // 1_000)
    return f"{whole_s // 60}:{whole_s % 60:02}"


def screen_line(language: Language, key: str) -> str:
    """Give a short screen word of this language."""
    return language.lines[f"screen.{key}"].wording[0]


def reason(language: Language, why: str) -> str:
    """Say in this language why something that was heard isn't obeyed."""
    return screen_line(language, f"ignored.{why.partition(';')[0].replace(' ', '-')}")


def _loss(edge: str, language: Language) -> str:
    if not edge:
        return ""
    return language.lines[f"trouble.{edge}" if edge in EDGES else f"screen.trouble.{edge}"].wording[0]


def _title(session: SessionView, language: Language) -> str:
    if session.mode in ALONE:
        return screen_line(language, session.mode.value)
    if session.exercise:
        return language.exercises[session.exercise].name
    return screen_line(language, "talk")


def _now(session: SessionView, language: Language) -> str:
    match session.mode:
        case Mode.CHECKING:
            return language.questions[session.question][0] if session.question else ""
        case Mode.DIZZY_ASKING:
            return " ".join(language.lines[key].wording[0] for key in ("lie-down", "dizzy-question"))
        case Mode.PAIN_ASKING | Mode.END_ASKING:
            return language.lines[_LINES[session.mode]].wording[0]
        case Mode.RED | Mode.ADVISED:
            return _advice(session, language, spelled=False)
        case Mode.PAUSED | Mode.STOPPED:
            return screen_line(language, session.mode.value) if session.beat else ""
        case Mode.RUNNING:
            return _to_do(session, language)
        case _:
            return ""


def _advice(session: SessionView, language: Language, *, spelled: bool) -> str:
    """Give what she is told to do instead; nothing where she isn't."""
    told = session.advice
    if told is None:
        return ""
    return advice_wording(language, told, spelled=spelled)[0]


def _to_do(session: SessionView, language: Language) -> str:
    if session.exercise is None:
        return ""
    text = language.exercises[session.exercise]
    if session.cue:
        return text.cues[session.cue][0]
    if session.beat in {"setup", "adjust"} and session.position:
        return language.positions[session.position][0]
    if session.beat == "exit" and session.position:
        return language.exits[session.position][0]
    if session.beat == "switch" and session.side:
        return _side(language, session.side)
    return screen_line(language, "rest") if session.beat == "set-rest" else ""


def _where(session: SessionView, language: Language) -> str:
    if session.mode not in {Mode.RUNNING, Mode.PAUSED, Mode.STOPPED}:
        return ""
    parts = []
    if session.rep is not None and session.reps:
        parts.append(f"{min(session.rep, session.reps)} / {session.reps}")
    if session.set_number is not None and session.sets and session.sets > 1:
        parts.append(f"{screen_line(language, 'set')} {session.set_number} / {session.sets}")
    if session.side is not None:
        parts.append(_side(language, session.side))
    if session.level is not None and session.exercise:
        parts.append(language.exercises[session.exercise].labels[session.level])
    return "  ·  ".join(parts)


def _side(language: Language, side: int) -> str:
    return language.lines["side.left" if side == 1 else "side.right"].wording[0]


def _keys(session: SessionView, language: Language) -> tuple[str, ...]:
    entries = {entry.command: entry for entry in language.phrasebook.entries}
    wanted = dict.fromkeys((*HELP[session.situation], *_SAFE))
    legal = [entries[name] for name in wanted if session.situation in entries[name].phases]
    return tuple(f"{entry.key} {entry.phrases[0]}" for entry in legal)
