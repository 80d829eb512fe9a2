/* Completes words in the search field. Without it the field is a plain search. */
"use strict";

const field = document.getElementById("site-search");
const list = document.getElementById("site-suggestions");
const WAIT = 120; // milliseconds without a key before the shop is asked
let question = new AbortController();

for (const [name, value] of Object.entries({
  role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id,
  "aria-expanded": "false", autocomplete: "off",
})) field.setAttribute(name, value);
field.addEventListener("input", () => ask(WAIT));
field.addEventListener("focus", () => ask(0));
field.addEventListener("blur", close);
field.addEventListener("keydown", onKey);
// Pressing a suggestion leaves the focus in the field, or the list would close before the click.
list.addEventListener("mousedown", (event) => event.preventDefault());

async function ask(wait) {
  // What is on its way answers a question that nobody asks any more.
  question.abort();
  if (field.value.trim().length === 1) return show([]); // One character says too little.
  question = new AbortController();
  const { signal } = question;
  await new Promise((done) => setTimeout(done, wait));
  try {
    const response = await fetch(`${list.dataset.url}?q=${encodeURIComponent(field.value.trim())}`, {
      headers: { Accept: "application/json" }, signal,
    });
    const answer = await response.json();
    show(answer.suggestions ?? []);
  } catch {
    if (!signal.aborted) show([]);
  }
}

function show(suggestions) {
  list.replaceChildren(...suggestions.map(({ text, url }, place) => Object.assign(
    document.createElement("a"),
    { id: `site-suggestion-${place}`, role: "option", tabIndex: -1, href: url, textContent: text },
  )));
  choose(null);
}

function close() {
  question.abort();
  show([]);
}

function choose(option) {
  for (const each of list.children) each.ariaSelected = String(each === option);
  option?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-expanded", String(list.hasChildNodes()));
  field.setAttribute("aria-activedescendant", option?.id ?? "");
}

function onKey(event) {
  // The keys may belong to the pinyin keyboard.
  if (event.isComposing || !list.hasChildNodes()) return;
  const chosen = list.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown") choose(chosen ? chosen.nextElementSibling : list.firstElementChild);
  else if (event.key === "ArrowUp") choose(chosen ? chosen.previousElementSibling : list.lastElementChild);
  else if (event.key === "Enter" && chosen) chosen.click();
  else if (event.key === "Escape") close(); // a second Esc empties the field
  else return;
  event.preventDefault();
}
