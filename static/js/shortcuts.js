// Keyboard shortcuts, and the overlay that lists them. They rest while a person types, and can be
// turned off: single keys get in the way of speech input.

import { on } from "./lib/dom.js";
import { local } from "./lib/storage.js";

const KEY = "hindcast-shortcuts";
const SEQUENCE_WITHIN = 1200; // milliseconds from "g" to the letter of a page
let goingSince = -Infinity;

const dialog = () => document.getElementById("shortcuts");

const areOn = () => local.get(KEY) !== "off";

const showHelp = () => {
  const box = dialog();
  if (box.open) return true;
  box.querySelector("[data-shortcuts-on]").checked = areOn();
  box.showModal();
  return true;
};

const press = (selector) => {
  const button = document.querySelector(selector);
  if (!button?.checkVisibility()) return false;
  button.click();
  return true;
};

const focusSearch = () => {
  const field = document.querySelector("[data-search]") ?? document.getElementById("id_symbol");
  field?.focus();
  return field !== null;
};

// Past the form, to what it brought.
const focusResult = () => {
  const result = document.getElementById("result") ?? document.getElementById("main");
  result.focus();
  return true;
};

const saveRun = () => {
  const opened = press("#saved summary");
  if (opened) document.getElementById("note")?.focus();
  return opened;
};

const goTo = (letter) => press(`.site-nav a[data-key="${CSS.escape(letter)}"]`);

const startSequence = () => {
  goingSince = performance.now();
  return true;
};

const keys = {
  "?": showHelp,
  "/": focusSearch,
  t: () => press("[data-theme-toggle]"),
  u: () => press("[data-undo]"),
  s: saveRun,
  r: focusResult,
  c: () => press("[data-compare]"),
  g: startSequence,
};

// Add a shortcut. `act` returns whether there was something to do.
export const addShortcut = (key, act) => {
  keys[key] = act;
};

const isTyping = (element) =>
  element instanceof HTMLElement && (element.isContentEditable || element.matches("input, select, textarea"));

// Escape leaves a field, so that the other keys work again; Tab goes on from there.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isTyping(event.target) && !dialog()?.open) event.target.blur();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || dialog()?.open) return;
  if (event.key !== "?" && !areOn()) return;
  const isGoing = performance.now() - goingSince < SEQUENCE_WITHIN;
  goingSince = -Infinity;
  const act = isGoing ? goTo : keys[event.key];
  if (act?.(event.key)) event.preventDefault();
});

on("click", "[data-shortcuts-help]", showHelp);
on("click", "#shortcuts", (box, { target }) => {
  if (target === box) box.close(); // the backdrop
});
on("change", "[data-shortcuts-on]", ({ checked }) => local.set(KEY, checked ? "on" : "off"));
