// Keeps the page fresh without moving it: the server draws the page, this only fetches it again and swaps the middle.
"use strict";
(() => {
  const SECONDS = 5;
  const live = document.getElementById("live");
  const lost = document.getElementById("lost");
  const button = document.getElementById("pause");
  let paused = false;

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? button.dataset.resume : button.dataset.pause;
    if (!paused) refresh();
  });

  function swap(fresh) {
    const open = [...live.querySelectorAll("details[open][id]")].map((item) => item.id);
    const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
    live.replaceChildren(...fresh.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  async function refresh() {
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (!paused && !hasSelection()) swap(fresh);
      if (lost.textContent) lost.textContent = "";
    } catch {
      if (!lost.textContent) lost.textContent = lost.dataset.text;
    }
  }

  // Somebody who marks a message to copy it must not lose it.
  function hasSelection() {
    const selection = document.getSelection();
    return Boolean(selection && !selection.isCollapsed && live.contains(selection.anchorNode));
  }

  setInterval(() => { if (!paused && !document.hidden) refresh(); }, SECONDS * 1000);
})();
