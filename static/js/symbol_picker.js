// A text field for a symbol becomes a combobox: what is typed finds stored symbols and names on the server.
// A symbol counts once it was chosen from the list or typed in full; a part of one never runs. Without this
// script the field takes a symbol and the form's button.

import { on } from "./lib/dom.js";

const FIELD = "[data-symbols]";
const TYPING_PAUSE = 120; // milliseconds

const listOf = (input) => document.getElementById(`${input.id}-options`);
const optionsOf = (input) => [...(listOf(input)?.children ?? [])].filter((item) => item.dataset.symbol);
const activeOf = (input) => document.getElementById(input.getAttribute("aria-activedescendant") ?? "");
const typed = (input) => input.value.trim().toUpperCase();
const takesAnything = (input) => "takesAnything" in input.dataset;
const isChosen = (input) => typed(input) === input.dataset.chosen || takesAnything(input);

const say = (text) => {
  const announcement = document.getElementById("announcement");
  if (announcement) announcement.textContent = text;
};

const close = (input) => {
  const list = listOf(input);
  if (list) list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};

const upgrade = (input) => {
  if (input.getAttribute("role") === "combobox") return;
  const list = document.createElement("ul");
  Object.assign(list, { id: `${input.id}-options`, hidden: true, className: "symbol-options" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Symbols");
  input.after(list);
  input.dataset.chosen = typed(input);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
};

const activate = (input, option) => {
  for (const each of optionsOf(input)) each.setAttribute("aria-selected", String(each === option));
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
};

const tell = (input, text) => {
  listOf(input).replaceChildren(Object.assign(document.createElement("li"), { className: "muted small", textContent: text }));
  listOf(input).firstChild.setAttribute("role", "presentation");
  say(text);
};

// Show what the server finds. False where a newer request has overtaken this one.
const find = async (input, words) => {
  const request = (input.findNumber = (input.findNumber ?? 0) + 1);
  const response = await fetch(`${input.dataset.symbols}?${new URLSearchParams({ search: words })}`);
  if (!response.ok || request !== input.findNumber) return false;
  const html = await response.text();
  if (request !== input.findNumber || !input.isConnected) return false;
  listOf(input).replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.children);
  optionsOf(input).forEach((option, place) => (option.id = `${input.id}-option-${place}`));
  return true;
};

const open = async (input, words) => {
  if (!(await find(input, words)) || document.activeElement !== input) return;
  const found = optionsOf(input).length;
  if (found) say(`${found} ${found === 1 ? "symbol" : "symbols"}. Use the arrow keys.`);
  else tell(input, `No stored symbol or name contains “${words}”.`);
  listOf(input).hidden = false;
  input.setAttribute("aria-expanded", "true");
  activate(input, null);
};

const choose = (input, option) => {
  const isNew = input.dataset.chosen !== option.dataset.symbol;
  input.value = input.dataset.chosen = option.dataset.symbol;
  input.dataset.first = option.dataset.first;
  input.dataset.last = option.dataset.last;
  input.findNumber = (input.findNumber ?? 0) + 1; // what is under way comes too late
  clearTimeout(input.pause);
  close(input);
  if (isNew) input.dispatchEvent(new Event("change", { bubbles: true }));
};

// Choose the symbol that is typed in full. False where there is none.
const chooseTyped = async (input) => {
  clearTimeout(input.pause); // its search would overtake this one
  const symbol = typed(input);
  if (!symbol && !input.required && input.name !== "symbol") {
    input.dataset.chosen = "";
    close(input);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }
  if (!(await find(input, symbol))) return false;
  const option = optionsOf(input).find((each) => each.dataset.symbol === symbol);
  if (option && typed(input) === symbol) choose(input, option);
  return Boolean(option);
};

const move = async (input, step) => {
  if (listOf(input).hidden) await open(input, isChosen(input) ? "" : input.value);
  const options = optionsOf(input);
  const place = options.indexOf(activeOf(input));
  const next = place < 0 ? (step > 0 ? 0 : options.length - 1) : (place + step + options.length) % options.length;
  activate(input, options[next] ?? null);
};

const keys = {
  ArrowDown: (input) => move(input, 1),
  ArrowUp: (input) => move(input, -1),
  Escape: (input) => {
    if (!takesAnything(input)) input.value = input.dataset.chosen;
    close(input);
  },
  Enter: async (input) => {
    const option = activeOf(input);
    if (option) return choose(input, option);
    if (!(await chooseTyped(input))) await open(input, input.value);
  },
};

on("focusin", FIELD, (input) => upgrade(input));
on("click", FIELD, (input) => {
  if (!listOf(input).hidden) return;
  input.select();
  open(input, "");
});
on("input", FIELD, (input) => {
  upgrade(input);
  clearTimeout(input.pause);
  input.pause = setTimeout(() => open(input, input.value), TYPING_PAUSE);
});
on("keydown", FIELD, (input, event) => {
  const isOpen = !listOf(input).hidden;
  const submits = event.key === "Enter" && !activeOf(input) && isChosen(input);
  if (!keys[event.key] || submits || event.isComposing || (event.key === "Escape" && !isOpen && isChosen(input))) return;
  event.preventDefault();
  event.stopPropagation();
  keys[event.key](input);
});
// The list keeps the focus in the field.
on("mousedown", ".symbol-options", (_, event) => event.preventDefault());
on("click", ".symbol-options [data-symbol]", (option) => choose(option.parentElement.previousElementSibling, option));
on("focusout", FIELD, async (input) => {
  clearTimeout(input.pause);
  if (!isChosen(input) && (await chooseTyped(input))) return;
  if (!isChosen(input)) say(`${input.value} is not stored. The symbol stays ${input.dataset.chosen || "as it is"}.`);
  close(input);
});

// The browser's own event of a text that is no symbol yet starts nothing.
document.addEventListener(
  "change",
  (event) => {
    const input = event.target;
    if (event.isTrusted && input.matches?.(FIELD) && !isChosen(input)) event.stopImmediatePropagation();
  },
  true,
);
// Another field may change while a symbol is half typed: then the chosen one is asked for. Whoever presses the
// button asks for what is typed, and is told what is wrong with it.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.triggeringEvent?.type === "submit") return;
  for (const input of detail.elt.querySelectorAll?.(FIELD) ?? []) {
    if ("chosen" in input.dataset && !isChosen(input)) detail.parameters[input.name] = input.dataset.chosen;
  }
});
document.addEventListener("htmx:load", () => document.querySelectorAll(FIELD).forEach(upgrade));
