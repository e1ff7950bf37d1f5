"""Bounds of utterances from probabilities alone."""

from hypothesis import given
from hypothesis import strategies as st

from matside.hear.endpoint import Begun, Ended, Endpoint, Opened, Vanished

FRAME_MS = 32


def run(probabilities, **options):
    endpoint = Endpoint()
    return [event for one in probabilities for event in endpoint.step(one, **options)]


def kinds(events):
    return [type(event) for event in events]


def test_word_is_bounded_by_its_voice_and_decided_128_ms_later():
    events = run([0.0] * 20 + [0.9] * 15 + [0.0] * 10)
    assert kinds(events) == [Opened, Begun, Ended]
    opened, begun, ended = events
    assert opened.start == 20 * 512 - 4_800
    assert begun.began == ended.began == 20 * 512
    assert ended.ended == 35 * 512
    assert (ended.decided - ended.ended) / 16 == 128
    assert not ended.is_too_long


def test_closure_of_a_consonant_does_not_split_a_word():
    events = run([0.9] * 6 + [0.0] * 3 + [0.9] * 6 + [0.0] * 10)
    assert kinds(events) == [Opened, Begun, Ended]


def test_weak_voice_keeps_a_word_open_and_does_not_open_one():
    assert run([0.4] * 50) == []
    events = run([0.6] * 4 + [0.4] * 10 + [0.0] * 10)
    assert events[-1].ended == 14 * 512


def test_click_vanishes_or_is_told_as_one():
    assert kinds(run([0.0] * 5 + [0.9] + [0.0] * 20)) == [Opened, Vanished]
    events = run([0.0] * 5 + [0.9] * 2 + [0.0] * 20)
    assert kinds(events) == [Opened, Begun, Ended]
    assert events[-1].is_click
    assert not run([0.9] * 3 + [0.0] * 10)[-1].is_click


def test_click_before_a_word_is_not_talk_before_it():
    events = run([0.9] * 2 + [0.0] * 5 + [0.9] * 10 + [0.0] * 10)
    assert events[-1].quiet_before_ms == 10_000


def test_talk_is_told_once_and_waited_out():
    events = run([0.9] * 200 + [0.0] * 20)
    assert kinds(events) == [Opened, Begun, Ended]
    assert events[-1].is_too_long


def test_quiet_before_an_utterance_is_told():
    events = run([0.9] * 10 + [0.0] * 8 + [0.9] * 10 + [0.0] * 10)
    first, second = (event for event in events if isinstance(event, Ended))
    assert first.quiet_before_ms == 10_000
    assert second.quiet_before_ms == 8 * FRAME_MS


def test_talk_counts_as_speech_before_what_follows_it():
    events = run([0.9] * 200 + [0.0] * 5 + [0.9] * 10 + [0.0] * 10)
    assert events[-1].quiet_before_ms == 5 * FRAME_MS


def test_rest_of_a_sentence_after_lost_sound_is_told_as_one():
    endpoint = Endpoint()
    for _ in range(20):
        endpoint.step(0.9)
    endpoint.forget()
    events = [event for one in [0.9] * 10 + [0.0] * 10 for event in endpoint.step(one)]
    assert events[-1].quiet_before_ms == 0


def test_pre_roll_never_reaches_into_the_utterance_before():
    events = run([0.9] * 10 + [0.0] * 5 + [0.9] * 10 + [0.0] * 10)
    second = [event for event in events if isinstance(event, Opened)][1]
    assert second.start == 10 * 512


def test_coach_speaking_takes_surer_voice_to_begin():
    assert run([0.55] * 30, is_coach_speaking=True) == []
    assert kinds(run([0.9] * 2 + [0.0] * 10, is_coach_speaking=True)) == [Opened, Vanished]
    assert run([0.9] * 3 + [0.0] * 10, is_coach_speaking=True)[-1].is_click
    assert not run([0.9] * 4 + [0.0] * 10, is_coach_speaking=True)[-1].is_click


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=400))
def test_every_beginning_has_one_end_and_time_never_turns_back(steps):
    endpoint = Endpoint()
    events = [event for one, coach in steps for event in endpoint.step(one, is_coach_speaking=coach)]
    events += [event for _ in range(10) for event in endpoint.step(0.0)]
    assert kinds(events).count(Begun) == kinds(events).count(Ended)
    assert not endpoint.is_open
    last_end = 0
    for event in events:
        match event:
            case Opened(start=start, began=began):
                assert last_end <= start <= began
            case Ended(began=began, ended=ended, decided=decided):
                assert last_end <= began < ended <= decided
                last_end = ended
