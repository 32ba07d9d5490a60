"""Small files kept in the index folder, outside its generations: picks and edited boards.

Each is replaced as a whole, under a lock (in an object store: if nobody else has replaced it
meanwhile), so that two processes lose nothing of each other's and a reader finds the old content
or the new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreError
from index.io.locations import is_remote, spelled
from index.store.layout import write_durably

_PATIENCE_SECONDS = 30
_HINT = "what was there is untouched; make room or check the folder's permissions"


def read_beside(index_folder: Path, name: str) -> bytes | None:
    """The content of a file; None where there is none.

    Raises:
        RemoteFailed: the object store cannot be reached or refuses.
    """
    try:
        if is_remote(index_folder):
            from index.io.remote import RemoteFolder

            return RemoteFolder(spelled(index_folder)).read(name)
        return (index_folder / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def names_beside(index_folder: Path, folder: str, suffix: str) -> list[str]:
    """Names of the files in a folder beside the generations, with the folder, sorted."""
    if is_remote(index_folder):
        from index.io.remote import RemoteFolder

        found = list(RemoteFolder(spelled(index_folder)).find(f"{folder}/"))
    else:
        found = [f"{folder}/{one.name}" for one in (index_folder / folder).glob(f"*{suffix}")]
    return sorted(one for one in found if one.endswith(suffix) and one.count("/") == 1)


@contextmanager
def changing_beside(
    index_folder: Path, name: str
) -> Iterator[tuple[bytes | None, Callable[[bytes], None]]]:
    """Keep others from writing a file: gives what is there and what replaces it.

    Raises:
        StoreError: the file cannot be written, or another process holds it for too long.
    """
    if is_remote(index_folder):
        from index.io.remote import RemoteFolder

        store = RemoteFolder(spelled(index_folder))
        tag = store.tag(name)
        yield (
            read_beside(index_folder, name),
            lambda content: _send(index_folder, name, content, tag),
        )
        return
    from filelock import FileLock, Timeout

    path = index_folder / name
    try:
        if path.parent != index_folder:
            path.parent.mkdir(exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=_PATIENCE_SECONDS):
            yield read_beside(index_folder, name), lambda content: write_durably(path, content)
    except Timeout:
        reason = f"another process is writing {name}"
        raise StoreError(index_folder, reason, "wait until it ends and run again") from None
    except OSError as error:
        reason = f"{name} cannot be written ({error.strerror or error})"
        raise StoreError(index_folder, reason, _HINT) from error


def _send(index_folder: Path, name: str, content: bytes, tag: str) -> None:
    from index.io.remote import Conflict, RemoteFolder

    try:
        RemoteFolder(spelled(index_folder)).write(name, content, tag=tag)
    except Conflict:
        reason = f"another process has just written {name}"
        raise StoreError(index_folder, reason, "run again") from None
