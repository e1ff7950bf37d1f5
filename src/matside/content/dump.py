"""Exercises and routines back to tables: the exact inverse of reading them."""

from collections.abc import Iterable

from matside.content.exercise import Counting, Exercise, Gate, Level, Phase, Substitute, Variant
from matside.content.parse import EXERCISE_SCHEMA
from matside.content.parse_routine import ROUTINE_SCHEMA
from matside.content.routine import Adjustment, ExerciseItem, Offer, PassageItem, Routine, RoutineItem
from matside.units import Ms

Dumped = dict[str, object]


def _seconds(length_ms: Ms) -> int | float:
    return length_ms // 1000 if length_ms % 1000 == 0 else length_ms / 1000


def _seconds_or_none(length_ms: Ms | None) -> int | float | None:
    return None if length_ms is None else _seconds(length_ms)


def _given(pairs: Iterable[tuple[str, object]]) -> Dumped:
    """Keep what is given: TOML has no null, and an empty list says nothing."""
    return {key: value for key, value in pairs if value is not None and value != []}


def _dump_phase(phase: Phase) -> Dumped:
    dumped: Dumped = {
        "kind": phase.kind.value,
        "seconds": _seconds(phase.length_ms),
        "breath": phase.breath.value,
        "cue": phase.cue,
    }
    return dumped | ({} if phase.counting is Counting.NONE else {"counting": phase.counting.value})


def _dump_level(level: Level) -> Dumped:
    return _given(
        [
            ("level", level.number),
            ("position", level.position.value),
            ("setup_s", _seconds(level.setup_ms)),
            ("setup_cues", list(level.setup_cues)),
            ("phases", [_dump_phase(phase) for phase in level.phases]),
            ("reps", level.reps),
            ("sets", level.sets),
            ("sides", level.sides),
            ("switch_s", _seconds(level.switch_ms)),
            ("rest_s", _seconds(level.rest_ms)),
            ("exit_s", _seconds(level.exit_ms)),
            ("first_day_reps", level.first_day_reps),
            ("seed_version", level.is_seed_version),
            ("promote_after_clean_days", level.promote_after_clean_days),
        ]
    )


def _dump_variant(variant: Variant) -> Dumped:
    return _given(
        [
            ("id", variant.id),
            ("missing", list(variant.missing)),
            ("flags", list(variant.flags)),
            ("births", [birth.value for birth in variant.births]),
            ("levels", [_dump_level(level) for level in variant.levels]),
        ]
    )


def _dump_substitute(substitute: Substitute | None) -> Dumped | None:
    return {"exercise": substitute.exercise, "level": substitute.level} if substitute else None


def _dump_gate(gate: Gate) -> Dumped:
    return _given(
        [
            ("stage", gate.stage.value),
            ("max_level", gate.max_level),
            ("weeks_min", gate.weeks_min),
            ("weeks_max", gate.weeks_max),
            ("births", [birth.value for birth in gate.births]),
            ("check_done", gate.check_done),
            ("needs", list(gate.needs)),
            ("substitute", _dump_substitute(gate.substitute)),
            ("message", gate.message),
        ]
    )


def dump_exercise(exercise: Exercise) -> Dumped:
    """Turn an exercise into the table that reads as the same exercise."""
    conflict = exercise.conflict
    dose = exercise.dose
    return _given(
        [
            ("schema", EXERCISE_SCHEMA),
            ("id", exercise.id),
            ("breath_rule", exercise.breath_rule),
            ("review", exercise.review_status),
            ("seed_refs", list(exercise.seed_refs)),
            ("levels", [_dump_level(level) for level in exercise.levels]),
            ("gates", [_dump_gate(gate) for gate in exercise.gates]),
            ("safety_cues", [{"when": cue.when, "cue": cue.cue} for cue in exercise.safety_cues]),
            ("mistakes", [{"sign": mistake.sign, "cue": mistake.cue} for mistake in exercise.mistakes]),
            ("equipment", _dump_equipment(exercise)),
            ("contraindications", _dump_contraindications(exercise)),
            ("dose", {"seed": dose.seed, "guidance": dose.guidance, "app_per_day": dose.app_per_day}),
            (
                "conflict",
                conflict
                and {
                    "seed": conflict.seed,
                    "guidance": conflict.guidance,
                    "followed": conflict.followed,
                    "spoken": conflict.spoken,
                },
            ),
            ("sources", [{"ref": s.ref, "claim": s.claim, "mark": s.mark.value} for s in exercise.sources]),
            ("variants", [_dump_variant(variant) for variant in exercise.variants]),
        ]
    )


def _dump_equipment(exercise: Exercise) -> list[Dumped]:
    return [
        _given([("item", thing.item), ("required", thing.required), ("else_level", thing.else_level)])
        for thing in exercise.equipment
    ]


def _dump_contraindications(exercise: Exercise) -> list[Dumped]:
    return [
        _given(
            [
                ("flag", flag.flag),
                ("action", flag.action),
                ("cap_level", flag.cap_level),
                ("message", flag.message),
            ]
        )
        for flag in exercise.contraindications
    ]


def _dump_adjustment(adjustment: Adjustment) -> Dumped:
    return _given(
        [
            ("stage", adjustment.stage and adjustment.stage.value),
            ("flag", adjustment.flag),
            ("weeks_min", adjustment.weeks_min),
            ("weeks_max", adjustment.weeks_max),
            ("births", [birth.value for birth in adjustment.births]),
            ("first_week", adjustment.first_week or None),
            ("level", adjustment.level),
            ("reps", adjustment.reps),
            ("setup_s", _seconds_or_none(adjustment.setup_ms)),
            ("variant", adjustment.variant),
            ("instead", _dump_substitute(adjustment.instead)),
            ("drop", adjustment.drop or None),
        ]
    )


def _dump_offer(offer: Offer) -> Dumped:
    return _given(
        [
            ("stage", offer.stage.value),
            ("weeks_min", offer.weeks_min),
            ("weeks_max", offer.weeks_max),
            ("days_min", offer.days_min),
            ("births", [birth.value for birth in offer.births]),
            ("check_done", offer.check_done),
            ("without_flags", list(offer.without_flags)),
        ]
    )


def _dump_item(item: RoutineItem) -> Dumped:
    match item:
        case PassageItem():
            return {"passage": item.passage}
        case ExerciseItem():
            return _given(
                [
                    ("exercise", item.exercise),
                    ("level", item.level),
                    ("reps", item.reps),
                    ("sets", item.sets),
                    ("setup_s", _seconds_or_none(item.setup_ms)),
                    ("exit_s", _seconds_or_none(item.exit_ms)),
                    ("variant", item.variant),
                    ("adjust", [_dump_adjustment(one) for one in item.adjust]),
                ]
            )


def dump_routine(routine: Routine) -> Dumped:
    """Turn a routine into the table that reads as the same routine."""
    return _given(
        [
            ("schema", ROUTINE_SCHEMA),
            ("id", routine.id),
            ("check", routine.check),
            ("total_s", _seconds(routine.total_ms) if routine.total_ms else None),
            ("aliases", list(routine.aliases)),
            ("offers", [_dump_offer(offer) for offer in routine.offers]),
            ("short_of", routine.short_of),
            ("part_of_day", routine.part_of_day and routine.part_of_day.value),
            ("on_request", routine.on_request or None),
            ("rank", routine.rank or None),
            ("items", [_dump_item(item) for item in routine.items]),
        ]
    )
