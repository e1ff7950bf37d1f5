"""The loop by itself: losses told once, ducking, interruption, the end."""

from dataclasses import replace

import pytest

from matside.run.absent import NoEar, NoJournal, NoScreen, NoStore
from matside.run.loop import DUCK_DB, Loop, Ports
from matside.run.message import Broken, InputEnded, Interrupted, Mended, Pressed, Stirred, Typed, Woke
from matside.run.simulate import ScriptInbox, spoken
from matside.say.line import Duck, Hush, Say
from matside.say.phrasing import Phrasing
from matside.session.command import Command, Situation
from matside.session.cue import Priority, ToneKind
from matside.session.machine import Session
from matside.understand.company import UNSURE
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import SpeechBegan
from stage import Estimated, Notes, Witness, library, plan_of

WORDS = library().languages["en"]


class Ear(NoEar):
    def __init__(self):
        self.attended = []

    def attend(self, phrases):
        self.attended.append(tuple(phrases))


class Mouth(Witness):
    def set_volume(self, gain_db):
        self.orders.append(gain_db)

    def volume_of(self, text):
        """Give the volume at which each line that holds this text was ordered."""
        volume_db, found = 0.0, []
        for order in self.orders:
            if isinstance(order, float):
                volume_db = order
            elif isinstance(order, Say) and text in order.line.text:
                found.append(volume_db)
        return found


class Journal(NoJournal):
    def __init__(self):
        self.notes = []

    def note(self, at_ms, command):
        self.notes.append((at_ms, command))


class Screen(NoScreen):
    def __init__(self):
        self.views = []

    def show(self, view, now_ms):
        self.views.append(view)


class Store(NoStore):
    def __init__(self):
        self.outcomes, self.ended = [], []

    def record(self, outcome):
        self.outcomes.append(outcome)

    def finish(self, **how):
        self.ended.append(how)


class Stage:
    """A loop with ears and eyes on all sides."""

    def __init__(self, *script, routine="breathe", checked=True, volume_db=0.0):
        self.session = Session(plan_of(routine, checked=checked))
        self.session.comfort.volume_db = volume_db
        self.notes, self.mouth, self.ear = Notes(), Mouth(), Ear()
        self.journal, self.screen, self.store = Journal(), Screen(), Store()
        self.book = Phrasebook.of(WORDS.phrasebook)
        self.loop = Loop(
            self.session,
            Ports(
                inbox=ScriptInbox(script),
                mouth=self.mouth,
                ear=self.ear,
                phrasing=Phrasing(WORDS, Estimated()),
                phrasebook=self.book,
                screen=self.screen,
                reporter=self.notes,
                store=self.store,
                journal=self.journal,
            ),
        )
        self.completed = self.loop.run()

    def of(self, kind):
        return [event for event in self.notes.events if event["kind"] == kind]


def test_loss_is_told_once_and_its_return_once():
    script = [
        (2_000, Broken(edge="microphone", problem="unplugged")),
        (3_000, Broken(edge="microphone", problem="still unplugged")),
        (9_000, Mended(edge="microphone")),
        (9_500, Mended(edge="microphone")),
    ]
    stage = Stage(*script)
    assert [(event["t_ms"], event["problem"]) for event in stage.of("broken")] == [
        (2_000, "unplugged"),
        (9_000, ""),
    ]
    assert "still unplugged" in {view.trouble for view in stage.screen.views}, "what is known by then"
    lines = [event["text"] for event in stage.of("line")]
    assert lines.count("I can't hear you now. Please use the keys.") == 1
    assert lines.count("I can hear you again.") == 1
    assert stage.completed


def test_return_of_what_was_never_lost_is_not_told():
    assert Stage((2_000, Mended(edge="speaker"))).of("broken") == []


def test_losses_of_different_edges_are_each_told():
    stage = Stage((2_000, Broken(edge="model", problem="a")), (2_000, Broken(edge="history", problem="b")))
    assert [event["edge"] for event in stage.of("broken")] == ["model", "history"]


def test_what_hearing_goes_on_with_is_shown_and_not_spoken_of():
    stage = Stage((2_000, Broken(edge="microphone-level", problem="too loud")))
    assert [event["problem"] for event in stage.of("broken")] == ["too loud"]
    assert stage.screen.views[-1].trouble == "too loud"
    quiet = Stage()
    assert [e["text"] for e in stage.of("line")] == [e["text"] for e in quiet.of("line")]


def test_a_loss_stays_in_sight_when_a_later_one_is_over():
    script = [
        (2_000, Broken(edge="microphone", problem="unplugged")),
        (2_500, Broken(edge="route", problem="another loudspeaker")),
        (7_500, Mended(edge="route")),
    ]
    stage = Stage(*script)
    shown = list(dict.fromkeys(view.edge for view in stage.screen.views))
    assert shown == ["", "microphone", "route"]
    assert (stage.screen.views[-1].edge, stage.screen.views[-1].trouble) == ("microphone", "unplugged")


def test_sleep_of_the_computer_is_a_pause_until_she_goes_on():
    script = [(20_000, Woke(slept_ms=60_000)), (80_000, Pressed(command=Command.RESUME))]
    stage, quiet = Stage(*script), Stage()
    assert [(event["name"], event["by"]) for event in stage.of("command")] == [
        ("pause", "program"),
        ("resume", "key"),
    ]
    assert stage.of("end")[0]["t_ms"] > quiet.of("end")[0]["t_ms"] + 59_000
    assert stage.completed


def test_coach_steps_back_for_a_voice_and_comes_back():
    began = SpeechBegan(at_ms=1_200, level_db=-20, echo_db=-60)
    stage = Stage((1_300, Stirred(began=began)), spoken("blah", 2_000))
    ducks = [order.gain_db for order in stage.mouth.orders if isinstance(order, Duck)]
    assert ducks == [DUCK_DB, 0.0]


def test_coach_steps_back_for_a_while_only_when_nothing_follows():
    stage = Stage((1_300, Stirred(began=SpeechBegan(at_ms=1_200, level_db=-20))))
    assert [order.gain_db for order in stage.mouth.orders if isinstance(order, Duck)] == [DUCK_DB, 0.0]


def test_coach_does_not_step_back_for_itself():
    began = SpeechBegan(at_ms=1_200, level_db=-30, echo_db=-31)
    stage = Stage((1_300, Stirred(began=began)))
    assert not any(isinstance(order, Duck) for order in stage.mouth.orders)


def doubted(text, at_ms):
    """Give the message of somebody who has said this so that the recogniser isn't sure of it."""
    _, message = spoken(text, at_ms)
    words = tuple(replace(word, is_doubtful=True) for word in message.transcript.words)
    return at_ms, replace(message, transcript=replace(message.transcript, words=words))


def talked(at_ms):
    """Give the message of somebody who has said something longer that is no command."""
    _, message = spoken("[unk]", at_ms)
    return at_ms, replace(message, transcript=replace(message.transcript, began_ms=at_ms - 1_500))


TALK = [talked(22_000), talked(25_000)]


def test_a_tone_asks_for_a_word_again_that_was_not_heard_surely():
    stage = Stage(doubted("pause", 5_000), doubted("pause", 9_000))
    assert [(event["t_ms"], event["reason"]) for event in stage.of("ignored")] == [(5_000, UNSURE)]
    assert [event["t_ms"] for event in stage.of("command")] == [9_000]
    tones = [(event["t_ms"], event["tone"]) for event in stage.of("tone")]
    assert [name for _, name in tones if name in {"unsure", "heard"}] == ["unsure", "heard"]
    assert all(5_000 <= at_ms <= 5_600 for at_ms, name in tones if name == "unsure")
    said = [order.line for order in stage.mouth.orders if isinstance(order, Say)]
    assert {line.priority for line in said if line.tone is ToneKind.UNSURE} == {min(Priority)}


@pytest.mark.parametrize("before", [Command.SLEEP, Command.RED])
def test_no_tone_disturbs_her_sleep_or_what_sends_her_for_help(before):
    stage = Stage((4_000, Pressed(command=before)), doubted("stop", 30_000), (40_000, InputEnded()))
    assert [event["reason"] for event in stage.of("ignored")] == [UNSURE]
    assert "unsure" not in {event["tone"] for event in stage.of("tone")}


def test_a_call_for_help_is_asked_for_again_in_her_sleep_as_well():
    script = [(4_000, Pressed(command=Command.SLEEP)), *TALK, doubted("bleeding", 30_000)]
    stage = Stage(*script, (40_000, InputEnded()))
    assert [event["reason"] for event in stage.of("ignored")][-1] == UNSURE
    assert [event["tone"] for event in stage.of("tone")].count("unsure") == 1


def test_the_tone_that_asks_again_cuts_no_line():
    quiet = Stage()
    times = [event["t_ms"] + 300 for event in quiet.of("line")][:4]
    texts = ("pause", "next", "help", "slower")
    stage = Stage(*(doubted(text, at_ms) for text, at_ms in zip(texts, times, strict=True)))
    assert [event["reason"] for event in stage.of("ignored")] == [UNSURE] * 4
    assert [event["text"] for event in stage.of("line")] == [event["text"] for event in quiet.of("line")]
    assert not any(isinstance(order, Hush) for order in stage.mouth.orders)


def test_interruption_ends_at_once_and_leaves_the_record_open():
    stage = Stage((5_000, Interrupted()))
    assert stage.notes.events[-1] == {
        "t_ms": 5_000,
        "kind": "end",
        "completed": False,
        "reason": "interrupted",
    }
    assert stage.store.ended == []
    assert not stage.completed


def test_end_is_kept_with_the_time_that_was_moved_and_waited():
    stage = Stage((5_000, Pressed(command=Command.PAUSE)), (9_000, Pressed(command=Command.RESUME)))
    assert stage.store.ended == [{"completed": True, "active_ms": 120_000, "paused_ms": 4_000}]
    assert len(stage.store.outcomes) == 2


def test_commands_are_written_down_before_they_take_effect():
    stage = Stage((5_000, Pressed(command=Command.PAUSE)), (9_000, Pressed(command=Command.RESUME)))
    assert stage.journal.notes == [(5_000, Command.PAUSE), (9_000, Command.RESUME)]


def test_when_nothing_can_be_said_any_more_a_waiting_session_is_left():
    stage = Stage((5_000, Pressed(command=Command.PAUSE)), (6_000, InputEnded()))
    assert stage.notes.events[-1]["reason"] == "interrupted"


def test_when_nothing_can_be_said_any_more_a_running_session_goes_on():
    assert Stage((5_000, InputEnded())).completed


def test_ear_attends_to_what_makes_sense_and_is_told_only_of_changes():
    stage = Stage((5_000, Pressed(command=Command.PAUSE)), (9_000, Pressed(command=Command.RESUME)))
    assert stage.ear.attended[0] == stage.book.phrases_for(Situation.TALK)
    assert stage.ear.attended[1] == stage.book.phrases_for(Situation.PAUSED)
    assert all(
        before != after for before, after in zip(stage.ear.attended, stage.ear.attended[1:], strict=False)
    )


def test_screen_shows_what_was_heard_and_why_it_was_not_taken():
    stage = Stage(spoken("the next stop", 5_000))
    assert any(
        view.heard == "the next stop" and view.ignored == "not a phrase" for view in stage.screen.views
    )


def test_a_key_is_shown_as_its_phrase():
    stage = Stage((5_000, Typed(text="p")), (9_000, Pressed(command=Command.RESUME)))
    heard = [view.heard for view in stage.screen.views]
    assert "pause" in heard
    assert "continue" in heard


def test_questions_are_answered_by_keys_too():
    script = [(10_000 + 10_000 * number, Pressed(command=Command.NO)) for number in range(6)]
    stage = Stage(*script, routine="evening", checked=False)
    assert stage.completed


@pytest.mark.parametrize(
    ("says", "then", "text"),
    [
        (Command.RED, None, "get medical help now"),
        (Command.DIZZY, None, "lie on your side now"),
        (Command.PAIN, None, "severe or sudden"),
        (Command.PAIN, Command.YES, "get medical help now"),
    ],
)
def test_what_is_about_safety_is_said_at_normal_volume_to_her_who_made_the_coach_quieter(says, then, text):
    script = [(10_000, Pressed(command=says))]
    script += [(20_000, Pressed(command=then))] if then else []
    stage = Stage(*script, (60_000, Interrupted()), volume_db=-12.0)
    assert stage.mouth.volume_of("Sit")[0] == -12.0
    assert set(stage.mouth.volume_of(text)) == {0.0}


def test_louder_stays_louder_and_a_question_answered_brings_the_chosen_volume_back():
    says = [(10_000, Pressed(command=Command.RED)), (20_000, Interrupted())]
    assert Stage(*says, volume_db=4.0).mouth.volume_of("get medical help now") == [4.0]
    says = [(10_000, Pressed(command=Command.PAIN)), (25_000, Pressed(command=Command.NO))]
    stage = Stage(*says, (27_000, Interrupted()), volume_db=-8.0)
    assert stage.mouth.volume_of("severe or sudden") == [0.0]
    assert stage.mouth.volume_of("leave this one out") == [-8.0]


def test_the_red_text_is_not_lowered_for_a_voice_in_the_room():
    stirred = Stirred(began=SpeechBegan(at_ms=12_000))
    stage = Stage((10_000, Pressed(command=Command.RED)), (12_000, stirred), (15_000, Interrupted()))
    assert not [order for order in stage.mouth.orders if isinstance(order, Duck)]
