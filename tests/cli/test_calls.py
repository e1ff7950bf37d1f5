"""Help, slips of the keyboard, exit codes, and what goes where."""

import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest

COMMANDS = [
    "start",
    "resume",
    "rehearse",
    "commands",
    "routines",
    "exercises",
    "voices",
    "history",
    "listen",
    "models",
    "learn",
    "about",
    "remind",
]
SUBCOMMANDS = [
    ("routines", "validate"),
    ("models", "list"),
    ("models", "fetch"),
    ("models", "verify"),
    *(("remind", name) for name in ("morning", "evening", "break", "pelvic-floor", "list", "remove", "fire")),
]


def test_help_names_every_command_and_the_disclaimer(matside):
    ran = matside("--help")
    assert ran.code == 0
    assert ran.err == ""
    assert all(f"  {name} " in ran.out for name in COMMANDS)
    assert "not medical" in " ".join(ran.out.split())
    assert "matside start breathe" in ran.out


@pytest.mark.parametrize("words", [*((name,) for name in COMMANDS), *SUBCOMMANDS], ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(matside, words, option):
    ran = matside(*words, option)
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: matside {' '.join(words)}")
    assert len(ran.out.splitlines()) > 4
    assert all(len(line) <= 100 for line in ran.out.splitlines())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("strt", "start"), ("routine", "routines"), ("rehears", "rehearse"), ("histroy", "history")],
)
def test_slip_is_answered_with_the_nearest_command(matside, typed, meant):
    ran = matside(typed)
    assert ran.code == 2
    assert ran.out == ""
    assert f'Did you mean "{meant}"?' in ran.err


def test_slip_in_a_subcommand_is_answered_too(matside):
    ran = matside("routines", "valdate", "x.toml")
    assert ran.code == 2
    assert "Did you mean 'validate'?" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["start", "--nonsense"],
        ["start", "breathe", "evening"],
        ["start", "--fast"],
        ["start", "breathe", "--language", "xx"],
        ["start", "breathe", "--rate", "5"],
        ["commands", "--phase", "hodl"],
        ["listen", "--phase", "hodl"],
        ["history", "-n", "0"],
        ["rehearse", "breathe", "--say", "too hard"],
        ["rehearse", "breathe", "--say", "nan stop"],
        ["rehearse", "breathe", "--say", "1e9 stop"],
        ["rehearse", "breathe", "--say", "-3 stop"],
        ["models", "fetch", "klingon"],
        ["models", "verify", "klingon"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_told_on_stderr_with_exit_code_2(matside, arguments):
    ran = matside(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
@pytest.mark.parametrize("arguments", ["profile", "profile ask", "plan breathe"])
def test_a_closed_stream_is_an_empty_one(arguments, closed):
    command = f"exec {sys.executable} -m matside {arguments} {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in {0, 130}
    assert "Traceback" not in done.stdout + done.stderr


def test_a_recording_is_not_written_over_while_it_is_heard(matside, tmp_path):
    path = tmp_path / "same.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000))
    before = path.read_bytes()
    ran = matside("start", "breathe", "--mic-wav", path, "--speaker-wav", path, "--fast")
    assert ran.code == 2
    assert "another file" in ran.err
    assert path.read_bytes() == before


def test_doctor_tells_of_a_home_that_is_a_file(matside, tmp_path, monkeypatch):
    home = tmp_path / "file"
    home.touch()
    monkeypatch.setenv("MATSIDE_HOME", str(home))
    ran = matside("doctor")
    assert ran.code == 1
    assert "NO  folders" in ran.out
    assert "NO  speech" in ran.out


def test_a_session_that_could_not_be_saved_is_not_said_to_be_in_the_history(matside, home, tmp_path):
    path = home / "data/history.sqlite3"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"SQLite format 3\x00" + bytes(5_000))
    ran = matside("start", "breathe", "--speaker-wav", tmp_path / "out.wav", "--fast")
    assert "couldn't all be saved" in ran.err
    assert "shows it" not in ran.err


@pytest.mark.parametrize("command", ["start", "rehearse"])
def test_unknown_routine_is_answered_with_the_nearest(matside, command):
    ran = matside(command, "brethe")
    assert ran.code == 2
    assert ran.err.splitlines() == [
        'matside: There is no routine "brethe" (did you mean "breathe"?).',
        "`matside routines` lists them; the path of a routine file does too.",
    ]


def test_routine_is_found_whatever_its_capitals(matside):
    assert matside("rehearse", "Breathe", "--json").rows[-1]["completed"] is True


def test_resume_without_anything_to_resume_is_two_lines(matside):
    ran = matside("resume")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 2
    assert "matside start" in ran.err


def test_version_is_told(matside):
    import matside as package

    ran = matside("--version")
    assert ran.code == 0
    assert package.__version__ in ran.out


@pytest.mark.parametrize(
    ("variable", "value"),
    [("MATSIDE_LANGUAGE", "xx"), ("MATSIDE_RATE_WPM", "fast"), ("MATSIDE_QUIET", "perhaps")],
)
def test_bad_environment_is_told_by_name(matside, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    ran = matside("rehearse", "breathe")
    assert ran.code == 2
    assert value in ran.err


def test_environment_sets_the_language(matside, monkeypatch):
    monkeypatch.setenv("MATSIDE_LANGUAGE", "ko")
    assert "넘어가" in matside("commands").out


def test_settings_file_with_a_slip_is_told_with_the_nearest_setting(matside, home):
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text('langauge = "ko"\n')
    ran = matside("commands")
    assert ran.code == 2
    assert "did you mean language?" in ran.err


def test_settings_file_that_is_a_folder_stops_nothing_silently(matside, home):
    (home / "config" / "config.toml").mkdir(parents=True)
    ran = matside("commands")
    assert ran.code == 2
    assert "config.toml" in ran.err


def test_as_a_process_data_goes_to_stdout_and_messages_to_stderr(process):
    ran = process("history", "--json")
    assert (ran.code, ran.out) == (0, "")
    assert "matside start" in ran.err
    ran = process("rehearse", "brethe", "--json")
    assert (ran.code, ran.out) == (2, "")


def test_reader_that_goes_away_is_no_crash():
    command = [sys.executable, "-m", "matside", "rehearse", "morning", "--json"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ),
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read().decode()
        assert running.wait(60) in {0, 1}
    assert "Traceback" not in said
    assert "Exception" not in said


def test_closed_standard_output_is_no_crash():
    program = "import sys; from matside.cli import main; main(['routines', '--json'])"
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" >&-', sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr


def test_no_colour_codes_reach_a_pipe(process):
    for arguments in (["--help"], ["routines"], ["commands"], ["rehearse", "breathe"]):
        assert "\x1b" not in process(*arguments).out


def test_output_is_utf8_where_the_locale_is_poor(process):
    poor = {name: value for name, value in os.environ.items() if name not in {"LANG", "LC_ALL", "LC_CTYPE"}}
    ran = process("commands", "--language", "ko", "--json", env=poor | {"LC_ALL": "C"})
    assert ran.code == 0
    assert ran.rows[0]["phrases"] == ["넘어가"]


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_pipe_that_knows_no_korean_still_gets_valid_json(process, encoding):
    poor = dict(os.environ) | {"PYTHONIOENCODING": encoding}
    ran = process("commands", "--language", "ko", "--json", env=poor)
    assert ran.code == 0
    assert ran.rows[0]["phrases"] == ["넘어가"]
    assert process("rehearse", "breathe", env=poor).code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "arguments", [["commands"], ["rehearse", "breathe"], ["rehearse", "breathe", "--json"]]
)
def test_output_to_a_full_disk_is_told_in_two_lines(arguments):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "matside", *arguments], stdout=full, stderr=subprocess.PIPE, check=False
        )
    told = [line for line in ran.stderr.decode().splitlines() if not line.startswith("Preparing")]
    assert ran.returncode == 1
    assert len(told) == 2, told
    assert "can't be written: No space left on device" in told[0]
