"""Catalogue and index in an S3 object store (a server of moto's on this machine)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.boards.pictures import Pictures
from index.build import BuildReport, build_index
from index.errors import IndexBusy, IndexNotFound, InputError, RemoteFailed
from index.store import IndexWriter, open_index, verify_index
from tests import commands
from tests.small_catalogue import SmallEncoder, SmallExtractor, write_catalogue

obstore: Any = pytest.importorskip("obstore", reason="the extra `s3` is not installed")

BUCKET = "artwork"
NO_PICTURES = {"t03_1.jpg", "t04_1.jpg"}


@dataclass(frozen=True)
class Server:
    """A running server, its log of requests and the client's variables for it."""

    address: str
    log: Path
    variables: dict[str, str]

    def requests(self) -> list[str]:
        """What was asked so far, such as `GET /artwork/catalogue/images/t01_1.jpg`."""
        lines = self.log.read_text().splitlines()
        return [line.split('"')[1].rpartition(" ")[0] for line in lines if '"' in line]

    def store(self, folder: str) -> Any:
        return obstore.store.from_url(
            f"s3://{BUCKET}/{folder}", client_options={"allow_http": True}
        )

    def send(self, local: Path, folder: str) -> None:
        store = self.store(folder)
        for path in local.rglob("*"):
            if path.is_file():
                obstore.put(store, path.relative_to(local).as_posix(), path)

    def fetch(self, folder: str, local: Path) -> None:
        store = self.store(folder)
        for one in (one for some in obstore.list(store) for one in some):
            path = local / one["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(obstore.get(store, one["path"]).bytes())


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    running = []

    def start(**variables: str) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = tmp_path_factory.mktemp("server") / "log"
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with log.open("w") as out:
            running.append(
                subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | variables)
            )
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        address = f"http://127.0.0.1:{port}"
        words = {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
        }
        return Server(address, log, words)

    yield start
    for one in running:
        one.terminate()
        one.wait()


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Server]) -> Server:
    import boto3

    started = start_server()
    boto3.client(
        "s3",
        endpoint_url=started.address,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    ).create_bucket(Bucket=BUCKET)
    return started


@pytest.fixture(autouse=True)
def _variables(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared_cache: Path
) -> None:
    """A cache of its own for every test, with the exported encoders of the run."""
    from index.io.remote import _bucket

    for name, value in server.variables.items():
        monkeypatch.setenv(name, value)
    cache = tmp_path / "cache"
    cache.mkdir()
    for name in ("encoders", "known"):
        (shared_cache / name).mkdir(parents=True, exist_ok=True)
        (cache / name).symlink_to(shared_cache / name)
    monkeypatch.setenv("ASSISTANT_CACHE", str(cache))
    _bucket.cache_clear()


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_catalogue(tmp_path_factory.mktemp("catalogue") / "catalogue", titles=6)
    (folder / "images/t03_1.jpg").write_bytes(b"no picture")
    (folder / "images/t04_1.jpg").unlink()
    return folder


@pytest.fixture
def place(server: Server, catalogue: Path, request: pytest.FixtureRequest) -> str:
    """A folder of the bucket with the catalogue in it."""
    server.send(catalogue, f"{request.node.name}/catalogue")
    return f"s3://{BUCKET}/{request.node.name}"


def build(catalogue: Path | str, output: Path | str, seed: int = 7) -> BuildReport:
    return build_index(
        Path(catalogue), Path(output), encoder=SmallEncoder(), extractor=SmallExtractor(), seed=seed
    )


def contents(folder: Path | str) -> dict[str, str]:
    with open_index(folder) as index:
        verify_index(index)
        return {name: record.blake2b for name, record in index.manifest.files.items()}


def run(*words: str, **variables: str | None) -> subprocess.CompletedProcess[str]:
    if not variables:
        return commands.run(*words, check=False)
    changed = {name: value for name, value in {**os.environ, **variables}.items() if value}
    return subprocess.run(
        [str(commands.ASSISTANT), *words],
        capture_output=True,
        text=True,
        check=False,
        env=changed,
    )


def pictures_read(server: Server, since: int) -> list[str]:
    return [one for one in server.requests()[since:] if "GET" in one and "/images/" in one]


def test_the_index_is_the_one_that_is_built_here(
    server: Server, place: str, catalogue: Path, tmp_path: Path
) -> None:
    before = len(server.requests())
    far = build(f"{place}/catalogue", f"{place}/index")
    assert len(pictures_read(server, before)) == 17, "every picture is read once"
    here = build(catalogue, tmp_path / "index")
    assert (far.artworks, far.embedded) == (here.artworks, here.embedded) == (16, 16)
    assert far.skipped == here.skipped
    assert contents(f"{place}/index") == contents(tmp_path / "index")
    with open_index(f"{place}/index") as index:
        assert index.manifest.catalogue == f"{place}/catalogue"

    again = len(server.requests())
    unchanged = build(f"{place}/catalogue", f"{place}/index")
    assert (unchanged.generation, unchanged.embedded) == (far.generation, 0)
    asked = pictures_read(server, again)
    assert {one.rpartition("/")[2] for one in asked} <= NO_PICTURES, "what cannot be read is tried"


def test_opening_again_costs_one_request(server: Server, place: str) -> None:
    build(f"{place}/catalogue", f"{place}/index")
    before = len(server.requests())
    with open_index(f"{place}/index") as index:
        assert index.vectors("shared").shape == (16, 16)
    assert [one.rpartition("/")[2] for one in server.requests()[before:]] == ["CURRENT"]


def test_what_is_kept_elsewhere_is_copied_and_mended(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(f"{place}/catalogue", f"{place}/index")
    whole = contents(f"{place}/index")
    monkeypatch.setenv("ASSISTANT_CACHE", str(tmp_path / "another machine"))
    assert contents(f"{place}/index") == whole
    for path in (tmp_path / "another machine").rglob("shared.npy"):
        path.write_bytes(b"torn")
    assert contents(f"{place}/index") == whole


def test_a_changed_picture_alone_is_read_again(server: Server, place: str, catalogue: Path) -> None:
    build(f"{place}/catalogue", f"{place}/index")
    before = len(server.requests())
    store = server.store(f"{place.rpartition('/')[2]}/catalogue")
    obstore.put(store, "images/t05_1.jpg", catalogue / "images/t02_1.jpg")
    report = build(f"{place}/catalogue", f"{place}/index")
    assert (report.artworks, report.embedded) == (16, 0), "these bytes are known"
    assert {one.rpartition("/")[2] for one in pictures_read(server, before)} <= {
        "t05_1.jpg",
        *NO_PICTURES,
    }


KILLED = """
import os, signal, sys
from pathlib import Path
from index.build import build_index
from index.io.remote import RemoteFolder
from tests.small_catalogue import SmallEncoder, SmallExtractor

upload = RemoteFolder.upload
sent = []

def upload_some(self, path, key):
    if len(sent) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    sent.append(key)
    upload(self, path, key)

RemoteFolder.upload = upload_some
build_index(Path(sys.argv[1]), Path(sys.argv[2]), encoder=SmallEncoder(seed=2),
            extractor=SmallExtractor())
"""


def test_a_killed_upload_leaves_the_last_good_index(
    server: Server, place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build(f"{place}/catalogue", f"{place}/index")
    good = contents(f"{place}/index")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, f"{place}/catalogue", f"{place}/index"],
        check=False,
        cwd=Path(__file__).parents[1],
    )
    assert killed.returncode == -signal.SIGKILL
    assert contents(f"{place}/index") == good
    with monkeypatch.context() as patch:
        patch.setenv("ASSISTANT_CACHE", str(tmp_path / "another machine"))
        assert contents(f"{place}/index") == good
        with pytest.raises(IndexBusy, match=r"process \d+ on .* is writing it; wait until"):
            build(f"{place}/catalogue", f"{place}/index")

    output = Path(f"{place}/index")
    anew = build_index(
        Path(f"{place}/catalogue"), output, encoder=SmallEncoder(seed=2), extractor=SmallExtractor()
    )
    assert (anew.embedded, anew.generation) == (0, "000002"), "finished work is kept"
    assert contents(output) != good
    kept = {
        one["path"].split("/")[1]
        for some in obstore.list(server.store(f"{place.rpartition('/')[2]}/index"), "generations")
        for one in some
    }
    assert kept == {"000001", "000002"}


def test_a_second_writer_is_refused_and_a_dead_one_is_not_waited_for(
    server: Server, place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build(f"{place}/catalogue", f"{place}/index")
    with IndexWriter(f"{place}/index"), monkeypatch.context() as patch:
        patch.setenv("ASSISTANT_CACHE", str(tmp_path / "another machine"))
        with (
            pytest.raises(IndexBusy, match=rf"process {os.getpid()} on"),
            IndexWriter(f"{place}/index"),
        ):
            pass
    store = server.store(f"{place.rpartition('/')[2]}/index")
    assert "writer.lock" not in [one["path"] for some in obstore.list(store) for one in some]
    dead = {"host": "gone", "mirror": "m", "pid": 1, "until": "2020-01-01T00:00:00+00:00"}
    obstore.put(store, "writer.lock", json.dumps(dead).encode())
    with IndexWriter(f"{place}/index") as writer:
        assert writer.current is not None
        verify_index(writer.current)


def test_commands_answer_as_they_do_here(server: Server, place: str, tmp_path: Path) -> None:
    far, local = f"{place}/index", tmp_path / "index"
    made = run("index", f"{place}/catalogue", "-o", far, "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["artworks"] == 16
    picked = run("picks", "add", "t01_0", "-i", far)
    assert picked.returncode == 0, picked.stderr
    server.fetch(f"{place.rpartition('/')[2]}/index", local)
    brief = tmp_path / "brief.yaml"
    brief.write_text("title: A Storm\nsynopsis: A soldier and a storm at sea.\ngenres: [Drama]\n")
    for words in (["similar", "a storm at sea"], ["brief", str(brief)]):
        told = [run(*words, "--index", str(index), "--json") for index in (local, far)]
        assert [one.returncode for one in told] == [0, 0], told[1].stderr
        assert told[0].stdout == told[1].stdout, words
    assert "t01_0" in told[1].stdout
    shown = Pictures(Path(f"{place}/catalogue"))
    with open_index(far) as index:
        assert index.catalogue_folder == Path(f"{place}/catalogue")
        assert shown.pixels("images/t01_0.jpg") is not None


def test_workers_of_a_cluster_read_from_the_store(
    place: str, catalogue: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    far, here = f"{place}/index", tmp_path / "index"
    on_ray = ("--engine", "ray", "--workers", "2")
    made = run("index", f"{place}/catalogue", "-o", far, *on_ray, "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert (told["artworks"], len(told["skipped"])) == (16, 2)
    assert run("index", str(catalogue), "-o", str(here)).returncode == 0
    assert contents(far) == contents(here)


@pytest.mark.parametrize(
    ("variables", "index", "said"),
    [
        ({}, "s3://no-such-bucket/index", "there is no such bucket"),
        ({"AWS_ACCESS_KEY_ID": None}, "s3://artwork/index", "no credentials are set"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "s3://artwork/i", "cannot be reached at http"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "s3://b/403/Missing 401", "cannot be reached"),
        ({}, "s3://artwork/nothing", "no index here; make one with: assistant index CATALOGUE -o"),
        ({}, "nowhere://artwork/index", "no object store has such an address"),
    ],
)
def test_what_is_wrong_is_one_line(variables: dict[str, str | None], index: str, said: str) -> None:
    told = run("clusters", "-i", index, **variables)
    assert told.returncode == 2
    assert told.stderr.startswith(f"assistant: {index}: ")
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_credentials_that_are_refused(
    start_server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = start_server(INITIAL_NO_AUTH_ACTION_COUNT="0")
    monkeypatch.setenv("AWS_ENDPOINT_URL", strict.address)
    with pytest.raises(RemoteFailed, match=r"the store refuses \(InvalidAccessKeyId\); check"):
        open_index(f"s3://{BUCKET}/index")


def test_tables_are_refused_under_their_own_name(
    server: Server, place: str, catalogue: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        build(f"{place}/nothing", tmp_path / "index")
    wrong = tmp_path / "wrong"
    shutil.copytree(catalogue, wrong)
    table = (wrong / "artworks.csv").read_text().replace("images/t02_0.jpg", "images/../../t.jpg")
    (wrong / "artworks.csv").write_text(table)
    server.send(wrong, f"{place.rpartition('/')[2]}/wrong")
    with pytest.raises(InputError, match="leaves the catalogue folder") as error:
        build(f"{place}/wrong", tmp_path / "index")
    assert str(error.value).startswith(f"{place}/wrong/artworks.csv, row ")
    with pytest.raises(InputError, match="files but no index"):
        build(f"{place}/catalogue", f"{place}/catalogue")
    with pytest.raises(IndexNotFound):
        open_index(f"{place}/index")
