// Finds people while their name is typed. Without a script the button does the same.
(() => {
  "use strict";
  const form = document.querySelector(".people-find");
  const rows = document.querySelector("#people-rows");
  const said = document.querySelector("#people-said");
  const PAUSE = 200; // milliseconds after the last key
  let timer = 0;
  let last = 0;

  function address() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
    return `?${query}`;
  }

  async function find() {
    const number = ++last;
    const target = address();
    try {
      const answer = await fetch(target, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (number !== last) return; // an older answer came late
      rows.replaceChildren(...page.body.childNodes);
      history.replaceState(null, "", target);
      said.textContent = rows.querySelector("tbody tr") ? String(rows.querySelectorAll("tbody tr").length) : rows.querySelector("h2, .error")?.textContent || "";
    } catch {
      if (number === last) form.submit();
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, PAUSE);
  });
  // Who typed before the script was here has not been heard.
  if ([...form.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue)) find();
})();
