// The editor of templates: CodeMirror with Jinja coloured, in place of a form's textarea, which goes on holding the text.
import { history, historyKeymap, defaultKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { jinja2 } from "@codemirror/legacy-modes/mode/jinja2";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword, tags.operatorKeyword], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.number, tags.bool, tags.atom], color: "var(--good)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.variableName, tags.operator, tags.meta, tags.tagName], color: "var(--busy)" },
]);

const theme = EditorView.theme({
  "&": { border: "1px solid var(--control)", borderRadius: ".35rem", backgroundColor: "var(--raised)", color: "var(--ink)" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": { font: ".9rem/1.55 var(--mono)", minHeight: "22rem", maxHeight: "70vh" },
  ".cm-content": { padding: ".5rem 0", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--calm-ground)", color: "var(--calm)", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-broken": { backgroundColor: "var(--bad-ground)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": { backgroundColor: "var(--busy-ground)" },
  ".cm-panels": { backgroundColor: "var(--calm-ground)", color: "var(--ink)" },
});

const setBroken = StateEffect.define();
const broken = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setBroken)) continue;
      const { doc } = transaction.state;
      if (!effect.value || effect.value > doc.lines) return Decoration.none;
      return Decoration.set([Decoration.line({ class: "cm-broken" }).range(doc.line(effect.value).from)]);
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Takes over a textarea; `changed()` is called at each change.
function mount(textarea, { nonce, label, described, phrases, changed }) {
  const about = described ? { "aria-describedby": described } : {};
  const view = new EditorView({
    doc: textarea.value,
    parent: textarea.parentElement,
    extensions: [
      EditorView.cspNonce.of(nonce),
      EditorState.phrases.of(phrases ?? {}),
      history(),
      lineNumbers(),
      StreamLanguage.define(jinja2),
      search({ top: true }),
      syntaxHighlighting(highlighting),
      broken,
      theme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true", tabindex: "0", spellcheck: "false", autocapitalize: "none", ...about }),
      // Tab is left to the browser: it leads out of the text, as in every other field.
      keymap.of([...searchKeymap, ...defaultKeymap, ...historyKeymap]),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        textarea.value = update.state.doc.toString();
        changed();
      }),
    ],
  });
  textarea.hidden = true;
  return {
    // Marks a line (from 1) as the broken one, 0 for none.
    mark: (line) => view.dispatch({ effects: setBroken.of(line) }),
    insert(text) {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    focus: () => view.focus(),
    element: view.dom,
  };
}

window.templateEditor = { mount };
