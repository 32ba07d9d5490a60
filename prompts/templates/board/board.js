"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement, theme = $("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (on) => {
    root.dataset.theme = on ? "dark" : "light";
    theme.setAttribute("aria-pressed", String(on));
  };
  paint(dark.matches);
  dark.addEventListener("change", (event) => paint(event.matches));
  theme.addEventListener("click", () => paint(root.dataset.theme !== "dark"));

  const list = $("pairs"), filter = $("filter"), sort = $("sort"), clean = $("clean"), least = $("least");
  if (list) {
    const pairs = all(".pair", list);
    const grades = ["suggestive", "supported", "confirmed", "tested"];
    const show = () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      const has = (item) => words.every((word) => item.textContent.toLowerCase().includes(word));
      for (const pair of pairs) pair.hidden = !has(pair) || (clean.checked && pair.dataset.marked === "1");
      for (const claim of all("#claims .finding")) {
        claim.hidden = !has(claim) || grades.indexOf(claim.dataset.grade) < Number(least.value);
      }
      const left = pairs.filter((pair) => !pair.hidden).length;
      $("counted").textContent = `${left} of ${pairs.length} exemplars shown.`;
    };
    const arrange = () => {
      const key = sort.value;
      const order = key === "title"
        ? (a, b) => a.dataset.title.localeCompare(b.dataset.title)
        : (a, b) => Number(b.dataset[key]) - Number(a.dataset[key]);
      list.append(...[...pairs].sort(order));
    };
    filter.addEventListener("input", show);
    clean.addEventListener("change", show);
    if (least) least.addEventListener("change", show);
    sort.addEventListener("change", arrange);
    filter.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { filter.value = ""; show(); filter.blur(); }
    });
  }

  const tabs = all("[role=tab]");
  const choose = (tab) => {
    for (const one of tabs) {
      const on = one === tab;
      one.setAttribute("aria-selected", String(on));
      one.tabIndex = on ? 0 : -1;
      $(one.getAttribute("aria-controls")).classList.toggle("off", !on);
    }
    tab.focus();
  };
  const step = (from, by, of) => of[(of.indexOf(from) + by + of.length) % of.length];
  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) { event.preventDefault(); choose(step(tab, by, tabs)); }
    });
  }

  const zoom = $("zoom");
  if (!zoom) return;
  const picture = zoom.querySelector("img");
  let shown = null;
  const seen = () => all("button.art").filter((one) => one.offsetParent !== null);
  const open = (art) => {
    shown = art;
    const small = art.querySelector("img");
    picture.src = small.src;
    picture.alt = small.alt;
    $("zoomed").textContent = art.dataset.told;
    if (!zoom.open) zoom.showModal();
  };
  const turn = (by) => open(step(shown, by, seen()));
  document.addEventListener("click", (event) => {
    const art = event.target.closest("button.art");
    if (art) open(art);
    if (event.target === zoom) zoom.close();
  });
  $("back").addEventListener("click", () => turn(-1));
  $("on").addEventListener("click", () => turn(1));
  zoom.addEventListener("close", () => shown && shown.focus());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !zoom.open) { event.preventDefault(); filter.focus(); return; }
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by || typing) return;
    if (zoom.open) { event.preventDefault(); turn(by); return; }
    const art = event.target.closest("button.art");
    if (art) { event.preventDefault(); step(art, by, seen()).focus(); }
  });
})();
