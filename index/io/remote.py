"""A folder in an object store, through obstore (the Rust crate object_store).

Credentials and the endpoint are those of the store's usual variables, such as AWS_ACCESS_KEY_ID
and AWS_ENDPOINT_URL. Safe for threads.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from index.errors import MissingExtra, RemoteFailed
from index.io.locations import spelled

BLOCK = 8 * 2**20
"""Bytes of a download in memory at a time."""

HELD = 256 * 2**20
"""Bytes that may wait between two readings of the same objects."""

_CODE = re.compile(r"<Code>(\w+)</Code>")
_NO_CREDENTIALS = re.compile(r"error: Missing |http://169\.254\.")
_UNREACHED = ("error sending request", "HTTP error", "timed out")
_HINT = "check the address, the network and AWS_ENDPOINT_URL"


class Conflict(Exception):
    """An object is not as it was expected to be, so it was not written."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size in bytes of an object and the tag that changes with its bytes (ETag)."""

    size: int
    tag: str


class RemoteFolder:
    """Objects under one URL; keys are relative to it.

    Every method raises RemoteFailed where the store cannot be reached or refuses.

    Raises:
        MissingExtra: obstore is not installed.
        RemoteFailed: no store has such a URL, or its variables are not set.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            import obstore
        except ImportError as error:
            raise MissingExtra(f"reading {self.url}", "s3") from error
        self._obstore: Any = obstore
        with self._talking():
            self._store = obstore.store.from_url(
                self.url,
                client_options={
                    "allow_http": _endpoint().startswith("http://"),
                    "connect_timeout": "10s",
                    "timeout": "10m",
                },
                retry_config={"max_retries": 3, "retry_timeout": timedelta(minutes=3)},
            )

    def read(self, key: str) -> bytes:
        """All bytes of an object.

        Raises:
            FileNotFoundError: there is none.
        """
        with self._talking():
            return bytes(self._obstore.get(self._store, key).bytes())

    def read_stamped(self, key: str) -> tuple[bytes, str]:
        """All bytes of an object and its tag.

        Raises:
            FileNotFoundError: there is none.
        """
        with self._talking():
            found = self._obstore.get(self._store, key)
            return bytes(found.bytes()), found.meta["e_tag"] or ""

    def tag(self, key: str) -> str:
        """The tag of an object, "" where there is none."""
        try:
            with self._talking():
                return self._obstore.head(self._store, key)["e_tag"] or ""
        except FileNotFoundError:
            return ""

    def download(self, key: str, path: Path) -> None:
        """Write an object to a file, a block at a time.

        Raises:
            FileNotFoundError: there is no such object.
            OSError: the file cannot be written.
        """
        with path.open("wb") as file, self._talking():
            for block in self._obstore.get(self._store, key).stream(min_chunk_size=BLOCK):
                file.write(block)

    def find(self, prefix: str = "") -> dict[str, Stamp]:
        """Every object at any depth, by key."""
        with self._talking():
            listing = self._obstore.list(self._store, prefix or None)
            return {one["path"]: _stamp(one) for some in listing for one in some}

    def top(self) -> tuple[dict[str, Stamp], tuple[str, ...]]:
        """The objects, and the names of the folders, right under the URL."""
        with self._talking():
            listing = self._obstore.list_with_delimiter(self._store)
        found = {one["path"]: _stamp(one) for one in listing["objects"]}
        return found, tuple(listing["common_prefixes"])

    def upload(self, path: Path, key: str) -> None:
        """Make a file an object."""
        with self._talking():
            self._obstore.put(self._store, key, path)

    def write(self, key: str, content: bytes, *, tag: str) -> str:
        """Make bytes an object in one step, if the one that is there has this tag.

        Args:
            tag: of the object it takes over from; "" where there must be none.

        Returns:
            The tag of the new object.

        Raises:
            Conflict: there is another object than expected.
        """
        mode: Any = {"e_tag": tag} if tag else "create"
        error = self._obstore.exceptions
        try:
            with self._talking():
                return self._obstore.put(self._store, key, content, mode=mode)["e_tag"] or ""
        except (error.AlreadyExistsError, error.PreconditionError, FileNotFoundError):
            raise Conflict(f"{self.url}/{key}") from None

    def copy(self, key: str, to: str) -> None:
        """Copy an object inside the store.

        Raises:
            FileNotFoundError: there is no such object.
        """
        with self._talking():
            self._obstore.copy(self._store, key, to)

    def remove(self, *keys: str) -> None:
        """Remove objects that may be there."""
        with self._talking():
            self._obstore.delete(self._store, list(keys))

    @contextmanager
    def _talking(self) -> Iterator[None]:
        error = self._obstore.exceptions
        try:
            yield
        except FileNotFoundError as missing:
            if "NoSuchBucket" in str(missing):
                raise self._failed(missing) from missing
            raise
        except (error.AlreadyExistsError, error.PreconditionError):
            raise
        except error.BaseError as failure:
            raise self._failed(failure) from failure

    def _failed(self, failure: Exception) -> RemoteFailed:
        error, said = self._obstore.exceptions, str(failure)
        code = _CODE.search(said)
        if code and code[1] == "NoSuchBucket":
            return RemoteFailed(
                self.url, "there is no such bucket", "correct the name or create it"
            )
        if _NO_CREDENTIALS.search(said):
            reason = "no credentials are set"
            return RemoteFailed(self.url, reason, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        if code or isinstance(failure, error.PermissionDeniedError | error.UnauthenticatedError):
            reason = f"the store refuses ({code[1] if code else 'no permission'})"
            return RemoteFailed(self.url, reason, "check the credentials and their permissions")
        if "Unable to recognise URL" in said:
            return RemoteFailed(self.url, "no object store has such an address", "write s3://…")
        if any(sign in said for sign in _UNREACHED):
            place = f" at {_endpoint()}" if _endpoint() else ""
            return RemoteFailed(self.url, f"the store cannot be reached{place}", _HINT)
        return RemoteFailed(self.url, said.splitlines()[0], _HINT)


def read_object(path: Path | str) -> bytes:
    """The bytes of an object by its whole path; bytes that are held for it come first.

    Raises:
        FileNotFoundError: there is none.
        RemoteFailed: the store cannot be reached or refuses.
    """
    url = spelled(path)
    held = _held.take(url)
    if held is not None:
        return held
    scheme, _, rest = url.partition("://")
    bucket, _, key = rest.partition("/")
    return _bucket(f"{scheme}://{bucket}").read(key)


def hold(path: Path | str, content: bytes) -> None:
    """Keep bytes for the next `read_object` of a path; the oldest go when there are too many."""
    _held.put(spelled(path), content)


class _Held:
    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}
        self._size = 0
        self._lock = Lock()

    def put(self, url: str, content: bytes) -> None:
        self.take(url)
        with self._lock:
            self._content[url] = content
            self._size += len(content)
            while self._size > HELD:
                self._size -= len(self._content.pop(next(iter(self._content))))

    def take(self, url: str) -> bytes | None:
        with self._lock:
            content = self._content.pop(url, None)
            self._size -= len(content or b"")
            return content


_held = _Held()


@lru_cache(maxsize=8)
def _bucket(url: str) -> RemoteFolder:
    return RemoteFolder(url)


def _endpoint() -> str:
    names = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def _stamp(meta: Any) -> Stamp:
    return Stamp(meta["size"], meta["e_tag"] or str(meta["last_modified"]))
