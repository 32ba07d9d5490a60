"use strict";
/**
 * Says what is waited for, with a bar that follows the steps of the server, until something else
 * is said in the same place.
 * @param {HTMLElement} place @param {string} text
 */
function showProgress(place, text) {
  const words = document.createTextNode(text), bar = document.createElement("progress");
  bar.setAttribute("aria-hidden", "true");
  place.replaceChildren(words, bar);
  const look = async () => {
    if (!bar.isConnected) return;
    try {
      const now = await (await fetch("/progress")).json();
      if (now) {
        words.data = `${text} ${now.step} (${now.done + 1} of ${now.total})`;
        bar.max = now.total;
        bar.value = now.done;
      }
    } catch { /* The server is busy: ask again. */ }
    setTimeout(look, 250);
  };
  setTimeout(look, 250);
}
