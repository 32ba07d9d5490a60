"use strict";
(() => {
  const problem = /** @type {HTMLElement} */ (document.getElementById("problem"));
  const said = /** @type {HTMLElement} */ (document.getElementById("said"));
  const forms = /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("form.written")]);
  const LARGEST = 20_000_000;
  /** Reference pictures that were chosen, by form. @type {Map<HTMLFormElement, File[]>} */
  const chosen = new Map(forms.map((form) => [form, []]));

  /** Says what is wrong in one line above the form's button. @param {HTMLFormElement} form @param {string} text */
  function tell(form, text) {
    form.querySelector("button:not([type])")?.before(problem);
    problem.textContent = text;
  }

  /** @param {HTMLFormElement} form @param {Iterable<File>} added */
  function choose(form, added) {
    const files = chosen.get(form) || [], refused = [];
    for (const file of added) {
      if (!file.type.startsWith("image/")) refused.push(file.name);
      else if (!files.some((one) => one.name === file.name && one.size === file.size)) files.push(file);
    }
    tell(form, refused.length ? `${refused.join(", ")}: no picture, so not taken.` : "");
    show(form);
  }

  /** Lists what is chosen, each with a button that leaves it out. @param {HTMLFormElement} form */
  function show(form) {
    const files = chosen.get(form) || [], carried = new DataTransfer();
    for (const file of files) carried.items.add(file);
    /** @type {HTMLInputElement} */ (form.elements.namedItem("references")).files = carried.files;
    const list = /** @type {HTMLElement} */ (form.querySelector(".chosen"));
    for (const old of list.querySelectorAll(".new")) {
      URL.revokeObjectURL(/** @type {HTMLImageElement} */ (old.querySelector("img")).src);
      old.remove();
    }
    for (const file of files) {
      const item = document.createElement("li"), image = new Image(), button = document.createElement("button");
      item.className = "new";
      Object.assign(image, { src: URL.createObjectURL(file), alt: file.name, height: 72 });
      Object.assign(button, { type: "button", className: "plain", textContent: "Leave out" });
      button.setAttribute("aria-label", `Leave out ${file.name}`);
      button.addEventListener("click", () => {
        files.splice(files.indexOf(file), 1);
        show(form);
        /** @type {HTMLElement} */ (form.elements.namedItem("references")).focus();
      });
      item.append(image, button);
      list.append(item);
    }
  }

  for (const form of forms) {
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("references"));
    field.addEventListener("change", () => choose(form, field.files || []));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = /** @type {HTMLButtonElement} */ (form.querySelector("button:not([type])"));
      const size = (chosen.get(form) || []).reduce((sum, file) => sum + file.size, 0);
      if (size > LARGEST) return tell(form, `Reference pictures of more than ${LARGEST / 1e6} MB together are not taken.`);
      tell(form, "");
      button.disabled = true;
      showProgress(said, "Making the board:");
      try {
        const answer = await fetch("/board", { method: "POST", body: new FormData(form) });
        if (answer.ok) { location.href = answer.url; return; }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        tell(form, page.querySelector("[role=alert]")?.textContent || `The answer was ${answer.status}.`);
      } catch {
        tell(form, "The board was not made: the server is away.");
      }
      said.textContent = "";
      button.disabled = false;
      button.focus();
    });
  }
  addEventListener("pageshow", () => { for (const one of document.querySelectorAll("form.written button")) /** @type {HTMLButtonElement} */ (one).disabled = false; });

  document.addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const form = /** @type {Element} */ (event.target).closest("form.written") || forms[0];
    choose(/** @type {HTMLFormElement} */ (form), event.dataTransfer?.files || []);
  });
})();
