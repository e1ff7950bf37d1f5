"""What every file of the repository keeps to: British spelling, and no trace of the place it was made at."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".toml", ".sh", ".lock", ".in", ""}

_IZE = (
    "recogn|normal|initial|organ|optim|synthes|serial|minim|maxim|summar|emphas|priorit|categor|custom|util"
    "|final"
)
AMERICAN = re.compile(
    # Not after a dot, quote or letter: other people's names (`unicodedata.normalize`) are spelled their way.
    rf"(?<![.\w`\"'])(?:(?:{_IZE})iz(?:e[srd]?|ing|ation)"
    r"|analyz(?:e[srd]?|ing)|behaviors?|colors?|colored|centers?|centered|favorites?|favors?|gray|honors?|labor"
    r"|neighbors?|neighboring|cancel(?:ed|ing)|label(?:ed|ing)|model(?:ed|ing)|travel(?:ed|ing)|catalogs?|defense"
    r"|fulfill|installment|maneuvers?|theaters?|fibers?|liters?)(?![\w(=])",
    re.IGNORECASE,
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no git, no list of files")
    names = [name for name in listed.stdout.split("\0") if name and name != "LICENSE"]
    return [ROOT / name for name in names if Path(name).suffix in TEXT and (ROOT / name).is_file()]


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    hits = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if match := pattern.search(line):
                hits.append(f"{path.relative_to(ROOT)}:{number} {match.group()}")
    return hits


def test_spelling_is_british():
    own = [path for path in tracked() if path.suffix != ".lock" and path != Path(__file__)]
    assert found(AMERICAN, own) == []


def test_no_lock_says_where_packages_come_from():
    locks = [path for path in tracked() if path.suffix == ".lock"]
    assert {path.name for path in locks} == {"run.lock", "ko.lock", "test.lock", "lint.lock"}
    assert found(re.compile(r"://|^-|file:"), locks) == []


def test_every_package_in_a_lock_has_a_hash():
    for path in (ROOT / "requirements").glob("*.lock"):
        for entry in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip()):
            assert "--hash=sha256:" in entry, f"{path.name}: {entry}"


def test_the_locks_hold_everything_that_the_project_asks_for():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        "run": project["project"]["dependencies"],
        "ko": project["project"]["optional-dependencies"]["ko"],
        "test": project["dependency-groups"]["test"],
        "lint": project["dependency-groups"]["lint"],
    }
    for lock, requirements in wanted.items():
        locked = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        names = [re.match(r"[\w.-]+", requirement).group().lower() for requirement in requirements]
        assert [name for name in names if f"\n{name}==" not in f"\n{locked}"] == []


def test_nothing_names_a_folder_of_one_persons_computer():
    places = re.compile(r"/(?:home|Users)/(?!NAME)\w+/|/wo" + r"rk/|/op" + r"t/pypi")
    assert found(places, [path for path in tracked() if path.suffix != ".lock"]) == []
