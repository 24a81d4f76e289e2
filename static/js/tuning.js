// Undo while tuning: the runs of this tab, in order, and the way back to the one before.
(() => {
  "use strict";
  const KEY = "hindcast-tuned-runs";
  const MOST = 50;

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
    } catch {
      return []; // Storage can be forbidden; then there is nothing to undo.
    }
  };

  const write = (runs) => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(runs.slice(-MOST)));
    } catch {
      // As above.
    }
  };

  const shown = () => document.querySelector("[data-run]")?.dataset.run;

  // A run that is shown anew is the newest; going back in the history shows one of before.
  const note = () => {
    const run = shown();
    if (!run) return;
    const runs = read();
    const before = runs.indexOf(run);
    write(before >= 0 ? runs.slice(0, before + 1) : [...runs, run]);
    const button = document.querySelector("[data-undo]");
    if (button) button.hidden = read().length < 2;
  };

  const undo = () => {
    const runs = read();
    if (runs.length < 2 || runs.at(-1) !== shown()) return;
    htmx.ajax("GET", runs.at(-2), { target: "#workbench", swap: "outerHTML show:none", source: "#workbench" });
  };

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-undo]")) undo();
  });
  document.addEventListener("htmx:load", note);
  document.addEventListener("DOMContentLoaded", note);
  window.Hindcast = Object.assign(window.Hindcast ?? {}, { undo });
})();
