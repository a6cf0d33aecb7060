// The form that gives something another time: what a time would do is shown as it is picked. Without a script there is a
// button for that.
(() => {
  "use strict";
  const PAUSE = 200;
  let timer = 0;
  let turn = 0;

  async function part(address) {
    const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.querySelector("[data-when]");
    if (!form) throw new Error("no form");
    return form;
  }

  const addressOf = (form) => {
    const values = new URLSearchParams();
    for (const name of ["day", "clock", "scope", "fold", "view"]) {
      const value = new FormData(form).get(name);
      if (value !== null) values.set(name, value);
    }
    return `${form.closest("[data-when]").dataset.when}?${values}`;
  };

  async function check(form) {
    const mine = ++turn;
    const focus = document.activeElement;
    try {
      const fresh = await part(addressOf(form));
      if (mine !== turn || !form.isConnected) return;
      const outcome = form.querySelector(".outcome");
      const name = outcome.contains(focus) ? focus.name : "";
      outcome.replaceChildren(...fresh.querySelector(".outcome").childNodes);
      if (name) outcome.querySelector(`[name="${name}"]:checked`)?.focus();
    } catch {
      // What the form shows may be about another time: sending it asks again where something should be known.
    }
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form.when");
    if (!form) return;
    // Until the answer is there, what is agreed to is not what would be sent.
    form.querySelector("[name=agreed]")?.remove();
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE, form);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-pick]");
    const form = link?.closest("form.when");
    if (!form) return;
    event.preventDefault();
    const values = new URLSearchParams(link.search);
    form.elements.day.value = values.get("day");
    form.elements.clock.value = values.get("clock");
    form.elements.clock.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.clock.focus();
  });

  async function fill(root) {
    for (const place of root.querySelectorAll("[data-fragment]")) {
      try {
        const answer = await fetch(place.dataset.fragment, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...page.body.childNodes);
      } catch {
        return; // the link stays
      }
    }
  }

  document.documentElement.classList.add("js");
  fill(document);
  window.whenForm = { part, fill };
})();
