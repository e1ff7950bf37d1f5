"""Small plans for tests of the session: every kind of item, and nothing from the shipped content."""

from matside.content.exercise import (
    Breath,
    Counting,
    Dose,
    Exercise,
    Gate,
    Level,
    Mark,
    Phase,
    PhaseKind,
    Position,
    SafetyCue,
    Source,
    Stage,
)
from matside.content.routine import Advice, Check, Passage, PassageLine, Question
from matside.session.plan import Plan, PlanExercise, PlanItem, PlanPassage


def phase(kind: str, length_ms: int, breath: str = "free", counting: str = "none") -> Phase:
    return Phase(
        kind=PhaseKind(kind),
        length_ms=length_ms,
        breath=Breath(breath),
        cue=f"{kind}_{breath}",
        counting=Counting(counting),
    )


LIFT = (
    phase("move", 3_000, "out"),
    phase("hold", 4_000, "free", "down"),
    phase("return", 3_000, "in"),
    phase("rest", 2_000),
)
HOLD = (phase("hold", 8_000, "free", "ends"), phase("rest", 7_000))
BREATH = (phase("move", 4_000, "in"), phase("return", 6_000, "out"))


def level(number: int, position: Position, phases=LIFT, **rest) -> Level:
    given = {"setup_ms": 12_000, "setup_cues": ("lie", f"feet_{number}"), "reps": 3 + number} | rest
    return Level(number=number, position=position, phases=phases, **given)


def exercise(name: str, *levels: Level) -> Exercise:
    return Exercise(
        id=name,
        breath_rule="free",
        levels=levels,
        gates=(Gate(stage=Stage.GENERAL, max_level=3),),
        safety_cues=(SafetyCue(when="first-rep", cue="mind"), SafetyCue(when="end", cue="soft")),
        dose=Dose(seed="", guidance="", app_per_day=1),
        sources=(Source(ref="X", claim="x", mark=Mark.JUDGEMENT),),
        review_status="draft",
    )


BRIDGE = exercise(
    "bridge",
    level(0, Position.SUPINE, LIFT[::2], exit_ms=9_000),
    *(level(number, Position.SUPINE, exit_ms=9_000) for number in (1, 2)),
)
PLANK = exercise(
    "plank",
    level(0, Position.WALL, HOLD, reps=2),
    level(1, Position.ALL_FOURS, HOLD, reps=3),
    level(2, Position.FOREARM_KNEES, HOLD, reps=3, sets=2, rest_ms=10_000, exit_ms=6_000),
)
REACH = exercise(
    "reach", *(level(number, Position.ALL_FOURS, sides=2, switch_ms=5_000) for number in range(3))
)
BREATHING = exercise("breathing", *(level(number, Position.SEATED, BREATH, reps=6) for number in range(3)))
WELCOME = Passage(
    id="welcome",
    length_ms=12_000,
    lines=(PassageLine(at_ms=1_000, cue="hello"), PassageLine(at_ms=7_000, cue="equipment")),
    position=Position.SEATED,
)
CLOSE = Passage(
    id="close",
    length_ms=9_000,
    lines=(PassageLine(at_ms=1_000, cue="thanks"),),
    position=Position.STANDING,
)
CHECK = Check(
    id="general",
    questions=(
        Question(key="one", on_yes=Advice.EMERGENCY),
        Question(key="two", on_yes=Advice.REST_TODAY),
        Question(key="three", on_yes=Advice.EMERGENCY, follow_up="new", milder=Advice.MATERNITY_NOW),
    ),
    sources=(),
)
CHANGED = Check(id="changed", questions=(Question(key="changed", on_yes=Advice.ASK_ALL),), sources=())


def dosed(what: Exercise, number: int, *, exits: bool = False) -> PlanExercise:
    rung = what.levels[number]
    return PlanExercise(
        exercise=what,
        level=number,
        reps=rung.reps,
        sets=rung.sets,
        setup_ms=rung.setup_ms,
        exit_ms=rung.exit_ms,
        first_time=True,
        exits=exits,
    )


ITEMS: tuple[PlanItem, ...] = (
    PlanPassage(passage=WELCOME),
    dosed(BREATHING, 2),
    dosed(REACH, 1),
    dosed(PLANK, 2, exits=True),
    dosed(BRIDGE, 2, exits=True),
    PlanPassage(passage=CLOSE),
)
PLAN = Plan(routine="test", items=ITEMS, equipment=("mat",))
CHECKED_PLAN = Plan(routine="test", items=ITEMS, equipment=("mat",), check=CHECK)
CHANGED_PLAN = Plan(routine="test", items=ITEMS, equipment=("mat",), check=CHECK, changed=CHANGED)
