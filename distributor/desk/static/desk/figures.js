// Shows a mailing's figures as they come, over one stream (server-sent events). Without a script a link loads the page anew.
(() => {
  "use strict";
  const section = document.querySelector("[data-figures]");
  if (!section || !window.EventSource) return;
  const place = section.querySelector("[data-live-figures]");
  const stream = new EventSource(section.dataset.figures);
  stream.addEventListener("figures", (event) => {
    const { html, state } = JSON.parse(event.data);
    if (state !== section.dataset.state) {
      stream.close(); // other actions are possible now, and the page says other things
      location.reload();
      return;
    }
    const page = new DOMParser().parseFromString(html, "text/html");
    place.replaceChildren(...page.body.childNodes);
  });
  window.addEventListener("pagehide", () => stream.close());
})();
