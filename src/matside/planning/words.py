"""Plans, reasons and refusals in a person's language. Texts are data; here they only meet their values."""

from collections.abc import Mapping
from dataclasses import dataclass

from matside.content.exercise import Birth, Exercise, Stage
from matside.content.language import Language
from matside.planning.adapt import Rung
from matside.planning.choose import Refusal
from matside.planning.gates import Grant
from matside.planning.person import Person
from matside.planning.tailor import LeftOut, Tailored
from matside.planning.why import Because, Why

CHECK_IS_DUE_WEEK = 6
"""Completed weeks; the postnatal check is offered at six to eight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a plan is put into words with."""

    language: Language
    person: Person

    @property
    def _texts(self) -> Mapping[str, str]:
        return self.language.planning

    @property
    def may_tell_of_check(self) -> bool:
        """Whether her postnatal check is due, and not told of yet."""
        person = self.person
        is_due = person.known_stage is Stage.POSTPARTUM and (person.weeks or 0) >= CHECK_IS_DUE_WEEK
        return is_due and not person.check_done

    def when(self) -> str:
        """Say which time of her life it is: "week 3 after a caesarean"."""
        person = self.person
        match person.known_stage:
            case Stage.PREGNANT:
                return self._texts["when.pregnant"].format(weeks=person.weeks)
            case Stage.POSTPARTUM:
                birth = person.birth or Birth.UNSURE
                said = self._texts[f"when.{birth.value}"].format(weeks=person.weeks)
                return self._texts["when.no-check"].format(when=said) if self.may_tell_of_check else said
            case _:
                return self._texts["when.general"]

    def name(self, exercise: str) -> str:
        """Give an exercise's name; its id where the language has none."""
        text = self.language.exercises.get(exercise)
        return text.name if text else exercise

    def label(self, step: Tailored) -> str:
        """Name the rung that an item begins on; or its variant alone, which may contradict the rung."""
        text = self.language.exercises[step.exercise.id]
        label = text.variants.get(step.variant or "", text.labels[step.level])
        return label[:1].upper() + label[1:]

    def why(self, step: Tailored) -> str:
        """Say why an item of the plan is as it is."""
        why = step.why
        if step.replaced is not None and why.because in {Because.ROUTINE, Because.ADJUSTED}:
            why = Why(because=Because.REPLACED, replaced=step.replaced)
        return self._said(why, label=self.label(step))

    def why_left_out(self, left: LeftOut) -> str:
        """Say why an item isn't in the plan."""
        why = left.why
        if why.because in {Because.FLAG, Because.ADJUSTED} and why.flag:
            return self._texts["why.closed.flag"].format(flag=self.flag(why.flag))
        if why.because is Because.EQUIPMENT and why.thing:
            return self._texts["why.closed.equipment"].format(thing=self.thing(why.thing))
        return self._texts["why.closed"].format(when=self.when())

    def standing(self, exercise: Exercise, rung: Rung | None, granted: Grant) -> str:
        """Say where she stands on a ladder: her rung or the session's own, and how far the gates let her."""
        labels = self.language.exercises[exercise.id].labels
        level = min(rung.level, len(labels) - 1) if rung else None
        if granted.level < 0:
            return self._texts["why.closed"].format(when=self.when())
        if level is None or (rung is not None and granted.level < level):
            return self._texts["standing.open"].format(label=labels[granted.level], when=self.when())
        assert rung is not None
        return self._said(Why(because=rung.because, on=rung.since), label=labels[level])

    def _said(self, why: Why, *, label: str) -> str:
        key = f"why.{why.because.value}"
        if why.because is Because.ADJUSTED and why.flag:
            key = "why.adjusted.flag"
        return self._texts[key].format(
            label=label,
            when=self.when(),
            flag=self.flag(why.flag) if why.flag else "",
            thing=self.thing(why.thing) if why.thing else "",
            on=why.on.isoformat() if why.on else "",
            replaced=self.name(why.replaced) if why.replaced else "",
        )

    def flag(self, flag: str) -> str:
        """Name a body flag."""
        return self._texts[f"flag.{flag}"]

    def thing(self, thing: str) -> str:
        """Name a piece of equipment."""
        return self.language.equipment.get(thing, thing)

    def refusal(self, refused: Refusal) -> str:
        """Say why there is no session."""
        key = f"refused.{refused.cause.value}"
        own = f"{key}.general" if self.person.known_stage is Stage.GENERAL else key
        text = self._texts.get(own, self._texts[key])
        return text.format(when=self.when(), flag=self.flag(refused.flag) if refused.flag else "")

    def contradiction(self, key: str) -> str:
        """Ask again, in one sentence, for answers that don't fit together."""
        return self._texts[f"contradiction.{key}"]
