// Keeps what is typed: in this browser at once, on the server a moment later. See docs/editors/write.md.
import { LoggedOut, post } from "./write-requests.js";

const AFTER = 2500; // milliseconds without a key, until the server keeps what is typed
const AT_LEAST = 10000; // and while somebody types on
const TRY_AGAIN = 5000;

export const form = document.querySelector("#letter-form");
const state = document.querySelector("#save-state");
export const words = state.dataset;
export const field = (name) => form.elements.namedItem(name);
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const place = `distributor:${form.dataset.user}:${form.dataset.letter || `new:${field("key").value}`}`;

export function tell(text, ...more) {
  state.replaceChildren(text, ...more.flatMap((element) => [" ", element]));
}

export function explain(error) {
  if (!(error instanceof LoggedOut)) return tell(words.offline);
  const link = document.createElement("a");
  Object.assign(link, { href: form.dataset.login, target: "_blank", rel: "noopener", textContent: words.logIn });
  return tell(words.loggedOut, link);
}

// The form as it would be sent, or these fields of it.
export function data(...names) {
  const all = new FormData(form);
  for (const name of ["picture", "picture_alt", "do"]) all.delete(name);
  if (!names.length) return all;
  const some = new FormData();
  for (const name of ["csrfmiddlewaretoken", "publication", ...names]) some.append(name, all.get(name) ?? "");
  return some;
}

function values() {
  const entries = [...data()].filter(([name]) => name !== "csrfmiddlewaretoken");
  return entries.map(([name, text]) => [name, text.replace(/\r\n/g, "\n")]);
}

// What this browser has: {values: [[name, text] …], kept: whether the server has it, too, at: milliseconds}.
export const local = {
  read() {
    try {
      return JSON.parse(localStorage.getItem(place));
    } catch {
      return null;
    }
  },
  write(kept) {
    try {
      localStorage.setItem(place, JSON.stringify({ values: values(), kept, at: Date.now() }));
    } catch {
      // Full, or forbidden: the server keeps it all the same.
    }
  },
  remove() {
    try {
      localStorage.removeItem(place);
    } catch {
      // As above.
    }
  },
  // What the server never got; what it has is on the page already. `older`: the server has later changes, from another
  // browser, which it must not replace by itself.
  missed() {
    const stored = local.read();
    if (!stored || form.dataset.state !== "shown") return null;
    if (!stored.kept && JSON.stringify(stored.values) !== JSON.stringify(values())) {
      return { values: stored.values, at: stored.at, older: stored.at < Number(form.dataset.keptAt) };
    }
    local.remove();
    return null;
  },
};

let timer = 0;
let since = 0; // when something was typed that the server does not have, 0 for nothing
let request = null;
let closed = false;

function schedule(delay) {
  clearTimeout(timer);
  timer = setTimeout(() => (request ??= keep().finally(() => (request = null))), delay);
}

async function keep() {
  if (closed || !since) return;
  const before = JSON.stringify(values());
  try {
    tell(words.saving);
    const answer = await post(form.dataset.autosave, data());
    const result = await answer.json();
    if (closed) return;
    if (answer.ok) {
      const isAll = JSON.stringify(values()) === before;
      since = isAll ? 0 : Date.now();
      if (isAll) local.write(true);
    }
    tell(answer.ok ? sentence(result) : result.problem);
  } catch (error) {
    if (!closed) explain(error);
  }
  if (since && !closed) schedule(TRY_AGAIN);
}

function sentence(result) {
  if (form.dataset.letter && result.version > Number(field("base").value)) {
    return filled(words.newer, { name: result.by, number: result.version });
  }
  return filled(words.kept, { time: result.saved });
}

// Something was typed.
export function note() {
  local.write(false);
  if (!form.dataset.letter) history.replaceState(null, "", `?draft=${field("key").value}`);
  since ||= Date.now();
  schedule(Math.min(AFTER, Math.max(0, since + AT_LEAST - Date.now())));
}

// Nothing more is kept, and nothing is on its way: the letter is saved now, or what was typed is thrown away.
export async function close() {
  closed = true;
  clearTimeout(timer);
  await request;
}

export function reopen() {
  closed = false;
  note();
}
