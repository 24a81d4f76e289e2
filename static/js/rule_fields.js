// The fields, the words and the presets of the chosen rule. Without this script they follow with the next response.

import { on } from "./lib/dom.js";

const UNUSED = "is-unused";

const usedBy = (option) => (option.dataset.uses ?? "").split(" ");

const show = ({ form, options, selectedOptions, value }) => {
  const used = new Set(usedBy(selectedOptions[0]));
  for (const name of new Set([...options].flatMap(usedBy))) {
    form.querySelector(`#div_id_${name}`)?.classList.toggle(UNUSED, !used.has(name));
  }
  for (const part of form.querySelectorAll("[data-rule]")) part.classList.toggle(UNUSED, part.dataset.rule !== value);
};

on("change", 'select[name="rule"]', show);
