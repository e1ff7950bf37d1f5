#!/usr/bin/env python3
"""Play random sessions on a virtual clock, with random commands, and count what must never happen.

Every session runs through the real loop, machine, phrasing and scheduler, on the routines that ship, in every
language, with up to twenty phrases or keys at random times. Counted are two lines at once, lines outside
their window, lines cut by something that isn't more urgent, events out of order and sessions without an end.
The time is that of one session of 30 minutes with a phrase every minute.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from matside.content.routine import ExerciseItem, PassageItem, Routine
from matside.planning.lay_out import lay_out
from matside.run.events import Event
from matside.run.message import Message
from matside.say.line import MouthOrder, Say
from matside.session.command import Situation
from matside.session.plan import Plan
from matside.understand.phrasebook import Phrasebook
from matside.units import Ms
from stage import library, plan_of, play, pressed, said, sounded, watch

Script = list[tuple[Ms, Message]]
FAULTS = ("two at once", "outside the window", "cut by the less urgent", "out of order", "no end")
HALF_AN_HOUR_MS: Ms = 1_800_000


def random_session(chance: random.Random) -> tuple[Plan, Script, str]:
    """Choose a routine, a language and what is said."""
    language = chance.choice(sorted(library().languages))
    book = Phrasebook.of(library().languages[language].phrasebook)
    phrases = sorted({phrase for situation in Situation for phrase in book.by_situation[situation]})
    plan = plan_of(chance.choice(sorted(library().routines)), checked=chance.random() < 2 / 3)
    script = []
    for _ in range(chance.randint(0, 20)):
        at_s = chance.uniform(0, 1.2 * plan.total_ms / 1000)
        if chance.random() < 2 / 3:
            script.append(said(at_s, chance.choice(phrases)))
        else:
            script.append(pressed(at_s, chance.choice([*book.keys.values(), " ", "\n"])))
    return plan, script, language


def faults(events: list[Event], orders: list[MouthOrder], silences: set[Ms]) -> Counter[str]:
    """Count what must never happen."""
    told = sounded(orders)
    found: Counter[str] = Counter()
    spans = sorted((say.at_ms, end_ms) for say, end_ms, _ in told if end_ms > say.at_ms)
    found["two at once"] = sum(end > start for (_, end), (start, _) in pairwise(spans))
    for say, _, cut in told:
        line = say.line
        in_time = line.at_ms <= say.at_ms <= line.latest_ms
        found["outside the window"] += not in_time or (
            line.end_by_ms is not None and say.end_ms > line.end_by_ms
        )
        if cut is not None and cut.at_ms not in silences:
            cutter = next((one for one in orders[orders.index(cut) :] if isinstance(one, Say)), None)
            found["cut by the less urgent"] += cutter is None or cutter.line.priority <= line.priority
    times = [int(str(event["t_ms"])) for event in events]
    found["out of order"] = sum(later < earlier for earlier, later in pairwise(times))
    found["no end"] = int(events[-1]["kind"] != "end")
    return found


def half_hour_ms(times: int = 9) -> float:
    """Time one session of 30 minutes with a phrase every minute; the median, in milliseconds."""
    items: list[ExerciseItem | PassageItem] = [PassageItem(passage="welcome-morning")]
    names = ["wall-stand", "cat-curl", "four-point-reach", "plank", "bridge", "breath-arm-raise"]
    while True:
        routine = Routine(id="long", items=tuple(items), total_ms=0)
        plan = lay_out(routine, library())
        if plan.total_ms >= HALF_AN_HOUR_MS:
            break
        items.append(ExerciseItem(exercise=names[len(items) % len(names)], level=2))
    script = [said(60.5 * minute, "how long") for minute in range(1, 30)]
    took = []
    for _ in range(times):
        began_s = time.perf_counter()
        events = play(plan, *script)
        took.append((time.perf_counter() - began_s) * 1000)
        assert events[-1]["completed"]
    return sorted(took)[times // 2]


def main() -> None:
    """Read the options, play, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sessions", type=int, default=1_000, help="how many (default 1000)")
    options.add_argument("--seed", type=int, default=0, help="of the first session (default 0)")
    options.add_argument("--json", action="store_true", help="print one JSON object")
    given = options.parse_args()
    found: Counter[str] = Counter(dict.fromkeys(FAULTS, 0))
    lines = 0
    for seed in range(given.seed, given.seed + given.sessions):
        plan, script, language = random_session(random.Random(seed))  # noqa: S311  # no secret is made
        events, orders, silences = watch(plan, script, language)
        of_this = faults(events, orders, silences)
        if of_this.total():
            print(f"session {seed}: {dict(+of_this)}", file=sys.stderr)
        found.update(of_this)
        lines += sum(isinstance(order, Say) for order in orders)
    result = {"sessions": given.sessions, "lines": lines, **found, "half_hour_ms": round(half_hour_ms(), 1)}
    if given.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:>24}  {value}")
    sys.exit(1 if found.total() else 0)


if __name__ == "__main__":
    main()
