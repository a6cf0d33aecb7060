// Keeps the form, with its file, while the file is sent and read, and shows how far that is. Without a script the
// browser waits for the same answer, and the file has to be chosen again.
(() => {
  "use strict";
  const form = document.querySelector("form[data-running]");
  const running = document.querySelector("#running");
  const answered = document.querySelector("#import-answer");
  const EVERY = 1000;

  const parse = (text) => new DOMParser().parseFromString(text, "text/html");

  async function follow(isOver) {
    while (!isOver()) {
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      if (isOver()) return;
      const answer = await fetch(form.dataset.running, { redirect: "manual" }).catch(() => null);
      if (isOver() || !answer || !answer.ok) continue;
      const rows = parse(await answer.text()).body.childNodes;
      if (!isOver() && form.dataset.sent === "yes") running.replaceChildren(...rows);
    }
  }

  function send(values) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest(); // fetch can't tell how much was sent
      request.upload.onprogress = (event) => {
        const part = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
        running.textContent = part < 100 ? `${form.dataset.sending} ${part} %` : form.dataset.reading;
        form.dataset.sent = part < 100 ? "no" : "yes";
      };
      request.onload = () => resolve(request);
      request.onerror = reject;
      request.open("POST", form.action);
      request.send(values);
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = form.querySelectorAll("button");
    const values = new FormData(form, event.submitter);
    let over = false;
    buttons.forEach((one) => (one.disabled = true));
    answered.replaceChildren();
    follow(() => over);
    try {
      const sent = await send(values);
      if ((sent.getResponseHeader("Content-Type") || "").startsWith("text/plain")) {
        // The file was not even read: the one sentence says why.
        const error = document.createElement("p");
        error.className = "error";
        error.role = "alert";
        error.textContent = sent.responseText;
        answered.replaceChildren(error);
        over = true;
        running.textContent = "";
        buttons.forEach((one) => (one.disabled = false));
        return;
      }
      const page = parse(sent.responseText);
      const answer = page.querySelector("#import-answer");
      if (!answer) throw new Error("not the page that was asked for");
      answered.replaceChildren(...answer.childNodes);
      const before = document.querySelector('[aria-labelledby="known-title"]');
      const now = page.querySelector('[aria-labelledby="known-title"]');
      if (now) before ? before.replaceWith(now) : form.closest("section").after(now);
      const first = answered.querySelector("#import-result, #import-questions");
      (first || answered).scrollIntoView({ block: first?.id === "import-questions" ? "start" : "center" });
      first?.focus({ preventScroll: true });
      over = true;
      running.textContent = "";
    } catch {
      over = true;
      running.textContent = form.dataset.lost;
    }
    buttons.forEach((one) => (one.disabled = false));
  });
})();
