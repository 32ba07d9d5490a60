"use strict";
(() => {
  /** @typedef {{id: string, title: string, x: number, y: number, sure: number, change: number | null}} Artwork */
  const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("map"));
  const under = /** @type {HTMLElement} */ (document.getElementById("under"));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** Milliseconds of a frame that may be spent on pictures. */
  const BUDGET = 12;
  const COLOURS = { "1": "#0b57a8", "0": "#8a8f96", "-1": "#c2500f" };
  /** @type {Artwork[]} */
  let artworks = [];
  /** @type {(ImageBitmap | null | undefined)[]} */
  const sheets = [];
  /** @type {Artwork | null} */
  let aimed = null;
  let side = 64, across = 16, queued = false;
  /** Pixels that the whole map spans, and where its corner lies on the canvas. */
  const view = { span: 0, left: 0, top: 0 };
  /** How much wider than high the map is drawn; only what is near counts, so that it may fill its place. */
  const WIDEST = 1.8;
  /** Pictures are laid on `next` a few a frame; `ready` is the last that was finished, with its view. */
  let ready = layer(), next = layer(), laid = 0;

  function layer() {
    const sheet = document.createElement("canvas");
    return { sheet, pen: /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d", { willReadFrequently: true })), span: 0, left: 0, top: 0 };
  }

  /** Pixels of a picture: at most its own, at least a dot. */
  const size = () => Math.max(5, Math.min(side, view.span / Math.max(12, Math.sqrt(artworks.length) * 1.1)));

  function draw() {
    queued = false;
    if (laid < artworks.length) lay();
    const by = view.span / (ready.span || view.span);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (ready.span) pen.drawImage(ready.sheet, view.left - ready.left * by, view.top - ready.top * by, ready.sheet.width * by, ready.sheet.height * by);
    if (aimed) {
      const at = artworks.indexOf(aimed), picture = need(Math.floor(at / across ** 2)), cell = at % across ** 2, own = size(), each = own + 6;
      if (picture) pen.drawImage(picture, side * (cell % across), side * Math.floor(cell / across), side, side, view.left + aimed.x * view.span - own / 2, view.top + aimed.y * view.span - own / 2, own, own);
      pen.strokeStyle = getComputedStyle(canvas).color;
      pen.lineWidth = 4;
      pen.strokeRect(view.left + aimed.x * view.span - each / 2, view.top + aimed.y * view.span - each / 2, each, each);
    }
    if (laid < artworks.length) redraw();
  }

  /** Lay as many pictures as a frame has time for; half a screen more than is seen on every side. */
  function lay() {
    const { sheet, pen } = next, begun = performance.now();
    if (!laid) {
      const width = 2 * canvas.width, height = 2 * canvas.height;
      if (sheet.width === width && sheet.height === height) pen.clearRect(0, 0, width, height);
      else Object.assign(sheet, { width, height });
      Object.assign(next, { span: view.span, left: view.left + canvas.width / 2, top: view.top + canvas.height / 2 });
      pen.imageSmoothingQuality = "low";
    }
    const each = size(), edge = each > 26 ? 3 : each > 13 ? 2 : 1;
    for (; laid < artworks.length && performance.now() - begun < BUDGET; laid += 1) {
      const one = artworks[laid], x = next.left + one.x * next.span - each / 2, y = next.top + one.y * next.span - each / 2;
      if (x > sheet.width || y > sheet.height || x + each < 0 || y + each < 0) continue;
      const picture = need(Math.floor(laid / across ** 2)), cell = laid % across ** 2;
      pen.fillStyle = COLOURS[one.sure];
      pen.fillRect(x, y, each, each);
      if (picture && each > 7) pen.drawImage(picture, side * (cell % across), side * Math.floor(cell / across), side, side, x + edge, y + edge, each - 2 * edge, each - 2 * edge);
    }
    if (laid === artworks.length) [ready, next] = [next, ready];
  }

  function redraw() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(draw);
  }

  /** Lay the pictures anew, once the view has been still for a moment. */
  let later = 0;
  function relay() {
    clearTimeout(later);
    later = setTimeout(() => { laid = 0; redraw(); }, ready.span ? 120 : 0);
    redraw();
  }

  /** A sheet if it is there; else it is sent for once. @param {number} number */
  function need(number) {
    if (sheets[number] === undefined) {
      sheets[number] = null;
      // A bitmap of a blob is decoded beside the frames, that of an image inside one of them.
      fetch(`/map/sheet/${number}`).then(async (answer) => {
        if (!answer.ok) return;
        sheets[number] = await createImageBitmap(await answer.blob());
        relay();
      }).catch(() => { /* Its artworks stay dots. */ });
    }
    return sheets[number];
  }

  /** The artwork drawn at a point of the canvas, the topmost first. @param {number} x @param {number} y */
  function under_point(x, y) {
    const half = size() / 2;
    for (let at = artworks.length - 1; at >= 0; at -= 1) {
      const one = artworks[at];
      if (Math.abs(view.left + one.x * view.span - x) <= half && Math.abs(view.top + one.y * view.span - y) <= half) return one;
    }
    return null;
  }

  /** The artwork nearest to the middle, which the keyboard opens. */
  function middle() {
    const x = (canvas.width / 2 - view.left) / view.span, y = (canvas.height / 2 - view.top) / view.span;
    /** @type {Artwork | null} */
    let found = null;
    for (const one of artworks) if (!found || Math.hypot(one.x - x, one.y - y) < Math.hypot(found.x - x, found.y - y)) found = one;
    return found;
  }

  /** Rings the artwork that Enter opens. @param {Artwork | null} one */
  function aim(one) {
    if (aimed !== one) { aimed = one; redraw(); }
    tell(one);
  }

  /** @param {Artwork | null} one */
  function tell(one) {
    const change = one && one.change !== null ? ` · ${one.change > 0 ? "+" : ""}${one.change}% plays${one.sure ? "" : ", inconclusive"}` : "";
    under.textContent = one ? `${one.title}${change} · ${one.id}` : "Drag to move, scroll to zoom, click to open; or arrow keys, + and -, Enter.";
  }

  /** @param {number} by @param {number} x @param {number} y */
  function zoom(by, x, y) {
    const span = Math.max(200, Math.min(60000, view.span * by)), really = span / view.span;
    view.left = x - (x - view.left) * really;
    view.top = y - (y - view.top) * really;
    view.span = span;
    relay();
  }

  function fit() {
    const box = canvas.getBoundingClientRect();
    canvas.width = box.width;
    canvas.height = box.height;
    if (!view.span) {
      const wide = Math.max(1, Math.min(WIDEST, box.width / box.height));
      for (const one of artworks) one.x *= wide;
      view.span = Math.min(box.width / wide, box.height) * 0.94;
      view.left = (box.width - view.span * wide) / 2;
      view.top = (box.height - view.span) / 2;
    }
    relay();
  }

  /** @param {Artwork | null} one */
  const open = (one) => { if (one) location.href = `/artwork?id=${encodeURIComponent(one.id)}`; };
  /** @type {{x: number, y: number, moved: boolean} | null} */
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    held = { x: event.offsetX, y: event.offsetY, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) { aim(null); tell(under_point(event.offsetX, event.offsetY)); return; }
    if (Math.abs(event.offsetX - held.x) + Math.abs(event.offsetY - held.y) < 4 && !held.moved) return;
    view.left += event.offsetX - held.x;
    view.top += event.offsetY - held.y;
    held = { x: event.offsetX, y: event.offsetY, moved: true };
    relay();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (held && !held.moved) open(under_point(event.offsetX, event.offsetY));
    held = null;
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    const x = canvas.clientWidth / 2, y = canvas.clientHeight / 2;
    if (step) { view.left += step[0]; view.top += step[1]; relay(); }
    else if (event.key === "+" || event.key === "=") zoom(1.3, x, y);
    else if (event.key === "-") zoom(1 / 1.3, x, y);
    else if (event.key === "Enter") { open(middle()); return; }
    else return;
    event.preventDefault();
    aim(middle());
  });
  canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) aim(middle()); });
  canvas.addEventListener("blur", () => aim(null));
  addEventListener("resize", fit);

  fetch(canvas.dataset.artworks || "").then(async (answer) => {
    if (!answer.ok) throw new Error(new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[role=alert]")?.textContent || "The map cannot be read.");
    const found = await answer.json();
    ({ side, across } = found);
    artworks = found.artworks.map(([id, title, x, y, sure, change]) => ({ id, title, x, y, sure, change }));
    tell(null);
    fit();
  }).catch((error) => { under.textContent = error.message; });
})();
