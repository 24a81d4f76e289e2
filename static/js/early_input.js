// Keeps what people enter before htmx listens: on a slow line a field is there seconds before the scripts.
// Loaded blocking in the head; the events are repeated once everything has loaded.
(() => {
  "use strict";
  const early = new Map(); // field → the last event that it had too early

  const keep = (event) => early.set(event.target, event.type);
  const types = ["input", "change"];
  for (const type of types) document.addEventListener(type, keep, true);

  window.addEventListener("load", () => {
    for (const type of types) document.removeEventListener(type, keep, true);
    for (const [field, type] of early) field.dispatchEvent(new Event(type, { bubbles: true }));
    early.clear();
  });
})();
