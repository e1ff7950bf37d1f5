"""An exercise as data: its ladder of levels, who may do it, and where that comes from.

Text is kept apart from timing: phases name cue keys, and each language brings the words. Breath-holding
cannot be expressed: `Breath` has no value for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from matside.units import Ms


class Position(StrEnum):
    """Where the body is. A change of position needs time and words of its own."""

    STANDING = "standing"
    WALL = "wall"
    SEATED = "seated"
    SIDE_LYING = "side-lying"
    PROPPED = "propped"
    SUPINE = "supine"
    ALL_FOURS = "all-fours"
    FOREARM_KNEES = "forearm-knees"
    FOREARM_TOES = "forearm-toes"


STAGED_POSITIONS = frozenset(
    {
        Position.SUPINE,
        Position.SIDE_LYING,
        Position.PROPPED,
        Position.ALL_FOURS,
        Position.FOREARM_KNEES,
        Position.FOREARM_TOES,
    }
)
"""Positions that are left in stages: roll to the side, sit, stand."""


class PhaseKind(StrEnum):
    """What a phase of one repetition is for."""

    MOVE = "move"
    HOLD = "hold"
    RETURN = "return"
    REST = "rest"


class Breath(StrEnum):
    """What the breath does during a phase. There is no value for holding it."""

    IN = "in"
    OUT = "out"
    FREE = "free"


class Counting(StrEnum):
    """Which seconds of a phase are counted aloud."""

    NONE = "none"
    UP = "up"
    DOWN = "down"
    ENDS = "ends"


class Stage(StrEnum):
    """Which group of people a gate speaks of; `UNKNOWN` is somebody of whom nothing is known."""

    PREGNANT = "pregnant"
    POSTPARTUM = "postpartum"
    GENERAL = "general"
    UNKNOWN = "unknown"


KNOWN_STAGES = (Stage.PREGNANT, Stage.POSTPARTUM, Stage.GENERAL)


class Birth(StrEnum):
    """How the last birth went; `UNSURE` is treated as the slower track."""

    VAGINAL = "vaginal"
    ASSISTED = "assisted"
    MAJOR_TEAR = "major-tear"
    CAESAREAN = "caesarean"
    UNSURE = "unsure"


class Mark(StrEnum):
    """How far a source was checked: read, seen second-hand, recalled, or our own judgement."""

    READ = "V"
    SECONDARY = "S"
    RECALLED = "R"
    JUDGEMENT = "J"


Wording = tuple[str, ...]
"""The same thing said in several lengths, longest first; never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One part of a repetition: "out, lift" for three seconds."""

    kind: PhaseKind
    length_ms: Ms
    breath: Breath
    cue: str
    counting: Counting = Counting.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One rung of an exercise's ladder; 0 is the easiest.

    Attributes:
        exit_ms: Time to leave the position (log-roll, sit, stand); spent only when the next item has another.
        first_day_reps: A smaller dose for the first day, where the source asks for one.
    """

    number: int
    position: Position
    setup_ms: Ms
    setup_cues: tuple[str, ...]
    phases: tuple[Phase, ...]
    reps: int
    sets: int = 1
    sides: int = 1
    switch_ms: Ms = 0
    rest_ms: Ms = 0
    exit_ms: Ms = 0
    first_day_reps: int | None = None
    is_seed_version: bool = False
    promote_after_clean_days: int = 3

    @property
    def rep_ms(self) -> Ms:
        """The length of one repetition on one side."""
        return sum(phase.length_ms for phase in self.phases)

    def work_ms(self, *, reps: int, sets: int) -> Ms:
        """The length from the first movement to the last, without set-up and exit."""
        one_set = self.sides * reps * self.rep_ms + (self.sides - 1) * self.switch_ms
        return sets * one_set + (sets - 1) * self.rest_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Another way up the same ladder: on a chair, lying on the side, smaller for a sore pelvis.

    A routine may ask for it by name; otherwise the first one that anything calls for is taken.

    Attributes:
        levels: Rungs that take the place of those with the same number; the others stay as they are.
        missing: Things whose absence calls for it.
        flags: Body flags that call for it.
        births: Ways of birth that call for it.
    """

    id: str
    levels: tuple[Level, ...]
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    births: tuple[Birth, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """What to offer in place of a blocked exercise."""

    exercise: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A grant: people whom every given condition fits may go up to `max_level`; -1 blocks, and block wins.

    Attributes:
        weeks_min: Completed weeks of pregnancy, or since the birth; `weeks_max` is included.
        births: Ways of birth that it speaks of; none means any.
        needs: What she must have said of her experience, such as "trained"; all of it.
        substitute: What to offer where this is the gate that decides.
        message: Cue key that says why, for the plan and the set-up.
    """

    stage: Stage
    max_level: int
    weeks_min: int | None = None
    weeks_max: int | None = None
    births: tuple[Birth, ...] = ()
    check_done: bool | None = None
    needs: tuple[str, ...] = ()
    substitute: Substitute | None = None
    message: str | None = None

    @property
    def is_unconditional(self) -> bool:
        """Whether it fits everybody of its stage."""
        known = (self.weeks_min, self.weeks_max, self.check_done)
        return known == (None, None, None) and not self.births and not self.needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraindication:
    """A body flag that caps or blocks this exercise, or ends the session."""

    flag: str
    action: str
    cap_level: int | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyCue:
    """A safety text and when it is said: setup, first-rep, each-set, long-hold or end."""

    when: str
    cue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A common mistake and the general reminder that answers it."""

    sign: str
    cue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A thing that the exercise uses; `else_level` is the highest level possible without it."""

    item: str
    required: bool
    else_level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How much, by the seed article, by guidance, and here."""

    seed: str
    guidance: str
    app_per_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Both sides of a disagreement between sources, which was followed, and what is said aloud."""

    seed: str
    guidance: str
    followed: str
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a claim comes from and how far it was checked."""

    ref: str
    claim: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """Everything about an exercise but its words."""

    id: str
    breath_rule: str
    levels: tuple[Level, ...]
    gates: tuple[Gate, ...]
    safety_cues: tuple[SafetyCue, ...]
    dose: Dose
    sources: tuple[Source, ...]
    review_status: str
    seed_refs: tuple[str, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    contraindications: tuple[Contraindication, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    conflict: Conflict | None = None
    variants: tuple[Variant, ...] = ()

    @property
    def open_level(self) -> int:
        """The highest level that anybody may do, whatever their stage; -1 where there is none.

        Only grants without any condition count: of somebody who wasn't asked nothing is known.
        """
        return min(self._granted(stage) for stage in KNOWN_STAGES)

    @property
    def general_level(self) -> int:
        """The highest level for people who are neither pregnant nor within a year of a birth."""
        return self._granted(Stage.GENERAL)

    def _granted(self, stage: Stage) -> int:
        plain = [gate.max_level for gate in self.gates if gate.stage is stage and gate.is_unconditional]
        return -1 if -1 in plain else max(plain, default=-1)

    @property
    def all_levels(self) -> tuple[Level, ...]:
        """Every rung, those of the variants after the ladder's own."""
        return (*self.levels, *(level for variant in self.variants for level in variant.levels))

    def varied(self, variant: Variant) -> "Exercise":
        """Give the same exercise with the rungs of a variant in place of its own."""
        rungs = {level.number: level for level in variant.levels}
        return replace(self, levels=tuple(rungs.get(level.number, level) for level in self.levels))

    @property
    def cue_keys(self) -> frozenset[str]:
        """Every cue key that a language must bring words for."""
        levels = self.all_levels
        of_levels = {key for level in levels for key in level.setup_cues}
        of_phases = {phase.cue for level in levels for phase in level.phases}
        of_notes = {note.cue for note in self.safety_cues} | {mistake.cue for mistake in self.mistakes}
        of_gates = {gate.message for gate in self.gates if gate.message}
        of_flags = {flag.message for flag in self.contraindications if flag.message}
        return frozenset(of_levels | of_phases | of_notes | of_gates | of_flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseText:
    """An exercise's words in one language.

    Attributes:
        name: As it is announced and listed.
        goal: What it is for, one modest phrase.
        intro: Said the first time the exercise is met; short afterwards.
        labels: One a level, easiest first.
        cues: Cue key to wording.
        aliases: What a user may call it.
        variants: What each variant is called, by its id: "on a chair".
    """

    name: str
    goal: str
    intro: Wording
    labels: tuple[str, ...]
    cues: Mapping[str, Wording]
    aliases: tuple[str, ...] = field(default=())
    variants: Mapping[str, str] = field(default_factory=dict)
