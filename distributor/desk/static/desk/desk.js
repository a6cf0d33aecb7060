// Follows a letter's dispatches: once a second, while something still happens, the changed cells are replaced.
// Without a script the same page is simply reloaded.
(() => {
  "use strict";
  const section = document.querySelector("[data-follow]");
  if (!section) return;
  const said = document.querySelector("#follow-state");
  const EVERY = 1000;
  const MOST = 15000;
  let pause = EVERY;

  const table = (root) => root.querySelector("#dispatches");
  const unfinished = () => table(section).dataset.unfinished === "yes";

  function replaceRow(row, fresh) {
    for (const cell of row.querySelectorAll("[data-live]")) {
      const now = fresh.querySelector(`[data-live="${cell.dataset.live}"]`);
      if (!now || now.dataset.version === cell.dataset.version) continue;
      const hadFocus = cell.contains(document.activeElement);
      cell.replaceWith(now);
      if (hadFocus) now.querySelector("button, input, summary, a")?.focus();
      if (now.dataset.live === "state") {
        said.textContent = `${row.querySelector("th").innerText.split("\n")[0]}: ${now.querySelector(".pill").textContent}`;
      }
    }
  }

  function show(fresh) {
    const rows = fresh.querySelectorAll("tbody tr");
    const known = section.querySelectorAll("tbody tr");
    if (rows.length !== known.length) {
      table(section).replaceWith(fresh);
      return;
    }
    for (const row of known) {
      const now = fresh.querySelector(`#${row.id}`);
      if (now) replaceRow(row, now);
    }
    table(section).dataset.unfinished = fresh.dataset.unfinished;
  }

  async function look() {
    if (!unfinished()) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(section.dataset.follow, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        show(table(page));
        said.className = "unseen"; // for screen readers: everyone else sees the table
        pause = EVERY;
      } catch {
        pause = Math.min(pause * 2, MOST);
        said.className = "error";
        said.textContent = section.dataset.lost;
      }
    }
    setTimeout(look, pause);
  }
  setTimeout(look, EVERY);
})();
