"""What the index says of its artwork: themes, and what goes with better and worse artwork."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from assistant.wording import change_of, relative_change
from index.records import ALL, Label

if TYPE_CHECKING:
    from assistant.web.library import Library

EFFECTS_SHOWN = 60
_Short = Annotated[str, Query(max_length=500)]
_Id = Annotated[str, Query(alias="id", max_length=500)]


class Findings:
    """Addresses of what was found.

    Args:
        draw: a page of this name with these facts.
    """

    def __init__(self, library: Library, draw: Callable[..., str]) -> None:
        self._library, self._draw = library, draw

    def router(self) -> APIRouter:
        """All addresses."""
        router = APIRouter(default_response_class=HTMLResponse)
        router.get("/themes")(self.themes)
        router.get("/theme")(self.theme)
        router.get("/insights")(self.insights)
        router.get("/beside")(self.beside)
        return router

    def themes(self) -> str:
        """Kinds of picture and how each does."""
        shelf = self._library.shelf
        study, performance = shelf.study(), {}
        if study.report is not None:
            base = study.report.take_fraction
            performance = {
                theme.theme: [
                    row | {"plays": change_of(row, "effect", base)}
                    for row in theme.performance
                    if row["platform"] == ALL and row["low"] is not None
                ]
                for theme in study.report.themes
            }
        return self._draw("themes", study=study, shelf=shelf, performance=performance)

    def theme(self, theme_id: _Id, cluster: _Short = "") -> str:
        """Every artwork of one theme, surest lift first, winners against losers."""
        from assistant.insights.evidence import read_themes
        from index.query.search import Filters

        shelf = self._library.shelf
        theme = next((one for one in read_themes(shelf.index) if one.theme == theme_id), None)
        if theme is None or (cluster and cluster not in shelf.clusters):
            raise HTTPException(404)
        filters = Filters({"theme": (theme_id,)}, cluster=cluster or ALL)
        members, _ = shelf.browse(filters, len(shelf.artworks))
        groups = {
            label: [one for one in members if one.performance and one.performance["label"] == label]
            for label in (Label.HIGH.value, Label.LOW.value)
        }
        shown = {one.artwork_id for group in groups.values() for one in group}
        return self._draw(
            "theme",
            theme=theme,
            groups={
                "Did well": groups[Label.HIGH.value],
                "Did badly": groups[Label.LOW.value][::-1],
            },
            rest=[one for one in members if one.artwork_id not in shown],
            count=len(members),
            cluster=cluster,
            clusters=shelf.clusters,
        )

    def beside(self, artwork_id: _Id, other: Annotated[str, Query(max_length=500)]) -> str:
        """Two artworks side by side: how each did with whom, and what is measured on both."""
        from assistant.answers.pieces import what_changed
        from assistant.boards.desk import artwork_rows

        shelf = self._library.shelf
        if not {artwork_id, other} <= shelf.artworks.keys():
            raise HTTPException(404)
        sides = [artwork_id, other]
        rows = artwork_rows(shelf.index)
        did = [{row["name"]: row for row in shelf.performance(one)} for one in sides]
        measured = zip(*(shelf.features(one) for one in sides), strict=True)
        return self._draw(
            "beside",
            sides=[shelf.card(one) for one in sides],
            did=did,
            names=list(dict.fromkeys(name for one in did for name in one)),
            changed=what_changed(shelf.index, rows[other], rows[artwork_id]).sentence,
            features=[(name, one, two) for (name, one), (_, two) in measured if one != two],
        )

    def insights(self, cluster: _Short = "") -> str:
        """What goes with lift, for everyone or for one member cluster."""
        from assistant.insights.json_values import json_rows
        from index.records import Grade

        shelf = self._library.shelf
        if cluster and cluster not in shelf.clusters:
            raise HTTPException(404)
        study = shelf.study()
        effects: list[dict[str, Any]] = []
        conflicts: list[dict[str, Any]] = []
        if study.report is not None:
            table = study.report.effects
            chosen = (
                (table["cluster"] == (cluster or ALL))
                & (table["platform"] == ALL)
                & (table["genre"] == ALL)
                & (table["country"] == ALL)
                & (table["grade"] != Grade.INSUFFICIENT.value)
            )
            base = study.report.take_fraction
            effects = [
                row | {"plays": change_of(row, "effect", base, steps=row["change"])}
                for row in json_rows(table[chosen].head(EFFECTS_SHOWN))
            ]
            steps = {(one.name, one.side): one.change for one in study.report.design.contrasts}
            conflicts = [
                row
                | {
                    f"{side}_plays": relative_change(
                        row[f"{side}_effect"] * steps[row["lever"], row["pole"]], base
                    )
                    for side in ("helps", "hurts")
                }
                for row in json_rows(study.report.conflicts.head(12))
            ]
        return self._draw(
            "insights",
            study=study,
            effects=effects,
            conflicts=conflicts,
            cluster=cluster,
            clusters=shelf.clusters,
        )
