// The editor of letters: CodeMirror with Markdown, in place of a form's textarea, which goes on holding the text.
// Built by scripts/frontend; the desk's own script (write.js) gets `window.markdownEditor`.
import { history, historyKeymap, defaultKeymap, undo, redo } from "@codemirror/commands";
import { deleteMarkupBackward, insertNewlineContinueMarkup, markdownLanguage } from "@codemirror/lang-markdown";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { EditorSelection, EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import "./template-editor.js"; // one bundle: most of both is CodeMirror itself

const highlighting = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: tags.quote, color: "var(--soft)" },
  { tag: [tags.monospace, tags.processingInstruction, tags.contentSeparator], color: "var(--calm)" },
]);

const theme = EditorView.theme({
  "&": { border: "1px solid var(--control)", borderRadius: ".35rem", backgroundColor: "var(--raised)", color: "var(--ink)" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": { font: "1.02rem/1.65 var(--sans)", minHeight: "22rem", maxHeight: "70vh" },
  ".cm-content": { padding: ".75rem .8rem", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": { backgroundColor: "var(--busy-ground)" },
  ".cm-panels": { backgroundColor: "var(--calm-ground)", color: "var(--ink)" },
});

// Markdown ends no emphasis where a quotation mark or bracket stands inside and a letter outside, as before a Korean
// particle: **“강조”**는. There the same is written as HTML.
const edge = /[\p{P}\p{S}]/u;
const letter = /[\p{L}\p{N}]/u;
const names = { "**": "strong", "*": "em" };

function emphasise(view, mark) {
  view.dispatch(view.state.changeByRange((range) => {
    const { state } = view;
    const text = state.sliceDoc(range.from, range.to);
    const before = state.sliceDoc(Math.max(0, range.from - mark.length), range.from);
    const after = state.sliceDoc(range.to, range.to + mark.length);
    if (before === mark && after === mark) {
      return {
        changes: [{ from: range.from - mark.length, to: range.from }, { from: range.to, to: range.to + mark.length }],
        range: EditorSelection.range(range.from - mark.length, range.to - mark.length),
      };
    }
    const outside = [state.sliceDoc(Math.max(0, range.from - 1), range.from), state.sliceDoc(range.to, range.to + 1)];
    const inside = [text.slice(0, 1), text.slice(-1)];
    const asTags = [0, 1].some((end) => edge.test(inside[end]) && letter.test(outside[end]));
    const [open, close] = asTags ? [`<${names[mark]}>`, `</${names[mark]}>`] : [mark, mark];
    return {
      changes: [{ from: range.from, insert: open }, { from: range.to, insert: close }],
      range: EditorSelection.range(range.from + open.length, range.to + open.length),
    };
  }), { userEvent: "input", scrollIntoView: true });
  return true;
}

function prefix(view, mark, others) {
  const { state } = view;
  const changes = [];
  let number = 1;
  const lines = [];
  for (let at = state.doc.lineAt(state.selection.main.from).number; at <= state.doc.lineAt(state.selection.main.to).number; at += 1) {
    lines.push(state.doc.line(at));
  }
  const numbered = mark === "1. ";
  const own = numbered ? /^\d+\. / : new RegExp(`^${mark.replace(/[#>*-]/g, "\\$&")}`);
  const all = lines.every((line) => own.test(line.text));
  for (const line of lines) {
    if (!line.text.trim() && lines.length > 1) continue;
    const old = (line.text.match(all ? own : others) ?? [""])[0];
    const sign = all ? "" : numbered ? `${number++}. ` : mark;
    changes.push({ from: line.from, to: line.from + old.length, insert: sign });
  }
  view.dispatch({ changes, userEvent: "input", scrollIntoView: true });
  return true;
}

const lists = /^(?:[-*+] |\d+\. |> |#{1,6} )/;

function block(view, text) {
  const { state } = view;
  const line = state.doc.lineAt(state.selection.main.head);
  const lead = line.text.trim() ? "\n\n" : line.number > 1 && state.doc.line(line.number - 1).text.trim() ? "\n" : "";
  const next = line.number < state.doc.lines ? state.doc.line(line.number + 1) : null;
  const insert = `${lead}${text}${!next ? "\n\n" : next.text.trim() ? "\n" : ""}`;
  view.dispatch({ changes: { from: line.to, insert }, selection: { anchor: line.to + insert.length }, userEvent: "input", scrollIntoView: true });
}

function link(view, address) {
  const { from, to } = view.state.selection.main;
  const words = view.state.sliceDoc(from, to) || address;
  const insert = `[${words}](${/[\s()]/.test(address) ? `<${address}>` : address})`;
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + 1, head: from + 1 + words.length }, userEvent: "input" });
}

// Takes over a textarea. `asked(command)` is called for what needs a question first, `changed()` at each change,
// `files(list)` for what is dropped or pasted: it returns whether it takes them, and `address(text)` for a pasted address.
function mount(textarea, { nonce, label, phrases, asked, changed, files, address }) {
  const commands = {
    bold: (view) => emphasise(view, "**"),
    italic: (view) => emphasise(view, "*"),
    heading: (view) => prefix(view, "## ", lists),
    quotation: (view) => prefix(view, "> ", /^/),
    list: (view) => prefix(view, "- ", lists),
    numbers: (view) => prefix(view, "1. ", lists),
    rule: (view) => block(view, "---"),
    undo,
    redo,
    search: openSearchPanel,
  };
  const take = (event, transfer, view) => {
    const list = [...(transfer?.files ?? [])];
    if (!list.length || !files(list)) return false;
    event.preventDefault();
    if (event.type === "drop") {
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
      if (at !== null) view.dispatch({ selection: { anchor: at } });
    }
    return true;
  };
  const view = new EditorView({
    doc: textarea.value,
    parent: textarea.parentElement,
    extensions: [
      EditorView.cspNonce.of(nonce),
      EditorState.phrases.of(phrases ?? {}),
      history(),
      markdownLanguage.extension,
      search({ top: true }),
      syntaxHighlighting(highlighting),
      theme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true", tabindex: "0", spellcheck: "true", lang: textarea.lang, autocapitalize: "sentences" }),
      // Tab is left to the browser: it leads out of the text, as in every other field.
      keymap.of([
        { key: "Mod-b", run: commands.bold },
        { key: "Mod-i", run: commands.italic },
        { key: "Mod-k", run: () => (asked("link"), true) },
        { key: "Enter", run: insertNewlineContinueMarkup },
        { key: "Backspace", run: deleteMarkupBackward },
        ...searchKeymap,
        ...defaultKeymap,
        ...historyKeymap,
      ]),
      EditorView.domEventHandlers({
        drop: (event, target) => take(event, event.dataTransfer, target),
        paste: (event, target) => {
          if (take(event, event.clipboardData, target)) return true;
          const text = event.clipboardData?.getData("text/plain").trim() ?? "";
          if (!/^https?:\/\/\S+$/.test(text)) return false;
          if (!target.state.selection.main.empty) link(target, text);
          else if (!address(text, target.state.doc.length === 0)) return false;
          event.preventDefault();
          return true;
        },
      }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        textarea.value = update.state.doc.toString();
        changed();
      }),
    ],
  });
  textarea.hidden = true;
  return {
    run(command) {
      commands[command](view);
      view.focus();
    },
    link: (text) => {
      link(view, text);
      view.focus();
    },
    picture(words, source) {
      block(view, `![${words.trim().replace(/\s+/g, " ").replace(/[\\[\]]/g, "\\$&")}](${source})`);
      view.focus();
    },
    replace(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    focus: () => view.focus(),
    element: view.dom,
  };
}

window.markdownEditor = { mount };
