// Moves what is in the calendar: dropped on another cell, or with Alt and the arrow keys. Either opens the form that says
// what would come of it. Without a script each entry leads to the same form.
(() => {
  "use strict";
  const dialog = document.querySelector("#move-dialog");
  const grid = document.querySelector("table.grid");
  if (!dialog || typeof dialog.showModal !== "function") return;
  const content = dialog.querySelector(".dialog-content");
  let origin = null;

  async function open(link, cell) {
    origin = link;
    const values = new URLSearchParams({ view: link.dataset.view });
    if (cell) {
      values.set("day", cell.dataset.day);
      if (cell.dataset.hour !== undefined) {
        values.set("hour", cell.dataset.hour);
        values.set("fold", cell.dataset.fold);
      }
    }
    const address = `${link.dataset.move}?${values}`;
    try {
      content.replaceChildren(await window.whenForm.part(address));
    } catch {
      location.assign(address); // the page says what is the matter
      return;
    }
    if (!dialog.open) dialog.showModal();
    (content.querySelector("button.primary:not([disabled])") ?? content.querySelector("[name=day]"))?.focus({ preventScroll: true });
    window.whenForm.fill(content);
  }

  dialog.addEventListener("close", () => origin?.focus());

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-move]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link, null);
  });
  if (!grid) return;

  let dragged = null;
  grid.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("a[data-move]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent.trim());
    grid.classList.add("dragging");
  });
  grid.addEventListener("dragend", () => {
    dragged = null;
    grid.classList.remove("dragging");
    grid.querySelector(".target")?.classList.remove("target");
  });
  grid.addEventListener("dragover", (event) => {
    const cell = event.target.closest("td[data-day]");
    if (!dragged || !cell) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    if (!cell.classList.contains("target")) {
      grid.querySelector(".target")?.classList.remove("target");
      cell.classList.add("target");
    }
  });
  grid.addEventListener("drop", (event) => {
    const cell = event.target.closest("td[data-day]");
    if (!dragged || !cell) return;
    event.preventDefault();
    if (!cell.contains(dragged)) open(dragged, cell);
  });

  // The cell that is one step away; beyond the grid, and where there is no such hour, there is none.
  function neighbour(cell, key) {
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const rows = [...grid.tBodies[0].rows];
    let row = rows.indexOf(cell.parentElement) + down;
    let column = cell.cellIndex + across;
    if (grid.classList.contains("month") && (column < 0 || column > 6)) {
      row += Math.sign(across);
      column = (column + 7) % 7;
    }
    const next = rows[row]?.cells[column];
    return next?.dataset.day ? next : null;
  }

  grid.addEventListener("keydown", (event) => {
    const link = event.target.closest("a[data-move]");
    if (!link || !event.altKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const cell = neighbour(link.closest("td[data-day]"), event.key);
    if (cell) open(link, cell);
  });
})();
