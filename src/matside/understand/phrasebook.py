"""What may be said when: phrases to commands, for every situation."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matside.content.language import PhrasebookText
from matside.content.reader import Problem, nearest
from matside.session.command import Command, Situation

Phrases = Mapping[str, Command]


def normalised(text: str) -> str:
    """Bring a text into the form that the recogniser writes: lower case, one space, a plain apostrophe."""
    return " ".join(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """A language's phrases, ready to ask.

    Attributes:
        by_situation: In each situation, what every legal phrase means.
        decoys: Near-misses to listen for, so that they aren't taken for a command.
        phrases: All phrases of a command, the one to teach first.
        keys: The key that stands for a command.
        explanations: What a command does, for people.
        urgent: Commands that are obeyed on less evidence and answered first.
    """

    by_situation: Mapping[Situation, Phrases]
    decoys: tuple[str, ...]
    phrases: Mapping[Command, tuple[str, ...]]
    keys: Mapping[Command, str]
    explanations: Mapping[Command, str]
    urgent: frozenset[Command]

    @classmethod
    def of(cls, text: PhrasebookText) -> "Phrasebook":
        """Build the phrasebook from its data.

        Raises:
            ValueError: The data names an unknown command or situation; the linter tells it more kindly.
        """
        by_situation: dict[Situation, dict[str, Command]] = {situation: {} for situation in Situation}
        for entry in text.entries:
            for situation in map(Situation, entry.phases):
                by_situation[situation] |= dict.fromkeys(
                    map(normalised, entry.phrases), Command(entry.command)
                )
        commands = {Command(entry.command): entry for entry in text.entries}
        return cls(
            by_situation=MappingProxyType(by_situation),
            decoys=tuple(map(normalised, text.decoys)),
            phrases={command: tuple(map(normalised, entry.phrases)) for command, entry in commands.items()},
            keys={command: entry.key for command, entry in commands.items()},
            explanations={command: entry.explanation for command, entry in commands.items()},
            urgent=frozenset(command for command, entry in commands.items() if entry.urgent),
        )

    def phrases_for(self, situation: Situation) -> tuple[str, ...]:
        """List what to listen for: the legal phrases, then the decoys."""
        legal = tuple(self.by_situation[situation])
        return legal + tuple(decoy for decoy in self.decoys if decoy not in self.by_situation[situation])

    def command_for(self, text: str, situation: Situation) -> Command | None:
        """Tell what a whole utterance means here; None where it is no phrase of this situation."""
        return self.by_situation[situation].get(normalised(text))

    def legal(self, situation: Situation) -> frozenset[Command]:
        """Tell which commands can be said here."""
        return frozenset(self.by_situation[situation].values())

    def key_of(self, command: Command) -> str:
        """Give the key of a command."""
        return self.keys[command]

    def command_of_key(self, key: str) -> Command | None:
        """Tell which command a key stands for, if any."""
        return next((command for command, own in self.keys.items() if own == key), None)

    def all_words(self) -> frozenset[str]:
        """Collect every word that the recogniser's model must know."""
        spoken = [*self.decoys, *(phrase for phrases in self.phrases.values() for phrase in phrases)]
        return frozenset(word for phrase in spoken for word in phrase.split())


def lint_phrasebook(text: PhrasebookText, file: str) -> list[Problem]:
    """Check that every command has phrases and a key of its own, and that no phrase is ambiguous anywhere.

    Returns:
        Everything that is wrong; `Phrasebook.of` may be called when that is nothing.
    """
    problems: list[Problem] = []

    def report(key_path: str, expected: str, found: str) -> None:
        problems.append(Problem(file=file, key_path=key_path, expected=expected, found=found))

    commands = [entry.command for entry in text.entries]
    for command in Command:
        if commands.count(command) != 1:
            report(f"commands.{command}", "one entry", str(commands.count(command)))
    meanings: dict[tuple[str, str], str] = {}
    keys: dict[str, str] = {}
    for entry in text.entries:
        place = f"commands.{entry.command}"
        if entry.command not in list(Command):
            report(place, "a command that exists" + nearest(entry.command, Command), "another name")
        if len(entry.key) != 1:
            report(f"{place}.key", "one letter or sign", entry.key)
        if keys.setdefault(entry.key, entry.command) != entry.command:
            report(f"{place}.key", "a key of its own", f'"{entry.key}", also of {keys[entry.key]}')
        for situation in entry.phases:
            if situation not in list(Situation):
                expected = "a situation that exists" + nearest(situation, Situation)
                report(f"{place}.phases", expected, f'"{situation}"')
            for phrase in map(normalised, entry.phrases):
                first = meanings.setdefault((situation, phrase), entry.command)
                if first != entry.command:
                    report(f"{place}.phrases", f"no phrase of {first} in {situation}", f'"{phrase}"')
    phrases = {phrase for _, phrase in meanings}
    for decoy in map(normalised, text.decoys):
        if decoy in phrases:
            report("decoys", "no phrase of a command", f'"{decoy}"')
    return problems
