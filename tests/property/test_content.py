"""Reading what was dumped gives the same thing, and no table whatever makes the reader fail."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matside.content.dump import dump_exercise, dump_routine
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
from matside.content.library import load_library
from matside.content.parse import (
    ACTIONS,
    BREATH_RULES,
    EXERCISE_SCHEMA,
    EXPERIENCE,
    FLAGS,
    FOLLOWED,
    ITEMS,
    REVIEWS,
    WHENS,
    read_exercise,
    read_schema,
)
from matside.content.parse_routine import ROUTINE_SCHEMA, read_routine
from matside.content.reader import Table
from matside.content.routine import Adjustment, ExerciseItem, Offer, PartOfDay, PassageItem, Routine

LIBRARY = load_library()

ids = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
texts = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)


def optional(strategy):
    return st.none() | strategy


def lengths(low_s, high_s):
    return st.integers(low_s * 1000, high_s * 1000)


def build(kind, /, **fields):
    return st.builds(kind, **fields)


def tuples(strategy, low=0):
    return st.lists(strategy, min_size=low, max_size=4).map(tuple)


adjustments = build(
    Adjustment,
    stage=optional(st.sampled_from(Stage)),
    flag=optional(st.sampled_from(sorted(FLAGS))),
    weeks_min=optional(st.integers(0, 40)),
    weeks_max=optional(st.integers(40, 104)),
    births=tuples(st.sampled_from(Birth)),
    first_week=st.booleans(),
    level=optional(st.integers(0, 20)),
    reps=optional(st.integers(1, 200)),
    setup_ms=optional(lengths(0, 300)),
    variant=optional(ids),
    instead=optional(build(Substitute, exercise=ids, level=st.integers(0, 20))),
    drop=st.booleans(),
)
offers = build(
    Offer,
    stage=st.sampled_from(Stage),
    weeks_min=optional(st.integers(0, 40)),
    weeks_max=optional(st.integers(40, 104)),
    days_min=optional(st.integers(0, 100)),
    births=tuples(st.sampled_from(Birth)),
    check_done=optional(st.booleans()),
    without_flags=tuples(st.sampled_from(sorted(FLAGS))),
)

routines = build(
    Routine,
    id=ids,
    items=tuples(
        build(PassageItem, passage=ids)
        | build(
            ExerciseItem,
            exercise=ids,
            level=st.integers(0, 20),
            reps=optional(st.integers(1, 200)),
            sets=optional(st.integers(1, 20)),
            setup_ms=optional(lengths(0, 300)),
            exit_ms=optional(lengths(0, 300)),
            variant=optional(ids),
            adjust=tuples(adjustments),
        ),
        low=1,
    ),
    total_ms=st.just(0) | lengths(1, 14_400),
    check=optional(ids),
    aliases=tuples(texts),
    offers=tuples(offers),
    short_of=optional(ids),
    part_of_day=optional(st.sampled_from(PartOfDay)),
    on_request=st.booleans(),
    rank=st.integers(0, 9),
)

phases = build(
    Phase,
    kind=st.sampled_from(PhaseKind),
    length_ms=lengths(1, 60),
    breath=st.sampled_from(Breath),
    cue=ids,
    counting=st.sampled_from(Counting),
)


def levels(number):
    return build(
        Level,
        number=st.just(number),
        position=st.sampled_from(Position),
        setup_ms=lengths(0, 300),
        setup_cues=tuples(texts),
        phases=tuples(phases, low=1),
        reps=st.integers(1, 200),
        sets=st.integers(1, 20),
        sides=st.integers(1, 2),
        switch_ms=lengths(0, 60),
        rest_ms=lengths(0, 600),
        exit_ms=lengths(0, 300),
        first_day_reps=optional(st.integers(1, 200)),
        is_seed_version=st.booleans(),
        promote_after_clean_days=st.integers(1, 365),
    )


gates = build(
    Gate,
    stage=st.sampled_from(Stage),
    max_level=st.integers(-1, 20),
    weeks_min=optional(st.integers(0, 40)),
    weeks_max=optional(st.integers(40, 104)),
    births=tuples(st.sampled_from(Birth)),
    check_done=optional(st.booleans()),
    needs=tuples(st.sampled_from(sorted(EXPERIENCE))),
    substitute=optional(build(Substitute, exercise=ids, level=st.integers(0, 20))),
    message=optional(texts),
)

capped = build(
    Contraindication,
    flag=st.sampled_from(sorted(FLAGS)),
    action=st.just("cap"),
    cap_level=st.integers(0, 20),
    message=optional(texts),
)
blocked = build(
    Contraindication,
    flag=st.sampled_from(sorted(FLAGS)),
    action=st.sampled_from(sorted(ACTIONS - {"cap"})),
    message=optional(texts),
)

exercises = build(
    Exercise,
    id=ids,
    breath_rule=st.sampled_from(sorted(BREATH_RULES)),
    levels=st.integers(1, 5).flatmap(lambda count: st.tuples(*map(levels, range(count)))),
    gates=tuples(gates, low=1),
    safety_cues=tuples(build(SafetyCue, when=st.sampled_from(sorted(WHENS)), cue=ids), low=1),
    dose=build(Dose, seed=texts, guidance=texts, app_per_day=st.integers(1, 20)),
    sources=tuples(build(Source, ref=texts, claim=texts, mark=st.sampled_from(Mark)), low=1),
    review_status=st.sampled_from(sorted(REVIEWS)),
    seed_refs=tuples(texts),
    equipment=tuples(
        build(
            Equipment,
            item=st.sampled_from(sorted(ITEMS)),
            required=st.booleans(),
            else_level=optional(st.integers(0, 20)),
        )
    ),
    contraindications=tuples(capped | blocked),
    mistakes=tuples(build(Mistake, sign=texts, cue=ids)),
    conflict=optional(
        build(
            Conflict,
            seed=texts,
            guidance=texts,
            followed=st.sampled_from(sorted(FOLLOWED)),
            spoken=texts,
        )
    ),
    variants=tuples(
        build(
            Variant,
            id=ids,
            levels=levels(0).map(lambda level: (level,)),
            missing=tuples(st.sampled_from(sorted(ITEMS))),
            flags=tuples(st.sampled_from(sorted(FLAGS))),
            births=tuples(st.sampled_from(Birth)),
        )
    ),
)


def read(reader, schema, values):
    problems = []
    table = Table(values, problems, file="f.toml")
    read_schema(table, schema)
    thing = reader(table)
    table.done()
    return thing, problems


@given(routines)
def test_a_dumped_routine_reads_as_the_same_routine(routine):
    assert read(read_routine, ROUTINE_SCHEMA, dump_routine(routine)) == (routine, [])


@settings(max_examples=50)
@given(exercises)
def test_a_dumped_exercise_reads_as_the_same_exercise(exercise):
    assert read(read_exercise, EXERCISE_SCHEMA, dump_exercise(exercise)) == (exercise, [])


def test_everything_that_ships_survives_dumping():
    for exercise in LIBRARY.exercises.values():
        assert read(read_exercise, EXERCISE_SCHEMA, dump_exercise(exercise)) == (exercise, [])
    for routine in LIBRARY.routines.values():
        assert read(read_routine, ROUTINE_SCHEMA, dump_routine(routine)) == (routine, [])


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
keys = st.sampled_from(
    ["schema", "id", "items", "total_s", "check", "levels", "gates", "dose", "sources", "phases", "equipment"]
)


@given(st.dictionaries(keys | st.text(max_size=8), trees, max_size=8))
def test_any_table_reads_or_is_refused_with_problems(values):
    for reader, schema in ((read_routine, ROUTINE_SCHEMA), (read_exercise, EXERCISE_SCHEMA)):
        thing, problems = read(reader, schema, values)
        assert thing is not None
        assert all(str(problem).startswith("f.toml") for problem in problems)


@given(st.sampled_from(sorted(LIBRARY.exercises)), st.data())
def test_any_single_key_made_wrong_is_named(exercise_id, data):
    values = dump_exercise(LIBRARY.exercises[exercise_id])
    key = data.draw(st.sampled_from(sorted(values)))
    values[key] = data.draw(st.sampled_from([object(), -(10**30), float("nan")]))
    _, problems = read(read_exercise, EXERCISE_SCHEMA, values)
    assert {problem.key_path.partition("[")[0] for problem in problems} >= {key}
