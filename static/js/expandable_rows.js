// Rows of a table that a button shows and hides, such as the tuning steps of a run.

import { on } from "./lib/dom.js";

on("click", "[data-expand]", (button) => {
  const rows = document.getElementById(button.dataset.expand);
  rows.hidden = !rows.hidden;
  button.setAttribute("aria-expanded", String(!rows.hidden));
});
