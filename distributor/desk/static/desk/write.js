// Writing a letter: the editor in place of its field, a preview beside it, and what is typed kept, on the server and in
// this browser. Without a script the same form saves, shows and takes pictures by its buttons.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const form = document.querySelector("#letter-form");
  const state = document.querySelector("#save-state");
  const takeIn = document.querySelector("#take-in");
  const words = state.dataset;
  const KEEP_AFTER = 2500; // milliseconds without a key, until the server keeps what is typed
  const KEEP_AT_LEAST = 10000; // and while somebody types on
  const SHOW_AFTER = 500;
  const TRY_AGAIN = 5000;
  const field = (name) => form.elements.namedItem(name);
  const PREFIX = `distributor:${form.dataset.user}:`;
  const place = `${PREFIX}${form.dataset.letter || `new:${field("key").value}`}`;
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function tell(text, ...more) {
    state.replaceChildren(text, ...more.flatMap((element) => [" ", element]));
  }

  // What is asked of the desk. A session that ended is no error of the desk's: it is told apart.
  class LoggedOut extends Error {}

  async function ask(address, options) {
    const answer = await fetch(address, { redirect: "manual", headers: { "X-Requested-With": "fetch" }, ...options });
    if (answer.type === "opaqueredirect") throw new LoggedOut();
    return answer;
  }

  // Whoever logs in again in another tab has a new token: the page has it.
  async function freshToken() {
    const page = new DOMParser().parseFromString(await (await ask(location.href)).text(), "text/html");
    const token = page.querySelector("#letter-form [name=csrfmiddlewaretoken]")?.value;
    if (!token) throw new LoggedOut();
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
    return token;
  }

  async function post(address, data) {
    const answer = await ask(address, { method: "POST", body: data });
    if (answer.status !== 403) return answer;
    data.set("csrfmiddlewaretoken", await freshToken());
    return ask(address, { method: "POST", body: data });
  }

  function explain(error) {
    if (!(error instanceof LoggedOut)) return tell(words.offline);
    const link = document.createElement("a");
    Object.assign(link, { href: form.dataset.login, target: "_blank", rel: "noopener", textContent: words.logIn });
    return tell(words.loggedOut, link);
  }

  function data(...names) {
    const all = new FormData(form);
    for (const name of ["picture", "picture_alt", "do"]) all.delete(name);
    if (!names.length) return all;
    const some = new FormData();
    for (const name of ["csrfmiddlewaretoken", "publication", ...names]) some.append(name, all.get(name) ?? "");
    return some;
  }

  // What is typed, in this browser: {values: [[name, text] …], kept: whether the server has it, too}.
  const values = () => [...data()].filter(([name]) => name !== "csrfmiddlewaretoken").map(([name, text]) => [name, text.replace(/\r\n/g, "\n")]);
  const local = {
    read(key = place) {
      try {
        return JSON.parse(localStorage.getItem(key));
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
  };

  const editor = window.markdownEditor.mount(field("text"), {
    nonce: form.dataset.nonce,
    label: field("text").dataset.label,
    asked: (command) => command === "link" && askForLink(),
    changed: () => typed(),
    files: takeFiles,
    address(text, isEmpty) {
      if (!isEmpty || !takeIn) return false;
      takeIn.closest("details").open = true;
      takeIn.elements.namedItem("url").value = text;
      return false;
    },
  });
  document.querySelector("#text-label label").addEventListener("click", () => editor.focus());

  // Keeping
  let timer = 0;
  let since = 0;
  let busy = false;
  let closed = false;

  function typed() {
    local.write(false);
    if (!form.dataset.letter) history.replaceState(null, "", `?draft=${field("key").value}`);
    since ||= Date.now();
    schedule(Math.min(KEEP_AFTER, Math.max(0, since + KEEP_AT_LEAST - Date.now())));
    scheduleShow();
  }

  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(keep, delay);
  }

  async function keep() {
    if (busy || closed || !since) return;
    busy = true;
    const before = JSON.stringify(values());
    try {
      tell(words.saving);
      const answer = await post(form.dataset.autosave, data());
      const result = await answer.json();
      if (closed) return;
      if (!answer.ok) {
        tell(result.problem);
      } else {
        const isAll = JSON.stringify(values()) === before;
        since = isAll ? 0 : Date.now();
        if (isAll) local.write(true);
        tell(result.version > Number(field("base").value) && form.dataset.letter
          ? filled(words.newer, { name: result.by, number: result.version })
          : filled(words.kept, { time: result.saved }));
      }
    } catch (error) {
      if (!closed) explain(error);
    } finally {
      busy = false;
      if (since && !closed) schedule(TRY_AGAIN);
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.name && !event.target.name.startsWith("picture")) typed();
  });

  // The preview
  let showTimer = 0;
  let showing = 0;

  function scheduleShow() {
    clearTimeout(showTimer);
    showTimer = setTimeout(show, SHOW_AFTER);
  }

  async function show() {
    const turn = ++showing;
    try {
      const answer = await post(form.dataset.preview, data("title", "text"));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn === showing && answer.ok) document.querySelector("#shown").replaceChildren(...page.body.childNodes);
    } catch {
      // The line below says whether the desk answers.
    }
  }

  // Pictures
  const pictureProblem = document.querySelector("#picture-problem");

  async function store(file) {
    const body = data("key");
    body.append("picture", file);
    tell(words.storing);
    pictureProblem.hidden = true;
    try {
      const answer = await post(form.dataset.picture, body);
      const result = await answer.json();
      if (answer.ok) return result.address;
      pictureProblem.textContent = result.problem;
    } catch (error) {
      explain(error);
      pictureProblem.textContent = words.failed;
    }
    pictureProblem.hidden = false;
    pictureProblem.scrollIntoView({ block: "nearest" });
    tell("");
    return "";
  }

  function answerOf(dialog) {
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
  }

  async function takePictures(files) {
    const dialog = document.querySelector("#picture-dialog");
    const input = dialog.querySelector("input");
    for (const file of files) {
      const stored = store(file);
      input.value = "";
      const answer = await answerOf(dialog);
      const address = await stored;
      if (!answer || !address) continue;
      editor.picture(answer === "add" ? input.value : "", address);
      tell(words.stored);
    }
  }

  function takeFiles(files) {
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    if (pictures.length) {
      takePictures(pictures);
      return true;
    }
    if (!takeIn || field("text").value.trim()) return false;
    const transfer = new DataTransfer();
    transfer.items.add(files[0]);
    takeIn.elements.namedItem("file").files = transfer.files;
    takeIn.requestSubmit();
    return true;
  }

  async function useChosenPicture(wish) {
    const file = field("picture").files[0];
    if (!file) return field("picture").click();
    const address = await store(file);
    if (!address) return undefined;
    const alt = field("picture_alt").value.trim();
    if (wish === "text-picture") editor.picture(alt, address);
    else [field("image_url").value, field("image_alt").value] = [address, alt];
    field("picture").value = field("picture_alt").value = "";
    typed();
    return tell(wish === "text-picture" ? words.stored : words.lead);
  }

  async function askForLink() {
    const dialog = document.querySelector("#link-dialog");
    const input = dialog.querySelector("input");
    input.value = "";
    const answer = await answerOf(dialog);
    const address = input.value.trim();
    if (answer && address) editor.link(/^[a-z][a-z0-9+.-]*:|^#/i.test(address) ? address : `https://${address}`);
    else editor.focus();
  }

  // Buttons
  form.addEventListener("submit", async (event) => {
    const wish = event.submitter?.value ?? "";
    event.preventDefault();
    if (wish === "preview") return show();
    if (wish !== "save") return useChosenPicture(wish);
    closed = true;
    clearTimeout(timer);
    local.write(false);
    try {
      const answer = await post(location.href, data());
      if (answer.ok) {
        local.remove();
        return location.assign((await answer.json()).address);
      }
      return HTMLFormElement.prototype.submit.call(form); // its page says what is wrong, beside the field
    } catch (error) {
      closed = false;
      since ||= Date.now();
      schedule(TRY_AGAIN);
      return explain(error);
    }
  });

  const toolbar = document.querySelector(".toolbar");
  toolbar.addEventListener("click", (event) => {
    const command = event.target.closest("button")?.dataset.command;
    if (command === "link") askForLink();
    else if (command === "picture") field("picture").click();
    else if (command) editor.run(command);
  });
  toolbar.addEventListener("keydown", (event) => {
    const buttons = [...toolbar.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const target = buttons[(next + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === target ? 0 : -1;
    target.focus();
  });
  field("picture").addEventListener("change", () => field("picture_alt").focus());

  // Authors and series
  const authors = document.querySelector("#authors");
  const emptyRow = authors.lastElementChild; // without a script the one to name a further author in
  if (authors.children.length > 1) emptyRow.remove();

  function addAuthor() {
    const row = emptyRow.cloneNode(true);
    for (const input of row.querySelectorAll("input, textarea")) input.value = "";
    const legend = row.querySelector("legend");
    legend.textContent = legend.textContent.replace(/\d+/, authors.children.length + 1);
    authors.append(row);
    return row;
  }
  document.querySelector("#add-author").addEventListener("click", () => addAuthor().querySelector("input").focus());
  authors.addEventListener("change", (event) => {
    const offer = event.target.name === "author_name" && document.querySelector(`#people option[value="${CSS.escape(event.target.value)}"]`);
    if (!offer) return;
    const row = event.target.closest("fieldset");
    for (const name of ["email", "bio"]) {
      const input = row.querySelector(`[name=author_${name}]`);
      input.value ||= offer.dataset[name];
    }
  });
  const showNext = () => {
    const offer = document.querySelector(`#series option[value="${CSS.escape(field("series").value)}"]`);
    field("number").placeholder = !form.dataset.letter && offer?.dataset.next ? filled(words.next, { number: offer.dataset.next }) : "";
  };
  field("series").addEventListener("input", showNext);

  // What this browser has and the server never got is brought back; what comes from a form that was sent is newer.
  function restore(entries) {
    const count = entries.filter(([name]) => name === "author_name").length;
    while (authors.children.length < count) addAuthor();
    const seen = {};
    for (const [name, text] of entries) {
      if (name === "publication" && form.dataset.letter) continue;
      const inputs = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
      const input = inputs[(seen[name] = (seen[name] ?? -1) + 1)];
      if (name === "text") editor.replace(text);
      else if (input) input.value = text;
    }
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: words.throwAway });
    button.addEventListener("click", async () => {
      const body = data("key");
      body.append("do", "discard");
      closed = true;
      clearTimeout(timer);
      local.remove();
      await post(location.href, body).catch((error) => error);
      location.replace(location.pathname);
    });
    tell(words.restored, button);
    since = Date.now();
    schedule(KEEP_AT_LEAST);
  }

  const stored = local.read();
  if (stored && form.dataset.state === "shown") {
    const isSame = JSON.stringify(stored.values) === JSON.stringify(values());
    if (stored.kept || isSame) local.remove();
    else restore(stored.values);
  }
  document.querySelector("#discard")?.addEventListener("click", local.remove);
  showNext();
  show();
})();
