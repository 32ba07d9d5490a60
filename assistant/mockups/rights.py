"""Which past artwork may be shown to a model that paints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.mockups.records import Guide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.store import Index

PERMITTED = frozenset(
    {"all media", "all rights", "unrestricted", "owned", "work for hire", "public domain", "cc0"}
)
"""Values of `rights` under which an artwork may steer a painter. Any other value, and an empty one,
is taken as a restriction."""


def is_permitted(rights: str, also: Iterable[str] = ()) -> bool:
    """Whether an artwork with these rights may be fed to image-to-image or an IP-Adapter.

    >>> is_permitted("All media"), is_permitted("digital only"), is_permitted("")
    (True, False, False)

    Args:
        rights: as the catalogue writes them.
        also: values that the user permits beyond PERMITTED.
    """
    value = " ".join(rights.casefold().split())
    return value in PERMITTED or (value != "" and value in {one.casefold() for one in also})


def rights_of(index: Index, artworks: Iterable[str]) -> dict[str, str]:
    """What the catalogue says of each artwork's rights; blank where it says nothing."""
    wanted = set(artworks)
    if "rights" not in index.column_names("artworks"):
        return dict.fromkeys(wanted, "")
    table = index.table("artworks", ["artwork_id", "rights"])
    pairs = zip(table["artwork_id"].to_pylist(), table["rights"].to_pylist(), strict=True)
    return {name: str(rights or "") for name, rights in pairs if name in wanted}


def permitted_guides(
    artworks: tuple[str, ...], index: Index, also: Iterable[str] = ()
) -> tuple[tuple[Guide, ...], tuple[Guide, ...]]:
    """Past artworks that may steer a painter and those that may not, each best first."""
    rights = rights_of(index, artworks)
    table = index.table("artworks", ["artwork_id", "path"])
    paths = dict(zip(table["artwork_id"].to_pylist(), table["path"].to_pylist(), strict=True))
    found = [
        Guide(one, index.catalogue_folder / paths[one], rights.get(one, "")) for one in artworks
    ]
    also = tuple(also)
    return (
        tuple(guide for guide in found if is_permitted(guide.rights, also)),
        tuple(guide for guide in found if not is_permitted(guide.rights, also)),
    )
