// Writing a letter: the editor in place of its field, a preview beside it, pictures, and saving. Without a script the
// same form saves, shows and takes pictures by its buttons.
import { close, data, explain, field, filled, form, local, note, reopen, tell, words } from "./write-drafts.js";
import { post } from "./write-requests.js";

document.documentElement.classList.add("js");
const SHOW_AFTER = 500; // milliseconds
const takeIn = document.querySelector("#take-in");

const editor = window.markdownEditor.mount(field("text"), {
  nonce: form.dataset.nonce,
  label: field("text").dataset.label,
  asked: (command) => command === "link" && askForLink(),
  changed: typed,
  files: takeFiles,
  address(text, isEmpty) {
    if (isEmpty && takeIn) {
      takeIn.closest("details").open = true;
      takeIn.elements.namedItem("url").value = text;
    }
    return false; // it is pasted all the same
  },
});
document.querySelector("#text-label label").addEventListener("click", () => editor.focus());

function typed() {
  note();
  clearTimeout(showTimer);
  showTimer = setTimeout(show, SHOW_AFTER);
}

form.addEventListener("input", (event) => {
  if (event.target.name && !event.target.name.startsWith("picture")) typed();
});

// The preview
let showTimer = 0;
let turns = 0;

async function show() {
  const turn = ++turns;
  try {
    const answer = await post(form.dataset.preview, data("title", "text"));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn === turns && answer.ok) document.querySelector("#shown").replaceChildren(...page.body.childNodes);
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
form.addEventListener("submit", (event) => {
  const wish = event.submitter?.value ?? "";
  event.preventDefault();
  if (wish === "preview") show();
  else if (wish === "save" || wish === "review") save(wish);
  else useChosenPicture(wish);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  save();
});

let saves = false;

async function save(wish = "save") {
  if (saves) return undefined;
  saves = true;
  local.write(false);
  await close();
  try {
    const body = data();
    body.set("do", wish);
    const answer = await post(location.href, body);
    if (answer.ok) {
      local.remove();
      return location.assign((await answer.json()).address);
    }
    return HTMLFormElement.prototype.submit.call(form); // its page says what is wrong, beside the field
  } catch (error) {
    saves = false;
    reopen();
    return explain(error);
  }
}
// Who comes back to this page by the browser's button sees the letter as it is now.
addEventListener("pageshow", (event) => event.persisted && location.reload());

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
  const legend = row.querySelector("legend");
  legend.textContent = legend.textContent.replace(/\d+/, authors.children.length + 1);
  for (const input of row.querySelectorAll("input, textarea")) input.value = "";
  authors.append(row);
  return row;
}
document.querySelector("#add-author").addEventListener("click", () => addAuthor().querySelector("input").focus());
const offerOf = (list, value) => document.querySelector(`#${list} option[value="${CSS.escape(value)}"]`);
authors.addEventListener("change", (event) => {
  const offer = event.target.name === "author_name" && offerOf("people", event.target.value);
  if (!offer) return;
  const row = event.target.closest("fieldset");
  for (const name of ["email", "bio"]) row.querySelector(`[name=author_${name}]`).value ||= offer.dataset[name];
});
function showNext() {
  const number = form.dataset.letter ? "" : offerOf("series", field("series").value)?.dataset.next;
  field("number").placeholder = number ? filled(words.next, { number }) : "";
}
field("series").addEventListener("input", showNext);

// Another publication has other series and people.
field("publication").addEventListener("change", async () => {
  const page = new DOMParser().parseFromString(await (await fetch(`?publication=${field("publication").value}`)).text(), "text/html");
  for (const list of document.querySelectorAll("datalist")) {
    const fresh = page.getElementById(list.id);
    if (fresh) list.replaceChildren(...fresh.children);
  }
  showNext();
});

// What this browser has and the server never got is brought back.
function restore(entries) {
  const count = entries.filter(([name]) => name === "author_name").length;
  while (authors.children.length < count) addAuthor();
  const places = {};
  for (const [name, text] of entries) {
    const place = (places[name] = (places[name] ?? -1) + 1);
    const input = form.querySelectorAll(`[name="${CSS.escape(name)}"]`)[place];
    if (name === "text") editor.replace(text);
    else if (input) input.value = text;
  }
  const notice = document.querySelector("#restored");
  notice.querySelector("button").addEventListener("click", async () => {
    await close();
    local.remove();
    const body = data("key");
    body.append("do", "discard");
    await post(location.href, body).catch((error) => error);
    location.replace(location.pathname);
  });
  notice.hidden = false;
  note();
}

// Older than what the server has: it is offered, and nothing is replaced unasked.
function offerOlder({ values, at }) {
  const notice = document.querySelector("#older");
  const [show, forget] = notice.querySelectorAll("button");
  const time = new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  notice.querySelector("p").textContent = filled(notice.dataset.words, { time });
  show.addEventListener("click", () => {
    notice.hidden = true;
    restore(values);
  });
  forget.addEventListener("click", () => {
    notice.hidden = true;
    local.remove();
  });
  notice.hidden = false;
}

const missed = local.missed();
if (missed?.older) offerOlder(missed);
else if (missed) restore(missed.values);
document.querySelector("#discard")?.addEventListener("click", local.remove);
showNext();
show();
