"""Let the coach say every line of every routine into its own ear, and count what it commands itself.

The loudspeaker's sound comes back through a made-up living room at three levels; nobody else speaks. Every
text that a plan could need is said, once while an exercise is held and once while a question is asked, with
the canceller learning as it goes. With --jumps the sound server drops or holds up 10 to 120 ms every so many
seconds, and the canceller loses its place. A language without an installed model is left out, by name.

    python scripts/bench_self_trigger.py [--languages ko en] [--most 0] [--jumps SECONDS] [--json]
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from matside.content.library import load_library
from matside.hear.model_search import FoundModel, find_model
from matside.hear.vosk_recogniser import load_model
from matside.measure.mix import ECHO_DB
from matside.measure.over_coach import OverCoach
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.planning.lay_out import lay_out
from matside.run.speech import open_speech
from matside.say.phrasing import Phrasing
from matside.session.command import Situation
from matside.session.foresee import meanings_of
from matside.settings import Settings, find_paths
from matside.understand.phrasebook import Phrasebook

LEVELS_DB: Final = (ECHO_DB - 12.0, ECHO_DB, ECHO_DB + 8.0)
SITUATIONS: Final = (Situation.HOLD, Situation.CHECK)


def main() -> None:
    """Run all of it and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--languages", nargs="+", default=["ko", "en"])
    parser.add_argument("--model", type=Path, help="folder of a model; then name one language")
    parser.add_argument("--most", type=int, default=0, help="texts a language; 0 is all")
    parser.add_argument(
        "--home",
        type=Path,
        default=Path(tempfile.gettempdir()) / "matside-bench",
        help="where speech is kept",
    )
    parser.add_argument("--jumps", type=float, default=0.0, help="seconds between two jumps of the delay")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    rows = [row for code in given.languages for row in measure(code, given)]
    if given.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


def measure(code: str, given: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure one language."""
    home, most = given.home, given.most
    language = load_library().languages[code]
    found = find_model(language.model, given.model)
    if not isinstance(found, FoundModel):
        return [{"language": code, "left_out": f"no {language.model} here"}]
    model, book = load_model(found.path), Phrasebook.of(language.phrasebook)
    lines = texts_of(code, home)
    lines = lines[:: max(1, len(lines) // most)] if most else lines
    rows = []
    for level_db in LEVELS_DB:
        room = OverCoach(model, book, lines, echo_db=level_db, jump_every_s=given.jumps)
        for situation in SITUATIONS:
            heard = room.hear_coach_alone(situation, len(lines))
            rows.append(
                {
                    "language": code,
                    "echo_db": level_db,
                    "situation": situation.value,
                    "lines": len(lines),
                    "minutes": round(heard.length_ms / 60_000, 1),
                    "self_triggers": heard.taken,
                    "utterances": heard.utterances,
                    "stepped_back": heard.stepped_back,
                    "over_echo_db": None if heard.over_echo_db is None else round(heard.over_echo_db, 1),
                    "erle_db": round(room.ear.canceller.erle_db, 1),
                }
            )
    return rows


def texts_of(code: str, home: Path) -> list[tuple[str, Signal]]:
    """Render every text that a plan of any routine could need."""
    library = load_library()
    language, settings = library.languages[code], Settings(language=code)
    speech = open_speech(language, settings, find_paths({"MATSIDE_HOME": str(home)}))
    phrasing = Phrasing(language, speech)
    texts: dict[str, None] = {}
    for name in library.routines:
        plan = lay_out(library.routines[name], library, checked=False)
        texts |= dict.fromkeys(phrasing.texts_for(meanings_of(plan)))
    speech.prerender(texts)
    return [(text, speech.samples(text, HEARING_RATE_HZ)) for text in texts]


if __name__ == "__main__":
    main()
