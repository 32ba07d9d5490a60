"""Requests made from the pages' own description, by the hundred: none is an error of ours."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings

from assistant.cli.serve import listen
from assistant.web.app import create_app
from assistant.web.library import Library
from tests.small_catalogue import SmallEncoder, build, write_catalogue

EXAMPLES = 12


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Address of the pages over a small index, served as `assistant serve` does."""
    build(write_catalogue(tmp_path / "catalogue"), tmp_path / "index")
    with listen("127.0.0.1", 0) as opened:
        address = f"127.0.0.1:{opened.getsockname()[1]}"
        app = create_app(Library(tmp_path / "index", SmallEncoder()), hosts=[address])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        yield f"http://{address}"
        server.should_exit = True
        thread.join()


def test_whatever_is_asked_is_answered(served: str, tmp_path: Path) -> None:
    session = requests.Session()
    schema = schemathesis.openapi.from_dict(session.get(f"{served}/openapi.json").json())
    page = session.get(f"{served}/").text
    token = re.findall(r'name="csrf-token" content="([^"]+)"', page)[0]
    asked: dict[tuple[str, str], set[int]] = {}
    for found in schema.get_all_operations():

        @given(case=found.ok().as_strategy())
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: schemathesis.Case) -> None:
            answer = case.call(session=session, base_url=served, headers={"x-csrf-token": token})
            asked.setdefault((case.method, case.path), set()).add(answer.status_code)
            assert answer.status_code < 500, case.as_curl_command()
            assert "Traceback" not in answer.text
            assert str(tmp_path.parent) not in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"][0]

        ask()
    assert len(asked) == 22
    assert {200, 404, 422} <= set().union(*asked.values())
