"""The questions that make a profile: once, one after the other, each of them may be skipped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from matside.content.exercise import Stage
from matside.content.language import Language, Library
from matside.content.parse import EXPERIENCE, ITEMS
from matside.planning import answers
from matside.planning.profile import Profile, Screened, person_on, with_stage

Step: TypeAlias = Callable[[Profile], Profile]
"""A question: takes what is known so far and gives it with the answer."""
ASKED_AGAIN = 3
"""After so many answers that aren't understood the question is left; it can be answered another day."""
CHECK_FROM_WEEK = 4
"""Earlier than this no postnatal check has taken place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interviewer:
    """Who asks, in which language, and where the answers go.

    Attributes:
        ask: Shows a question and gives the answer; an empty one skips it.
        tell: Shows a sentence.
        keep: Keeps the profile after each answer, so that nothing is lost when she is called away.
    """

    language: Language
    library: Library
    today: date
    ask: Callable[[str], str]
    tell: Callable[[str], None]
    keep: Callable[[Profile], None]

    def text(self, key: str) -> str:
        """Give a sentence in her language."""
        return self.language.planning[key]

    def whole(self, profile: Profile) -> Profile:
        """Ask everything."""
        own = (self._missing, self._experience, self._number, self._minutes, self._baby)
        return self._steps(profile, self._about_her(), own)

    def essentials(self, profile: Profile) -> Profile:
        """Ask what no session can do without, in well under two minutes."""
        return self._steps(profile, self._about_her(), (self._number,))

    def _about_her(self) -> tuple[Step, ...]:
        return (self._stage, self._weeks, self._birth, self._check, self.list, self.flags)

    def _steps(self, profile: Profile, *rounds: tuple[Step, ...]) -> Profile:
        """Ask one question after the other; who says that she is very low isn't asked on."""
        for step in (step for steps in rounds for step in steps):
            profile = self._kept(step(profile))
            if profile.low_on == self.today:
                break
        return self._kept(replace(profile, asked_on=self.today))

    def _kept(self, profile: Profile) -> Profile:
        self.keep(profile)
        return profile

    def _until(self, key: str, read: Callable[[str], object | None]) -> object | None:
        """Ask until the answer is understood; None where it was skipped."""
        for _ in range(ASKED_AGAIN):
            said = self.ask(self.text(key))
            if not said.strip():
                return None
            answer = read(said)
            if answer is not None:
                return answer
            self.tell(self.text("ask.again"))
        self.tell(self.text("ask.skipped"))
        return None

    def _date(self, key: str, read: Callable[[str, date], date | str]) -> date | None:
        def understood(said: str) -> date | None:
            found = read(said, self.today)
            if isinstance(found, str):
                self.tell(self.text(f"contradiction.{found}"))
                return None
            return found

        found = self._until(key, understood)
        return found if isinstance(found, date) else None

    def _stage(self, profile: Profile) -> Profile:
        stage = self._until("ask.stage", answers.stage_of)
        return with_stage(profile, stage) if isinstance(stage, Stage) else profile

    def _weeks(self, profile: Profile) -> Profile:
        if profile.stage is Stage.PREGNANT:
            began = self._date("ask.weeks", answers.pregnancy_began)
        elif profile.stage is Stage.POSTPARTUM:
            began = self._date("ask.born", answers.birth_began)
        else:
            return profile
        return profile if began is None else replace(profile, began=began)

    def _birth(self, profile: Profile) -> Profile:
        if profile.stage is not Stage.POSTPARTUM:
            return profile
        birth = self._until("ask.birth", answers.birth_of)
        return replace(profile, birth=birth) if birth is not None else profile  # type: ignore[arg-type]

    def _check(self, profile: Profile) -> Profile:
        weeks = person_on(profile, self.today).weeks
        if profile.stage is not Stage.POSTPARTUM or weeks is None or weeks < CHECK_FROM_WEEK:
            return profile
        done = self._until("ask.check", answers.truth_of)
        if done is None:
            return profile
        return replace(profile, check_on=(profile.check_on or self.today) if done else None)

    def list(self, profile: Profile) -> Profile:
        """Show the list of the stage, and ask whether anything on it applies."""
        screening = self.library.screening.get(profile.stage.value)
        if screening is None:
            return profile
        for key in screening.keys:
            self.tell(f"  - {self.language.screening[key]}")

        def understood(said: str) -> bool | None:
            return True if answers.is_unsure(said) else answers.truth_of(said)

        applies = self._until("ask.list", understood)
        if applies is None:
            return profile
        # Who was cleared stays cleared for as long as the stage lasts; a clear "no" needs no clearing.
        screened = Screened.LIMITED if applies else Screened.CLEAR
        self.tell(self.text(f"list.{screened.value}"))
        return replace(profile, screened=screened, cleared_on=None)

    def flags(self, profile: Profile) -> Profile:
        """Ask what is sore or new, and how she feels; they are asked for again each week."""
        if profile.stage is Stage.UNKNOWN:
            return profile
        names = self.library.screening[profile.stage.value].flags
        flags = self._choose("ask.flags", names, [self.text(f"flag.{name}") for name in names])
        if flags is not None:
            profile = replace(profile, flags=flags, flags_on=self.today)
        return profile if profile.stage is Stage.GENERAL else self._mood(profile)

    def _mood(self, profile: Profile) -> Profile:
        """Ask how she feels; a "yes" and a "not sure" end all questions and sessions for the day."""
        low = self._until("ask.mood", lambda said: answers.is_unsure(said) or answers.truth_of(said))
        if low is None:
            return profile
        if not low:
            return replace(profile, low_on=None)
        self.tell(self.text("mood.help"))
        if profile.number:
            self.tell(self.text("mood.number").format(number=profile.number))
        return replace(profile, low_on=self.today)

    def _choose(self, key: str, names: Sequence[str], shown: Sequence[str]) -> frozenset[str] | None:
        for number, text in enumerate(shown, 1):
            self.tell(f"  {number}  {text}")
        for _ in range(ASKED_AGAIN):
            said = self.ask(self.text(key))
            if not said.strip():
                return None
            picked = answers.chosen_of(said, names)
            if picked is not None:
                return picked
            self.tell(self.text("ask.again"))
        self.tell(self.text("ask.skipped"))
        return None

    def _missing(self, profile: Profile) -> Profile:
        names = sorted(ITEMS)
        shown = [self.language.equipment.get(name, name) for name in names]
        missing = self._choose("ask.missing", names, shown)
        return profile if missing is None else replace(profile, missing=missing)

    def _experience(self, profile: Profile) -> Profile:
        if profile.stage is not Stage.PREGNANT:
            return profile
        names = sorted(EXPERIENCE)
        used = self._choose("ask.experience", names, [self.text(f"experience.{name}") for name in names])
        return profile if used is None else replace(profile, experience=used)

    def _number(self, profile: Profile) -> Profile:
        number = self._until("ask.number", answers.number_of)
        return replace(profile, number=number) if isinstance(number, str) else profile

    def _minutes(self, profile: Profile) -> Profile:
        minutes = self._until("ask.minutes", answers.minutes_of)
        return replace(profile, minutes=minutes) if isinstance(minutes, int) else profile

    def _baby(self, profile: Profile) -> Profile:
        if profile.stage is not Stage.POSTPARTUM:
            return profile
        wants = self._until("ask.baby", answers.truth_of)
        return replace(profile, baby_tips=wants) if isinstance(wants, bool) else profile
