"""The commands of the README: run in a shell that has nothing but what they may ask for."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POSIX_TOOLS = ["sh", "cat", "cksum", "uname", "id", "rm", "mv", "tail", "mkdir", "dirname"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="shell scripts")


def shell(*command: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), env=environ, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def tools(tmp_path: Path) -> str:
    """A PATH with a POSIX system's tools and no Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in POSIX_TOOLS:
        (folder / name).symlink_to(shutil.which(name) or "")
    return str(folder)


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment that looks installed, whose matside says what it was given."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    for name in ("python", "matside"):
        (folder / "bin" / name).write_text('#!/bin/sh\necho "$PWD|$*"\n')
        (folder / "bin" / name).chmod(0o755)
    return folder


def stamp(venv: Path, lock: str) -> None:
    program = f"here={ROOT}; . {ROOT}/scripts/environment.sh; stamp_of {lock}"
    (venv / f".matside-{lock}").write_text(shell("/bin/sh", "-c", program, PATH=os.environ["PATH"]).stdout)


@pytest.mark.parametrize("script", ["run", "test", "lock", "check", "environment.sh"])
def test_every_script_is_plain_shell(script):
    assert shell("/bin/sh", "-n", ROOT / "scripts" / script, PATH=os.environ["PATH"]).stderr == ""


def test_what_is_installed_starts_at_once_and_without_python(venv, tools, tmp_path):
    stamp(venv, "run")
    (tmp_path / "elsewhere").mkdir()
    answer = subprocess.run(
        [ROOT / "scripts/run", "rehearse", "two words"],
        cwd=tmp_path / "elsewhere",
        env={"PATH": tools, "MATSIDE_VENV": str(venv)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == f"{tmp_path / 'elsewhere'}|rehearse two words\n"


def test_without_arguments_a_session_starts(venv, tools):
    stamp(venv, "run")
    assert shell(ROOT / "scripts/run", PATH=tools, MATSIDE_VENV=str(venv)).stdout.endswith("|start\n")


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        (("start", "--language", "ko"), {}),
        (("start", "--language=ko"), {}),
        (("start",), {"MATSIDE_LANGUAGE": "ko"}),
    ],
)
def test_korean_asks_for_the_set_up_with_its_model(venv, tools, arguments, environ):
    stamp(venv, "ko")
    answer = shell(ROOT / "scripts/run", *arguments, PATH=tools, MATSIDE_VENV=str(venv), **environ)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_an_environment_of_another_lock_or_place_is_not_taken_for_whole(venv, tools):
    (venv / ".matside-run").write_text("123 456 /somewhere/else\n")
    (venv / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    answer = shell(ROOT / "scripts/run", PATH=tools, MATSIDE_VENV=str(venv), MATSIDE_NO_APT="1")
    assert answer.returncode == 1
    assert "Python 3.11 or newer isn't there" in answer.stderr


def test_set_up_removes_its_own_log_and_no_later_one(venv, tmp_path):
    (tmp_path / "later").write_text("kept")
    program = (
        f"set -eu; here={ROOT}; . {ROOT}/scripts/environment.sh; "
        f"make_environment() {{ :; }}; install run; log={tmp_path}/later; exit 0"
    )
    answer = shell(
        "/bin/sh", "-c", program, PATH=os.environ["PATH"], MATSIDE_VENV=str(venv), TMPDIR=str(tmp_path)
    )
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "later").read_text() == "kept"
    assert not list(tmp_path.glob("matside-setup*"))


def test_without_python_one_line_says_what_to_install(tools, tmp_path):
    answer = shell(ROOT / "scripts/run", PATH=tools, MATSIDE_VENV=str(tmp_path / "none"))
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert "Install it" in answer.stderr


@pytest.mark.parametrize("status", [0, 1, 5])
def test_continuous_integration_ends_with_pytests_closing_line_and_status(tmp_path, status):
    copy = tmp_path / "copy"
    (copy / "scripts").mkdir(parents=True)
    shutil.copytree(ROOT / ".ci", copy / ".ci")
    closing = "==== 3 passed, 1 skipped in 2.50s ===="
    (copy / "scripts/test").write_text(
        f"#!/bin/sh\necho CI=$CI\necho '{closing}'\necho noise >&2\nexit {status}\n"
    )
    (copy / "scripts/test").chmod(0o755)
    answer = shell(copy / ".ci/run", PATH=os.environ["PATH"])
    assert answer.returncode == status
    assert answer.stdout.splitlines()[0] == "CI=true"
    assert answer.stdout.splitlines()[-1] == closing
