"""Make the graph of our English model anew from the English phrasebook, with nothing but matside itself.

Needed after each change of the phrasebook's phrases or decoys. A word that the model's lexicon lacks must be
written into scripts/model/pronunciations.txt, or be in CMUdict, and scripts/model/export.py be run first.
"""

import json
import re
import sys
from pathlib import Path

from matside.content.library import load_library
from matside.hear.command_graph import Vocabulary, command_graph
from matside.hear.command_model import SETTINGS, costs_of
from matside.understand.phrasebook import Phrasebook

MODEL = Path(__file__).parents[1] / "models/matside-en"


def main(folder: Path) -> None:
    """Write the settings' table `graph` and graph/HCLG.fst."""
    book = Phrasebook.of(load_library().languages["en"].phrasebook)
    vocabulary = Vocabulary.read(folder)
    if missing := sorted(word for word in book.all_words() if not vocabulary.knows(word)):
        sys.exit(
            f"The lexicon of {folder} lacks: {', '.join(missing)}. Run scripts/model/export.py WORK first."
        )
    phrases = list(dict.fromkeys(phrase for own in book.phrases.values() for phrase in own))
    urgent = sorted({phrase for command in book.urgent for phrase in book.phrases[command]})
    text = (folder / SETTINGS).read_text(encoding="utf-8")
    near = [word for word in json.loads(_line(text, "near")) if word not in {*phrases, *book.decoys}]
    tables = {"phrases": phrases, "decoys": list(book.decoys), "near": near, "urgent": urgent}
    for name, values in tables.items():
        text = text.replace(f"{name} = {_line(text, name)}", f"{name} = {json.dumps(values)}")
    (folder / SETTINGS).write_text(text, encoding="utf-8")
    fst = command_graph(
        vocabulary, phrases, decoys=(*book.decoys, *near), urgent=urgent, costs=costs_of(folder)
    )
    fst.write(folder / "graph/HCLG.fst")
    print(f"Written: {len(phrases)} phrases, {len(near) + len(book.decoys)} decoys.")


def _line(text: str, name: str) -> str:
    found = re.search(rf"^{name} = (\[.*\])$", text, re.MULTILINE)
    assert found is not None, name
    return found[1]


if __name__ == "__main__":
    for chosen in [Path(name) for name in sys.argv[1:]] or [MODEL]:
        main(chosen)
