/* Completes words in the search field. Without it the field is a plain search. */
"use strict";

const field = document.getElementById("site-search");
const list = document.getElementById("site-suggestions");
const WAIT = 120; // milliseconds without a key before the shop is asked
let asked = 0;
let timer = 0;
let chosen = -1;

if (field && list) {
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id,
    "aria-expanded": "false", autocomplete: "off",
  })) field.setAttribute(name, value);
  field.addEventListener("input", () => later(WAIT));
  field.addEventListener("focus", () => later(0));
  field.addEventListener("keydown", onKey);
  // Later than the click on a suggestion, which takes the focus away.
  field.addEventListener("blur", () => setTimeout(close, 200));
}

function later(wait) {
  clearTimeout(timer);
  // What is on its way answers a question that nobody asks any more.
  asked += 1;
  timer = setTimeout(ask, wait, asked);
}

async function ask(number) {
  const query = field.value.trim();
  if (query.length === 1) return close();
  try {
    const response = await fetch(`${list.dataset.url}?q=${encodeURIComponent(query)}`, {
      headers: { Accept: "application/json" },
    });
    const answer = await response.json();
    if (number === asked && document.activeElement === field) show(answer.suggestions);
  } catch {
    if (number === asked) close();
  }
}

function show(suggestions) {
  chosen = -1;
  list.replaceChildren(...suggestions.map(({ text, url }, place) => {
    const option = document.createElement("li");
    Object.assign(option, { id: `site-suggestion-${place}`, role: "option" });
    option.ariaSelected = "false";
    option.textContent = text;
    option.dataset.url = url;
    option.addEventListener("pointerdown", (event) => event.preventDefault());
    option.addEventListener("click", () => location.assign(url));
    return option;
  }));
  list.hidden = !suggestions.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  field.removeAttribute("aria-activedescendant");
}

function close() {
  asked += 1;
  clearTimeout(timer);
  show([]);
}

function onKey(event) {
  if (event.isComposing) return; // the keys belong to the pinyin keyboard
  const options = [...list.children];
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault(); // a second Esc empties the field
    close();
  } else if (event.key === "Enter" && chosen >= 0) {
    event.preventDefault();
    location.assign(options[chosen].dataset.url);
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    chosen = (chosen + step + options.length + 1) % (options.length + 1);
    if (chosen === options.length) chosen = -1;
    mark(options);
  }
}

function mark(options) {
  options.forEach((option, place) => { option.ariaSelected = String(place === chosen); });
  if (chosen < 0) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", options[chosen].id);
  options[chosen].scrollIntoView({ block: "nearest" });
}
