"""Tables to exercises.

Lengths are seconds in the files and milliseconds inside. Every `read_…` collects problems on its table and
goes on; the caller looks at the list once the whole document is read. `dump.py` is the exact inverse: reading
what was dumped gives the same value.
"""

from matside.content.exercise import (
    Birth,
    Breath,
    Conflict,
    Contraindication,
    Counting,
    Dose,
    Equipment,
    Exercise,
    Gate,
    Level,
    Mark,
    Mistake,
    Phase,
    PhaseKind,
    Position,
    SafetyCue,
    Source,
    Stage,
    Substitute,
    Variant,
)
from matside.content.reader import Table

EXERCISE_SCHEMA = "exercise/1"

ITEMS = frozenset({"wall", "chair", "bed-or-mat", "ball", "non-slip-mat", "pillow", "table", "helper", "box"})
BREATH_RULES = frozenset({"free", "effort-out", "paced"})
FLAGS = frozenset(
    {
        "pgp",
        "doming",
        "heaviness-or-leak",
        "pelvic-floor-pain",
        "wound-pain",
        "sore-stitches",
        "heavier-bleeding",
        "catheter",
        "dizzy",
        "wrist",
        "shoulder",
        "reflux",
        "no-ball-support",
        "calf-symptom",
        "back-pain-on-lift",
    }
)
EXPERIENCE = frozenset({"trained", "ball-used"})
"""What a person may say of herself that opens more: she trained before; she is used to sitting on a ball."""

ACTIONS = frozenset({"end-session", "block", "cap"})
WHENS = frozenset({"setup", "first-rep", "each-set", "long-hold", "end"})
FOLLOWED = frozenset({"seed", "guidance", "stricter"})
REVIEWS = frozenset({"draft", "clinician-reviewed"})

MOST_LEVELS = 20


def _read_phase(table: Table) -> Phase:
    phase = Phase(
        kind=table.choice("kind", PhaseKind),
        length_ms=table.seconds("seconds", 0.5, 60),
        breath=table.choice("breath", Breath),
        cue=table.id("cue"),
        counting=table.choice("counting", Counting, default=Counting.NONE),
    )
    table.done()
    return phase


def _read_level(table: Table) -> Level:
    level = Level(
        number=table.whole("level", 0, MOST_LEVELS),
        position=table.choice("position", Position),
        setup_ms=table.seconds("setup_s", 0, 300),
        setup_cues=table.texts("setup_cues"),
        phases=tuple(_read_phase(phase) for phase in table.tables("phases", required=True)),
        reps=table.whole("reps", 1, 200),
        sets=table.whole("sets", 1, 20, default=1),
        sides=table.whole("sides", 1, 2, default=1),
        switch_ms=table.seconds("switch_s", 0, 60, default=0),
        rest_ms=table.seconds("rest_s", 0, 600, default=0),
        exit_ms=table.seconds("exit_s", 0, 300, default=0),
        first_day_reps=table.whole_or_none("first_day_reps", 1, 200),
        is_seed_version=table.flag("seed_version", default=False),
        promote_after_clean_days=table.whole("promote_after_clean_days", 1, 365, default=3),
    )
    table.done()
    return level


def read_substitute(table: Table | None) -> Substitute | None:
    """Read what is offered in place of something, where it is given."""
    if table is None:
        return None
    substitute = Substitute(exercise=table.id("exercise"), level=table.whole("level", 0, MOST_LEVELS))
    table.done()
    return substitute


def _read_variant(table: Table) -> Variant:
    variant = Variant(
        id=table.id("id"),
        levels=tuple(_read_level(level) for level in table.tables("levels", required=True)),
        missing=table.some_of("missing", ITEMS),
        flags=table.some_of("flags", FLAGS),
        births=table.choices("births", Birth),
    )
    table.done()
    return variant


def _read_gate(table: Table) -> Gate:
    gate = Gate(
        stage=table.choice("stage", Stage),
        max_level=table.whole("max_level", -1, MOST_LEVELS),
        weeks_min=table.whole_or_none("weeks_min", 0, 104),
        weeks_max=table.whole_or_none("weeks_max", 0, 104),
        births=table.choices("births", Birth),
        check_done=table.flag_or_none("check_done"),
        needs=table.some_of("needs", EXPERIENCE),
        substitute=read_substitute(table.table_or_none("substitute")),
        message=table.text_or_none("message"),
    )
    if gate.weeks_min is not None and gate.weeks_max is not None and gate.weeks_min > gate.weeks_max:
        table.reject("weeks_max", expected="at least weeks_min")
    table.done()
    return gate


def _read_contraindication(table: Table) -> Contraindication:
    flag = Contraindication(
        flag=table.one_of("flag", FLAGS),
        action=table.one_of("action", ACTIONS),
        cap_level=table.whole_or_none("cap_level", 0, MOST_LEVELS),
        message=table.text_or_none("message"),
    )
    if (flag.action == "cap") != (flag.cap_level is not None):
        table.reject("cap_level", expected='a level with the action "cap", and only there')
    table.done()
    return flag


def _read_equipment(table: Table) -> Equipment:
    thing = Equipment(
        item=table.one_of("item", ITEMS),
        required=table.flag("required", default=True),
        else_level=table.whole_or_none("else_level", 0, MOST_LEVELS),
    )
    table.done()
    return thing


def _read_safety_cue(table: Table) -> SafetyCue:
    cue = SafetyCue(when=table.one_of("when", WHENS), cue=table.id("cue"))
    table.done()
    return cue


def _read_mistake(table: Table) -> Mistake:
    mistake = Mistake(sign=table.text("sign"), cue=table.id("cue"))
    table.done()
    return mistake


def _read_dose(table: Table) -> Dose:
    dose = Dose(
        seed=table.text("seed"),
        guidance=table.text("guidance"),
        app_per_day=table.whole("app_per_day", 1, 20),
    )
    table.done()
    return dose


def _read_conflict(table: Table | None) -> Conflict | None:
    if table is None:
        return None
    conflict = Conflict(
        seed=table.text("seed"),
        guidance=table.text("guidance"),
        followed=table.one_of("followed", FOLLOWED),
        spoken=table.text("spoken"),
    )
    table.done()
    return conflict


def read_source(table: Table) -> Source:
    """Read a source and its mark."""
    source = Source(ref=table.text("ref"), claim=table.text("claim"), mark=table.choice("mark", Mark))
    table.done()
    return source


def read_schema(table: Table, schema: str) -> None:
    """Check that a document says which schema it follows."""
    if table.text("schema") not in {"", schema}:
        table.reject("schema", expected=f'"{schema}"')


def read_exercise(table: Table) -> Exercise:
    """Read an exercise from its table; the schema line and inline texts are the caller's.

    Unknown keys are reported by the caller's `done`.
    """
    exercise = Exercise(
        id=table.id("id"),
        breath_rule=table.one_of("breath_rule", BREATH_RULES),
        levels=tuple(_read_level(level) for level in table.tables("levels", required=True)),
        gates=tuple(_read_gate(gate) for gate in table.tables("gates", required=True)),
        safety_cues=tuple(_read_safety_cue(cue) for cue in table.tables("safety_cues", required=True)),
        dose=_read_dose(table.table("dose")),
        sources=tuple(read_source(source) for source in table.tables("sources", required=True)),
        review_status=table.one_of("review", REVIEWS),
        seed_refs=table.texts("seed_refs"),
        equipment=tuple(_read_equipment(thing) for thing in table.tables("equipment")),
        contraindications=tuple(_read_contraindication(flag) for flag in table.tables("contraindications")),
        mistakes=tuple(_read_mistake(mistake) for mistake in table.tables("mistakes")),
        conflict=_read_conflict(table.table_or_none("conflict")),
        variants=tuple(_read_variant(variant) for variant in table.tables("variants")),
    )
    if [level.number for level in exercise.levels] != list(range(len(exercise.levels))):
        numbers = ", ".join(str(level.number) for level in exercise.levels)
        table.reject("levels", expected="levels numbered 0, 1, 2, … in order", found=numbers or "none")
    return exercise
