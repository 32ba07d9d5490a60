"use strict";
(() => {
  /** @type {(id: string) => HTMLElement | null} */
  const byId = (id) => document.getElementById(id);
  /** @type {(selector: string) => HTMLElement[]} */
  const all = (selector) => [...document.querySelectorAll(selector)];

  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  /** @param {boolean} on */
  const paint = (on) => {
    root.dataset.theme = on ? "dark" : "light";
    byId("theme")?.setAttribute("aria-pressed", String(on));
  };
  paint(dark.matches);
  dark.addEventListener("change", (event) => paint(event.matches));

  /** Shows how a canvas crops every exemplar; "" shows whole pictures. @param {string} canvas */
  const crop = (canvas) => {
    for (const one of all(".crop, .verdict")) one.style.display = one.dataset.canvas === canvas ? "block" : "";
    for (const one of all("[data-crop]")) one.setAttribute("aria-pressed", String(one.dataset.crop === canvas));
  };

  const zoom = /** @type {HTMLDialogElement | null} */ (byId("zoom"));
  /** @type {HTMLElement | null} */
  let shown = null;
  const seen = () => all("button.art").filter((one) => one.offsetParent !== null);
  /** @param {HTMLElement} from @param {number} by @param {HTMLElement[]} of */
  const step = (from, by, of) => of[(of.indexOf(from) + by + of.length) % of.length];
  /** @param {HTMLElement} art */
  const open = (art) => {
    const small = art.querySelector("img"), large = zoom?.querySelector("img");
    if (!zoom || !small || !large) return;
    shown = art;
    large.src = small.dataset.large || small.src;
    large.alt = small.alt;
    /** @type {HTMLElement} */ (byId("zoomed")).textContent = art.dataset.told || "";
    if (!zoom.open) zoom.showModal();
  };
  zoom?.addEventListener("close", () => shown?.focus());

  document.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const art = /** @type {HTMLElement | null} */ (target.closest("button.art"));
    const canvas = /** @type {HTMLElement | null} */ (target.closest("[data-crop]"));
    if (art) open(art);
    if (canvas) crop(canvas.getAttribute("aria-pressed") === "true" ? "" : canvas.dataset.crop || "");
    if (target.closest("#theme")) paint(root.dataset.theme !== "dark");
    if (shown && target.closest("#back")) open(step(shown, -1, seen()));
    if (shown && target.closest("#on")) open(step(shown, 1, seen()));
    if (target === zoom) zoom.close();
  });
  document.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const target = /** @type {HTMLElement} */ (event.target);
    if (!by || target.closest("input, select, textarea")) return;
    const art = /** @type {HTMLElement | null} */ (target.closest("button.art"));
    if (zoom?.open && shown) { event.preventDefault(); open(step(shown, by, seen())); }
    else if (art) { event.preventDefault(); step(art, by, seen()).focus(); }
  });
})();
