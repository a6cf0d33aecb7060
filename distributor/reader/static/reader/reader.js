// The parts of a letter's page that need a script: font-size, sharing, closing the Top 10.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const said = find("#said");

  function remember(storage, key, value) {
    try {
      if (value === null) storage().removeItem(key);
      else storage().setItem(key, value);
    } catch {
      // Storage may be switched off: the setting then lasts as long as the page.
    }
  }

  // Font-size
  const sizes = [...document.querySelectorAll("[data-size]")];
  function showSize(size) {
    if (size === "0") delete root.dataset.fontSize;
    else root.dataset.fontSize = size;
    for (const button of sizes) button.setAttribute("aria-pressed", String(button.dataset.size === size));
  }
  showSize(root.dataset.fontSize ?? "0");
  for (const button of sizes) {
    button.addEventListener("click", () => {
      showSize(button.dataset.size);
      remember(() => localStorage, "font-size", button.dataset.size === "0" ? null : button.dataset.size);
    });
  }

  // Sharing
  let silence = 0;
  function say(words) {
    clearTimeout(silence);
    said.textContent = words;
    said.hidden = false;
    silence = setTimeout(() => { said.hidden = true; }, 6000);
  }

  async function copy(link) {
    try {
      await navigator.clipboard.writeText(link);
      return true;
    } catch {
      // Not a secure page, or refused: select the link and try the old way.
    }
    find("#letter-link").classList.add("shown");
    const field = find("#letter-link input");
    field.focus();
    field.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }

  async function copyAndSay(link, done) {
    say(await copy(link) ? done : "The link is selected: copy it with Ctrl+C or ⌘C.");
  }

  // A network's script comes only when somebody presses its button: whoever just reads is not seen by the network.
  const loading = new Map();
  const reach = (path) => path.split(".").reduce(([, at], name) => [at, at[name]], [null, window]);
  function call(path, ...values) {
    const [owner, action] = reach(path);
    return action.apply(owner, values);
  }

  function load({ script: address, integrity, key, start, started }) {
    if (!loading.has(address)) {
      const loaded = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        Object.assign(script, { src: address, integrity, crossOrigin: "anonymous", onload: resolve, onerror: reject });
        document.head.append(script);
        setTimeout(reject, 8000);
      }).then(() => {
        if (!call(started)) call(start, key);
      });
      loaded.catch(() => loading.delete(address));
      loading.set(address, loaded);
    }
    return loading.get(address);
  }

  async function shareByScript(data) {
    try {
      await load(data);
      await call(data.call, JSON.parse(data.message));
      return true;
    } catch {
      return false; // blocked, away, or the key does not fit this site
    }
  }

  // Some networks have many servers: the reader says which one is theirs. It is kept in this browser only.
  function serverOf(text) {
    try {
      const name = text.trim().replace(/^[a-z]+:\/\//i, "").replace(/\/.*$/, "").replace(/^.*@/, "");
      const { host } = new URL(`https://${name}`);
      return /^[a-z\d-]+(\.[a-z\d-]+)+(:\d+)?$/.test(host) ? host : "";
    } catch {
      return "";
    }
  }

  function askServer(button) {
    const form = document.getElementById(button.dataset.form);
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.elements.server.focus();
  }

  for (const button of document.querySelectorAll("[data-form]")) {
    const form = document.getElementById(button.dataset.form);
    const field = form.elements.server;
    const kept = `server-${form.id}`;
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", form.id);
    try {
      field.value = localStorage.getItem(kept) ?? "";
    } catch {
      // Storage may be switched off: the field is then empty.
    }
    field.addEventListener("input", () => field.setCustomValidity(""));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const server = serverOf(field.value);
      if (!server) {
        field.setCustomValidity(form.dataset.invalid);
        field.reportValidity();
        return;
      }
      remember(() => localStorage, kept, server);
      window.open(button.dataset.address.replace("{server}", server), "_blank", "noopener,noreferrer");
    });
  }

  for (const button of document.querySelectorAll("[data-share]")) {
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      const { share, link, title, copied } = button.dataset;
      if (share === "server") {
        askServer(button);
        return;
      }
      if (share === "script" && await shareByScript(button.dataset)) return;
      if (share !== "copy" && navigator.share) {
        try {
          await navigator.share({ title, url: link });
          return;
        } catch (error) {
          if (error.name === "AbortError") return;
        }
      }
      await copyAndSay(link, copied);
    });
  }
  find("#letter-link input")?.addEventListener("focus", (event) => event.target.select());

  // Top 10
  const close = find("[data-close-top]");
  const open = find("[data-open-top]");
  close?.addEventListener("click", () => {
    root.dataset.top10 = "closed";
    remember(() => sessionStorage, "top-10", "closed");
    open.focus();
  });
  open?.addEventListener("click", () => {
    delete root.dataset.top10;
    remember(() => sessionStorage, "top-10", null);
    close.focus();
  });
})();
