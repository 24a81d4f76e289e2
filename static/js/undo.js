// Undo while tuning: the runs of this tab, in order, and the way back to the one before.

import { on } from "./lib/dom.js";
import { session } from "./lib/storage.js";

const KEY = "hindcast-tuned-runs";
const MOST = 50;

const read = () => {
  try {
    return JSON.parse(session.get(KEY)) ?? [];
  } catch {
    return []; // What is stored is not ours.
  }
};

const write = (runs) => session.set(KEY, JSON.stringify(runs.slice(-MOST)));

const shown = () => document.querySelector("[data-run]")?.dataset.run;

// A run that is shown anew is the newest; going back in the history shows an earlier one.
const note = () => {
  const run = shown();
  if (!run) return;
  const runs = read();
  const before = runs.indexOf(run);
  write(before >= 0 ? runs.slice(0, before + 1) : [...runs, run]);
  const button = document.querySelector("[data-undo]");
  if (button) button.hidden = read().length < 2;
};

on("click", "[data-undo]", () => {
  const runs = read();
  if (runs.length < 2 || runs.at(-1) !== shown()) return;
  htmx.ajax("GET", runs.at(-2), { target: "#workbench", swap: "outerHTML show:none", source: "#workbench" });
});
document.addEventListener("htmx:load", note);
