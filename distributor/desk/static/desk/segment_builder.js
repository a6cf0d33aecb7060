// Puts a segment's rule together by clicking: each change writes the rule's words into the field above, and counts who it
// is. What the words say that can't be clicked is left to them, and what is typed by hand is what the builder shows: it
// never writes over it. Nothing is sent off before the words say what was clicked. Without a script the words are all.
(() => {
  "use strict";
  const place = document.querySelector("#rule-builder");
  const offer = JSON.parse(place.dataset.builder);
  const form = place.closest("form");
  const rule = form.elements.rule;
  const counted = document.querySelector("#rule-count");
  const PAUSE = 300; // milliseconds after the last change
  const VALUELESS = ["exists", "missing", "ever", "never"];
  let timer = 0;
  let last = 0;
  let outer = null; // the builder's groups; null while there is nothing to click
  let isBehind = false; // the words do not say yet what was clicked

  const publication = () => place.dataset.publication || form.elements.publication?.value || "";
  const kinds = (field) => offer.fields.find(([name]) => name === field)[2];

  function element(tag, values = {}, ...children) {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...children);
    return made;
  }

  function select(label, options, value) {
    const made = element("select", { ariaLabel: label });
    for (const [name, words] of options) made.append(element("option", { value: name, selected: name === value }, words));
    return made;
  }

  function input(label, value, type = "text") {
    return element("input", { type, ariaLabel: label, value: value ?? "", autocomplete: "off", autocapitalize: "none" });
  }

  // What a condition of the rule says, as the builder has it; null for what can't be clicked.
  function read(tree) {
    const negated = tree.not;
    if (tree["on list"]) return { field: "list", operator: "on", value: tree["on list"] };
    if (tree.tagged) return { field: "tag", operator: "has", value: tree.tagged };
    if (tree.never) return { field: tree.never, operator: "never" };
    for (const field of ["opened", "clicked"]) {
      if (tree[`${field} in days`]) return { field, operator: "in days", value: tree[`${field} in days`] };
    }
    if (negated) {
      if (negated.never) return { field: negated.never, operator: "ever" };
      const inner = read(negated);
      const turned = { on: "off", has: "lacks", "in days": "not in days", exists: "missing" }[inner?.operator];
      return turned ? { ...inner, operator: turned } : null;
    }
    if (!tree.field) return null;
    const [name, ...path] = [].concat(tree.field);
    const [operator] = Object.keys(tree).filter((word) => word !== "field");
    const field = name === "attributes" ? "attribute" : name;
    const known = kinds(field).flatMap((kind) => offer.operators[kind].map(([word]) => word));
    if (path.length > 1 || !known.includes(operator)) return null;
    const value = tree[operator];
    if (operator === "exists") return { field, path: path[0], operator: value ? "exists" : "missing" };
    return { field, path: path[0], operator, value: Array.isArray(value) ? value.join(", ") : String(value) };
  }

  function write({ field, path, operator, value }) {
    const turned = (word, isTurned) => (isTurned ? { not: word } : word);
    if (field === "list") return value ? turned({ "on list": value }, operator === "off") : null;
    if (field === "tag") return value ? turned({ tagged: value }, operator === "lacks") : null;
    if (field === "opened" || field === "clicked") {
      if (operator === "never") return { never: field };
      if (operator === "ever") return { not: { never: field } };
      return value ? turned({ [`${field} in days`]: Number(value) }, operator === "not in days") : null;
    }
    const name = field === "attribute" ? ["attributes", path] : [field];
    if (field === "attribute" && !path) return null;
    if (operator === "exists" || operator === "missing") return turned({ field: name, exists: true }, operator === "missing");
    if (!value) return null;
    if (operator === "in") {
      const values = value.split(",").map((word) => word.trim()).filter(Boolean);
      return values.length ? { field: name, in: values } : null;
    }
    if ([">", ">=", "<", "<="].includes(operator)) return { field: name, [operator]: Number(value) };
    return { field: name, [operator]: value };
  }

  // A condition of the rule as a row; null where the row would not say exactly the same.
  function stored(tree) {
    const values = read(tree);
    const row = values && condition(values);
    const plain = tree.exists === false ? { not: { ...tree, exists: true } } : tree;
    return row && JSON.stringify(write(row.state())) === JSON.stringify(plain) ? row : null;
  }

  function condition(values) {
    const row = element("li", { className: "condition" });
    const field = select(offer.words.field, offer.fields, values.field);
    const show = (now) => {
      const options = kinds(now.field).flatMap((kind) => offer.operators[kind]);
      const operator = select(offer.words.operator, options, now.operator);
      const parts = [field];
      if (now.field === "attribute") parts.push(named(now.path));
      parts.push(operator);
      if (!VALUELESS.includes(operator.value)) parts.push(valued(now, operator.value));
      const remove = element("button", { type: "button", className: "quiet" }, offer.words.remove);
      remove.addEventListener("click", () => { const group = row.closest(".group"); row.remove(); changed(); group?.querySelector("button").focus(); });
      operator.addEventListener("change", () => { show(row.state()); row.querySelectorAll("select")[1].focus(); });
      row.replaceChildren(...parts, remove);
    };
    row.state = () => {
      const selects = row.querySelectorAll("select:not(.value)");
      return { field: selects[0].value, path: row.querySelector(".path")?.value.trim(), operator: selects[1].value, value: row.querySelector(".value")?.value.trim() };
    };
    row.refresh = () => show(row.state());
    field.addEventListener("change", () => { show({ field: field.value }); field.focus(); });
    show(values);
    return row;
  }

  function named(path) {
    const made = input(offer.words.name, path);
    made.className = "path";
    made.setAttribute("list", "attribute-names");
    return made;
  }

  // A choice of these pairs, and of the value that is there already though it is not among them any more.
  function choice(pairs, value) {
    const isOther = value && !pairs.some(([name]) => name === value);
    return select(offer.words.value, [["", "–"], ...pairs, ...(isOther ? [[value, value]] : [])], value);
  }

  function valued(now, operator) {
    let made;
    if (now.field === "list") {
      const lists = offer.lists.filter(([owner]) => String(owner) === publication());
      made = choice(lists.map(([, slug, name]) => [slug, name]), now.value);
    } else if (now.field === "tag") {
      made = choice(offer.tags.map((tag) => [tag, tag]), now.value);
    } else if (operator.endsWith("in days")) {
      made = input(offer.words.days, now.value ?? 30, "number");
      made.min = 1;
    } else {
      const isDay = ["before", "after"].includes(operator);
      made = input(offer.words.value, now.value, isDay ? "date" : [">", ">=", "<", "<="].includes(operator) ? "number" : "text");
      if (made.type === "number") made.step = "any";
    }
    made.classList.add("value");
    return made;
  }

  function group(word, parts, isOuter) {
    const made = element("li", { className: "group" });
    const rows = element("ul", { role: "list" });
    const kind = select(offer.words.group, [["all", offer.words.all], ["any", offer.words.any]], word);
    const add = element("button", { type: "button" }, offer.words.add);
    add.addEventListener("click", () => { const row = condition({ field: "email" }); rows.append(row); row.querySelector("select").focus(); changed(); });
    const buttons = [add];
    if (isOuter) {
      const more = element("button", { type: "button" }, offer.words.addGroup);
      more.addEventListener("click", () => { const inner = group("any", [condition({ field: "email" })], false); rows.append(inner); inner.querySelector("select").focus(); changed(); });
      buttons.push(more);
    } else {
      const remove = element("button", { type: "button", className: "quiet" }, offer.words.remove);
      remove.addEventListener("click", () => { made.remove(); changed(); place.querySelector("button").focus(); });
      buttons.push(remove);
    }
    rows.append(...parts);
    made.append(kind, rows, element("div", { className: "buttons" }, ...buttons));
    made.tree = () => {
      const trees = [...rows.children].map((child) => (child.tree ? child.tree() : write(child.state()))).filter(Boolean);
      return trees.length > 1 ? { [kind.value]: trees } : trees[0] || null;
    };
    return made;
  }

  // The groups of a rule, two levels deep; null for one that is more.
  function build(tree) {
    if (!tree) return group("all", [], true);
    const word = tree.all ? "all" : tree.any ? "any" : "";
    const parts = (word ? tree[word] : [tree]).map((part) => {
      const inner = part.all ? "all" : part.any ? "any" : "";
      if (!inner) return stored(part);
      const rows = part[inner].map(stored);
      return rows.includes(null) ? null : group(inner, rows, false);
    });
    return parts.includes(null) ? null : group(word || "all", parts, true);
  }

  async function send(address, text) {
    const values = new FormData();
    values.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    values.set("publication", publication());
    values.set("rule", text);
    const answer = await fetch(address, { method: "POST", body: values, headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  function say(text, className) {
    counted.replaceChildren(element("p", { className }, text));
  }

  // Writes what was clicked into the words; returns whether they say it now.
  async function update() {
    clearTimeout(timer);
    const number = ++last;
    if (unfinished()) {
      say(offer.words.unfinished, "soft");
      return false;
    }
    const tree = outer.tree();
    if (!tree) {
      writeWords("");
      counted.replaceChildren();
      return true;
    }
    try {
      const answer = await (await send(place.dataset.words, JSON.stringify(tree))).json();
      if (number !== last) return false;
      if (answer.problem) {
        say(answer.problem, "error");
        return false;
      }
      writeWords(answer.words);
    } catch {
      if (number === last) say(offer.words.behind, "error");
      return false;
    }
    count(number, rule.value);
    return true;
  }

  function writeWords(words) {
    rule.value = words;
    isBehind = false;
  }

  async function count(number, words) {
    say(offer.words.counting, "soft");
    try {
      const page = new DOMParser().parseFromString(await (await send(place.dataset.count, words)).text(), "text/html");
      if (number === last) counted.replaceChildren(...page.body.childNodes);
    } catch {
      if (number === last) say(offer.words.away, "error");
    }
  }

  const unfinished = () => [...box.querySelectorAll(".condition")].find((row) => !write(row.state()));

  function changed() {
    isBehind = true;
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE);
  }

  // Shows a rule in the builder; where it can't be clicked, says so.
  function present(tree) {
    outer = build(tree);
    isBehind = false;
    box.hidden = box.disabled = outer === null;
    groups.replaceChildren(...(outer ? [outer] : []));
    note.textContent = outer ? "" : offer.words.words;
    note.hidden = outer !== null;
  }

  // Makes the builder from what was typed by hand.
  async function follow() {
    const number = ++last;
    const words = rule.value;
    if (!words.trim()) {
      counted.replaceChildren();
      return void present(null);
    }
    try {
      const answer = await (await send(place.dataset.words, words)).json();
      if (number !== last) return;
      if (answer.problem) return void say(answer.problem, "error");
      present(answer.rule);
    } catch {
      if (number === last) say(offer.words.away, "error");
      return;
    }
    count(number, words);
  }

  function typed() {
    last++;
    isBehind = false;
    box.disabled = true; // until it shows what was typed
    clearTimeout(timer);
    timer = setTimeout(follow, PAUSE);
  }

  const names = element("datalist", { id: "attribute-names" });
  for (const name of offer.attributes) names.append(element("option", { value: name }));
  const groups = element("ul", { role: "list" });
  const box = element("fieldset", { className: "builder" }, element("legend", {}, place.dataset.title), groups);
  const note = element("p", { className: "small soft" });
  place.append(box, note, names);
  present(offer.rule);
  if (!offer.rule && rule.value.trim()) {
    box.hidden = box.disabled = true; // words that nobody can read
  }
  if (rule.value !== rule.defaultValue) typed(); // the browser brought back what was typed before
  box.addEventListener("input", changed);
  box.addEventListener("change", changed);
  rule.addEventListener("input", typed);
  form.elements.publication?.addEventListener("change", () => {
    if (!outer || box.disabled) return;
    for (const row of box.querySelectorAll(".condition")) row.refresh();
    if (outer.tree()) changed();
  });
  form.addEventListener("submit", async (event) => {
    if (!outer || box.disabled || !(isBehind || unfinished())) return;
    event.preventDefault();
    const button = event.submitter;
    const row = unfinished();
    if (row) {
      say(offer.words.unfinished, "error");
      row.querySelector(".path, .value").focus();
    } else if (await update()) form.requestSubmit(button);
  });
})();
