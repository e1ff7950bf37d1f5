"""Documents that can't lie: generated pages are fresh, examples work, links lead somewhere."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from matside.content.routine_file import validate_files
from matside.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "models").glob("*.md")])
TOML = re.compile(r"```toml\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks_with(key: str) -> list:
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page in PAGES
        for number, block in enumerate(TOML.findall(page.read_text(encoding="utf-8")))
        if key in block
    ]


def rehearsed(*arguments: str) -> str:
    command = [sys.executable, "-m", "matside", "rehearse", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_generated_pages_are_fresh():
    command = [sys.executable, str(ROOT / "scripts" / "make_docs.py"), "--check"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("block", blocks_with("schema = "))
def test_every_routine_in_the_documents_is_accepted(block, tmp_path):
    file = tmp_path / "routine.toml"
    file.write_text(block, encoding="utf-8")
    assert validate_files([file]) == []


def test_there_are_routines_in_the_documents():
    assert len(blocks_with("schema = ")) >= 3


@pytest.mark.parametrize("block", blocks_with("volume_db = "))
def test_the_settings_in_the_documents_are_settings(block, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(block, encoding="utf-8")
    assert isinstance(load_settings(file, {}), Settings)
    assert tomllib.loads(block).keys() == Settings.__dataclass_fields__.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    own = [link for link in links if "://" not in link]
    assert [link for link in own if not (page.parent / link).exists()] == []


def test_the_transcript_of_the_readme_is_what_the_program_says():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = re.search(r"`matside rehearse ([^`]+)`", readme)
    transcript = re.search(r"```text\n(.*?)```", readme, re.DOTALL)
    assert command
    assert transcript
    arguments = [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', command.group(1))]
    # Times are left out: they depend a little on the voice of this computer.
    said = [line.split(maxsplit=1)[1] for line in rehearsed(*arguments).splitlines()]
    for line in transcript.group(1).splitlines():
        words = line.split(maxsplit=1)[1]
        assert words in said
        said = said[said.index(words) + 1 :]


def test_every_module_of_the_package_that_the_design_names_is_there():
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    package = ROOT / "src" / "matside"
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_0-9]+\.(?:py|toml))`", design))
    inside = {name for name in named if not (ROOT / name).exists()}
    assert sorted(name for name in inside if not (package / name).exists()) == []
