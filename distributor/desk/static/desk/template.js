// Writing a template: the editor in place of its field, and the preview that follows what is typed. Without a script the
// same form shows by its button and saves.
const form = document.querySelector("#template-form");
const area = form.querySelector("#source");
const SHOW_AFTER = 700; // milliseconds
let timer = 0;

const editor = window.templateEditor.mount(area, {
  nonce: form.dataset.nonce,
  label: area.dataset.label,
  described: area.getAttribute("aria-describedby"),
  changed() {
    clearTimeout(timer);
    timer = setTimeout(show, SHOW_AFTER);
  },
});
editor.mark(Number(area.dataset.line ?? 0));
form.querySelector("label[for=source]").addEventListener("click", () => editor.focus());

function show() {
  // A new frame each time: what is typed is not to fill the browser's history.
  const old = form.querySelector("iframe");
  const frame = document.createElement("iframe");
  [frame.className, frame.name, frame.title] = [old.className, old.name, old.title];
  frame.addEventListener("load", () => {
    // A mail has an origin of its own and can't be looked into; then it was made, and no line is broken.
    const fault = frame.contentDocument?.querySelector("[data-line]");
    editor.mark(Number(fault?.dataset.line ?? 0));
  });
  old.replaceWith(frame);
  form.requestSubmit(form.querySelector("#show"));
}

form.querySelector("#letter").addEventListener("change", show);
