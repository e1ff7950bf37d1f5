"""Which step lost a command that wasn't taken."""

from pathlib import Path

import numpy as np
import pytest

from matside.measure.hearing import Result, Scene, Taken
from matside.measure.hearing_set import Clip
from matside.measure.tally import Side, lost, lost_where
from matside.session.command import Command, Situation


def result(*heard, taken=()):
    clip = Clip(
        name="one.wav",
        path=Path("one.wav"),
        text="too hard",
        wanted=Command.EASIER,
        situation=Situation.HOLD,
        kind="command",
        condition="near, quiet",
        length_ms=800,
    )
    scene = Scene(clip=clip, condition="over the coach, -6 dB", sound=np.zeros(16, np.float32))
    return Result(
        scene=scene,
        heard=list(heard),
        taken=[Taken(command=one, text="", decided_ms=0.0, ended_ms=0) for one in taken],
    )


@pytest.mark.parametrize(
    ("found", "where"),
    [
        (result(), "no voice was found, or no words"),
        (result("too hard (own voice)"), "refused: own voice"),
        (result("too hard no (not a phrase)"), "heard, among words that nobody said"),
        (result("two (not a phrase)"), "other words were heard"),
        (result("too hardly (not a phrase)"), "other words were heard"),
        (result(taken=(Command.NEXT,)), "another command was taken"),
    ],
)
def test_each_missed_command_is_lost_somewhere(found, where):
    assert lost_where(found) == where


def test_losses_are_counted_by_condition_and_what_was_taken_is_none():
    side = Side(is_strict=True, results=[result(), result(), result(taken=(Command.EASIER,))])
    assert lost(side) == {"over the coach, -6 dB": {"no voice was found, or no words": 2}}
