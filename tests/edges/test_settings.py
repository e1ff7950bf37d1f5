import subprocess
import sys
from pathlib import Path

import pytest

from matside.errors import UsageError
from matside.settings import Settings, find_paths, load_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_one_folder_can_hold_everything(tmp_path):
    paths = find_paths({"MATSIDE_HOME": str(tmp_path)})
    for place in (paths.history, paths.models, paths.speech, paths.journal, paths.settings_file):
        assert place.is_relative_to(tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_it_each_kind_of_file_is_where_this_system_keeps_it():
    paths = find_paths({"MATSIDE_HOME": ""})
    folders = (paths.data, paths.cache, paths.state, paths.config)
    assert all(folder.is_absolute() and "matside" in str(folder) for folder in folders)


def test_a_folder_named_from_the_home_folder_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert find_paths({"MATSIDE_HOME": "~/mat"}).data == tmp_path / "mat" / "data"


def test_without_a_file_everything_is_as_built_in(file):
    assert load_settings(file, {}) == Settings()


def test_the_file_is_read(file):
    file.write_text('\ufefflanguage = "ko"\nvolume_db = -3\nrate_wpm = 140\nquiet = true\n', encoding="utf-8")
    settings = load_settings(file, {})
    assert settings == Settings(language="ko", volume_db=-3.0, rate_wpm=140, quiet=True)
    assert isinstance(settings.volume_db, float)


def test_flags_come_before_the_environment_before_the_file(file):
    file.write_text('language = "ko"\nvoice = "one"\nspeaker = "Kitchen"\n', encoding="utf-8")
    environ = {
        "MATSIDE_LANGUAGE": "en",
        "MATSIDE_VOICE": "two",
        "MATSIDE_MICROPHONE": "",
        "MATSIDE_QUIET": "yes",
    }
    settings = load_settings(file, environ, {"voice": "three", "language": None})
    assert settings == Settings(language="en", voice="three", speaker="Kitchen", quiet=True)


def test_numbers_of_the_environment_are_numbers(file):
    settings = load_settings(file, {"MATSIDE_VOLUME_DB": "-6.5", "MATSIDE_RATE_WPM": "160"})
    assert (settings.volume_db, settings.rate_wpm) == (-6.5, 160)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('langage = "en"', "did you mean language"),
        ("language = 3", "language should be a text"),
        ('voice = " "', "voice should be a text"),
        ("volume_db = 90", "from -40 to 12"),
        ("volume_db = nan", "from -40 to 12"),
        ("volume_db = true", "from -40 to 12"),
        ("rate_wpm = 12.5", "whole number"),
        ('quiet = "no"', "true or false"),
    ],
)
def test_an_impossible_setting_is_said_with_its_name_and_its_file(file, line, said):
    file.write_text(line, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as caught:
        load_settings(file, {})
    assert str(file) in str(caught.value)
    assert caught.value.hint


def test_an_impossible_value_of_the_environment_is_said_with_where_it_stands(file):
    with pytest.raises(UsageError, match=r"rate_wpm.*'fast'.*environment"):
        load_settings(file, {"MATSIDE_RATE_WPM": "fast"})


def test_all_problems_are_said_at_once(file):
    file.write_text("language = 3\nrate_wpm = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"language.*rate_wpm.*quiet"):
        load_settings(file, {"MATSIDE_QUIET": "maybe"})


@pytest.mark.parametrize("content", [b"language = \n", b"\xff\xfe", b"#" * 70_000])
def test_a_file_that_can_not_be_read_is_said_and_kept(file, content):
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"config\.toml") as caught:
        load_settings(file, {})
    assert caught.value.hint
    assert file.read_bytes() == content


def test_a_folder_in_the_files_place_is_said(file):
    file.mkdir()
    with pytest.raises(UsageError, match="no ordinary file"):
        load_settings(file, {})


def test_importing_the_settings_loads_no_library():
    heavy = ["platformdirs", "tomllib", "numpy"]
    program = f"import sys, matside.settings; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
