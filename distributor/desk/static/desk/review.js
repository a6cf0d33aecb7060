// A letter's review: what a yes would do is shown as the form changes, and each variant as its text is typed. Without a
// script there is a button for either.
(() => {
  "use strict";
  const PAUSE = 300;
  document.documentElement.classList.add("js");

  async function answer(address, form, wish) {
    const body = new FormData(form);
    body.set("do", wish);
    const response = await fetch(address, {
      method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "manual",
    });
    if (!response.ok && response.status !== 422 && response.status !== 409) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return { isGood: response.ok, nodes: page.body.childNodes };
  }

  // What a yes would do
  const form = document.querySelector("#review-form");
  const section = document.querySelector("#confirmation");
  const part = document.querySelector("#confirmation-part");
  let timer = 0;
  let turn = 0;

  async function check() {
    const mine = ++turn;
    section.setAttribute("aria-busy", "true");
    try {
      const { nodes } = await answer(form.action, form, "check");
      if (mine !== turn) return;
      part.replaceChildren(...nodes);
    } catch {
      if (mine !== turn) return;
      const words = document.createElement("p");
      words.className = "error";
      words.textContent = section.dataset.lost;
      part.querySelector(":scope > .error")?.remove();
      part.prepend(words);
    }
    section.removeAttribute("aria-busy");
  }

  form.addEventListener("input", () => {
    // Until the answer is there, what is shown is not what would be approved.
    part.querySelector('[value="approve"]')?.remove();
    part.querySelector("[name=agreed]")?.remove();
    turn += 1;
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "check") return;
    event.preventDefault();
    check();
  });
  if (section.dataset.state === "new") check();

  // How a variant comes out
  for (const edit of document.querySelectorAll("[data-edit]")) {
    const place = edit.closest("article").querySelector("[data-drawing]");
    let pause = 0;
    let number = 0;

    function showFields() {
      for (const group of edit.querySelectorAll("[data-mode]")) {
        group.classList.toggle("is-own", edit.elements[group.dataset.mode].value === "own");
      }
    }

    async function look() {
      const mine = ++number;
      try {
        const { isGood, nodes } = await answer(edit.action, edit, "look");
        if (mine !== number) return;
        if (isGood) place.replaceChildren(...nodes);
        else {
          for (const old of place.querySelectorAll(":scope > .error")) old.remove();
          place.prepend(...nodes);
        }
      } catch {
        // Keeping it says what is wrong.
      }
    }

    edit.addEventListener("input", () => {
      showFields();
      number += 1;
      clearTimeout(pause);
      pause = setTimeout(look, PAUSE);
    });
    edit.addEventListener("submit", (event) => {
      if (event.submitter?.value !== "look") return;
      event.preventDefault();
      look();
    });
    showFields();
  }

  // A mail in another light
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-look]");
    if (!link) return;
    event.preventDefault();
    const article = link.closest("article");
    for (const frame of article.querySelectorAll("iframe")) {
      const address = new URL(frame.src);
      address.searchParams.set("look", link.dataset.look);
      frame.src = address;
    }
    for (const other of article.querySelectorAll("a[data-look]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  });
})();
