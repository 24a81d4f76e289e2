// Keyboard shortcuts, and the overlay that lists them. They rest while a person types, and can be
// turned off: single keys get in the way of speech input.
(() => {
  "use strict";
  const KEY = "hindcast-shortcuts";
  const SEQUENCE_WITHIN = 1200; // milliseconds from "g" to the letter of a page
  let goingSince = -Infinity;

  const dialog = () => document.getElementById("shortcuts");

  const areOn = () => {
    try {
      return localStorage.getItem(KEY) !== "off";
    } catch {
      return true; // Storage can be forbidden; the shortcuts then stay on.
    }
  };

  const turn = (on) => {
    try {
      localStorage.setItem(KEY, on ? "on" : "off");
    } catch {
      // As above.
    }
  };

  const showHelp = () => {
    const box = dialog();
    if (box.open) return;
    box.querySelector("[data-shortcuts-on]").checked = areOn();
    box.showModal();
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

  const keys = {
    "?": () => (showHelp(), true),
    "/": focusSearch,
    t: () => press("[data-theme-toggle]"),
    u: () => press("[data-undo]"),
    s: saveRun,
    r: focusResult,
    c: () => press("[data-compare]"),
    g: () => ((goingSince = performance.now()), true),
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
    const act = isGoing ? goTo : (keys[event.key] ?? window.Hindcast?.chartKey);
    if (act?.(event.key)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-shortcuts-help]")) showHelp();
    if (event.target === dialog()) dialog().close(); // the backdrop
  });

  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-shortcuts-on]")) turn(event.target.checked);
  });
})();
