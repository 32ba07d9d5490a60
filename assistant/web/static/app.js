"use strict";
(() => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const said = document.getElementById("said");
  const largest = 20_000_000;
  document.documentElement.classList.add("scripted");

  let hush;
  function say(text) {
    said.textContent = text;
    clearTimeout(hush);
    hush = setTimeout(() => { said.textContent = ""; }, 5000);
  }

  /** Says what is waited for, until the next page or the next word. */
  function wait(text) {
    clearTimeout(hush);
    showProgress(said, text);
  }

  async function send(address, body) {
    const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRF-Token": token } });
    if (answer.ok) return answer;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const note = page.querySelector('[role="alert"]') || page.body;
    throw new Error(note.textContent.trim() || `The answer was ${answer.status}.`);
  }

  async function searchBy(file) {
    const drop = document.getElementById("drop");
    if (!drop || !file) return;
    if (!file.type.startsWith("image/")) return say("That is no picture.");
    if (file.size > largest) return say(`A picture of more than ${largest / 1e6} MB is not taken.`);
    const form = new FormData();
    const filters = new FormData(document.getElementById("ask"));
    for (const [name, value] of filters) if (name !== "q") form.set(name, value);
    form.set("picture", file);
    document.body.classList.add("busy");
    wait("Searching…");
    try {
      const answer = await send(drop.getAttribute("action"), form);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.getElementById("results").replaceWith(page.getElementById("results"));
      say(document.getElementById("heading").textContent);
    } catch (error) {
      say(error.message);
    } finally {
      document.body.classList.remove("busy");
    }
  }

  const drop = document.getElementById("drop");
  if (drop) {
    drop.addEventListener("submit", (event) => { event.preventDefault(); searchBy(drop.picture.files[0]); });
    drop.picture.addEventListener("change", () => searchBy(drop.picture.files[0]));
    document.addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      document.body.classList.remove("dropping");
      searchBy(event.dataTransfer.files[0]);
    });
    document.addEventListener("paste", (event) => {
      const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
      if (file) searchBy(file);
    });
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id === "ask") wait("Searching…");
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.hash || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const text = link.pathname.startsWith("/board/") ? "Opening the board:" : "Opening…";
    hush = setTimeout(() => wait(text), 300);
  });
  addEventListener("pageshow", () => { clearTimeout(hush); said.textContent = ""; });

  /** Puts what was waited for in its place, as soon as it is there. */
  async function look() {
    if (!document.querySelector('[aria-busy="true"]')) return;
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
    } catch { /* The server is away: ask again. */ }
    setTimeout(look, 1000);
  }
  setTimeout(look, 1000);

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".pick")) return;
    event.preventDefault();
    const button = form.querySelector("button");
    const body = new FormData(form);
    body.set("action", button.value);
    body.set("quiet", "true");
    try {
      await send(form.getAttribute("action"), body);
      const picked = button.value === "add";
      button.value = picked ? "remove" : "add";
      button.setAttribute("aria-pressed", String(picked));
      say(`${form.elements.artwork_id.value} ${picked ? "picked" : "no longer picked"}`);
    } catch (error) {
      say(error.message);
    }
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      const field = document.getElementById("q");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
      return;
    }
    const faces = [...document.querySelectorAll(".face")];
    const at = faces.indexOf(document.activeElement);
    if (event.key === "p" && at >= 0) {
      const pick = faces[at].parentElement.querySelector(".pick button");
      if (pick) pick.click();
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && at >= 0) {
      const next = faces[at + step];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });

})();
