// Runs before the page is painted, so that a remembered setting never makes the text jump.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const step = localStorage.getItem("font-size");
    if (["-2", "-1", "1", "2"].includes(step)) root.dataset.fontSize = step;
    if (sessionStorage.getItem("top-10") === "closed") root.dataset.top10 = "closed";
  } catch {
    // Storage may be switched off: the page then starts as it always does.
  }
})();
