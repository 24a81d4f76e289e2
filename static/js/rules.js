// The fields, the words and the presets of the chosen rule. Without this script they follow with the next answer.
(() => {
  "use strict";
  const UNUSED = "is-unused";

  const show = (select) => {
    const { form, options, selectedOptions } = select;
    const usedBy = (option) => (option.dataset.uses ?? "").split(" ");
    const used = new Set(usedBy(selectedOptions[0]));
    for (const name of new Set([...options].flatMap(usedBy))) {
      form.querySelector(`#div_id_${name}`)?.classList.toggle(UNUSED, !used.has(name));
    }
    for (const part of form.querySelectorAll("[data-rule]")) {
      part.classList.toggle(UNUSED, part.dataset.rule !== select.value);
    }
  };

  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement && event.target.name === "rule") show(event.target);
  });
})();
