"use strict";
(() => {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("edit"));
  const doing = /** @type {HTMLElement} */ (document.getElementById("doing"));
  const still = /** @type {HTMLInputElement} */ (form.elements.namedItem("still"));
  const PLACE = `place of ${location.pathname}`;

  /** Says what is being done, with a bar while it lasts. @param {string} text @param {boolean} lasts */
  const tell = (text, lasts) => {
    if (lasts) showProgress(doing, text);
    else doing.textContent = text;
  };
  addEventListener("pageshow", () => tell("", false));

  /** Buttons that change the board, in reading order. */
  const tools = () => /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("button[form=edit]")]);
  document.addEventListener("submit", (event) => {
    const pressed = /** @type {HTMLButtonElement | null} */ (event.submitter);
    const at = pressed ? tools().indexOf(pressed) : -1;
    if (pressed && at >= 0) sessionStorage.setItem(PLACE, JSON.stringify([pressed.value, at]));
    tell("Saving…", true);
  });
  /** The keyboard stays where it was: at the button that was pressed, or where that one stood. */
  const [value, at] = JSON.parse(sessionStorage.getItem(PLACE) || "[null, -1]");
  sessionStorage.removeItem(PLACE);
  if (value) (tools().find((one) => one.value === value) || tools()[Math.min(at, tools().length - 1)])?.focus();

  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer?.files.length) return;
    still.files = event.dataTransfer.files;
    form.requestSubmit();
  });

  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[download]"))) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      tell(`Making ${link.textContent}:`, true);
      try {
        const answer = await fetch(link.href);
        if (!answer.ok) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          throw new Error(page.querySelector("[role=alert]")?.textContent || `The answer was ${answer.status}.`);
        }
        const held = document.createElement("a");
        held.href = URL.createObjectURL(await answer.blob());
        held.download = link.download;
        held.click();
        setTimeout(() => URL.revokeObjectURL(held.href), 60_000);
        tell(`${held.download} is among your downloads.`, false);
      } catch (error) {
        tell(/** @type {Error} */ (error).message, false);
      }
    });
  }
})();
