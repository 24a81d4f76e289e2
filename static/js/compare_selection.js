// Choosing runs of a list for a comparison: the button says how many, and more than allowed cannot be chosen.

import { on } from "./lib/dom.js";

const update = (form) => {
  const boxes = [...form.querySelectorAll('input[type="checkbox"]')];
  const elsewhere = form.querySelectorAll('input[type="hidden"][name="run"]');
  const here = new Set(boxes.map((box) => box.value));
  const kept = [...elsewhere].filter((input) => !here.has(input.value)).length;
  const chosen = boxes.filter((box) => box.checked).length + kept;
  const most = Number(form.dataset.choosing);
  for (const box of boxes) box.disabled = !box.checked && chosen >= most;
  const button = form.querySelector("[data-choosing-submit]");
  button.disabled = chosen < 2;
  button.textContent = chosen < 2 ? "Choose at least two" : `Compare ${chosen} runs`;
};

on("change", "form[data-choosing]", (form, { target }) => {
  // A hidden copy from another page of the list would keep what is taken off here.
  for (const input of form.querySelectorAll('input[type="hidden"][name="run"]')) {
    if (input.value === target.value) input.remove();
  }
  update(form);
});

const updateAll = () => document.querySelectorAll("form[data-choosing]").forEach(update);
document.addEventListener("htmx:load", updateAll);
window.addEventListener("pageshow", updateAll); // a browser fills in what was chosen before
