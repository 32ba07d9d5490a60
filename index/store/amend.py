"""Adding what was learned to an index, without building it again."""

from __future__ import annotations

from pathlib import Path

from index.errors import IndexDamaged
from index.store.manifest import rebuild
from index.store.opening import open_index
from index.store.writer import IndexWriter, Learn


def amend_index(folder: Path | str, change: Learn) -> str:
    """Make a generation that differs from the current one in some tables.

    A reader sees the old generation or the new one, whenever the process ends. Nothing happens
    where the tables are already as given. They are made while no other process can write, so
    that two at once lose nothing of each other's.

    Args:
        change: makes the tables by name from the current generation; the next build keeps those
            of `layout.LEARNED`.

    Returns:
        The name of the generation that is current now.

    Raises:
        IndexNotFound, IndexMismatch, IndexDamaged: there is no index to add to.
        IndexBusy: another process is writing it.
        StoreError: the folder cannot be written.
    """
    open_index(folder).close()
    with IndexWriter(folder) as writer:
        if writer.current is None:
            reason = writer.damage or "its current generation is missing"
            raise IndexDamaged(writer.folder, reason, rebuild(writer.folder))
        manifest = writer.current.manifest
        for name, table in change(writer.current).items():
            writer.write_table(name, table)
        writer.keep(manifest.files)
        return writer.publish(manifest, manifest.libraries, manifest.warnings, keep_work=True)
