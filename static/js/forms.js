// Forms that answer while they are filled in: shortcuts that fill fields, answers that came too late,
// and where the focus goes when something is wrong.
(() => {
  "use strict";
  const serialized = (form) => new URLSearchParams(new FormData(form)).toString();
  const sent = new WeakMap();

  // A form may be changed while its answer is under way. An answer that would replace the form then is
  // out of date: the change that follows brings a new one, and what was typed stays.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (elt instanceof HTMLFormElement) sent.set(elt, serialized(elt));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig.elt;
    if (!(form instanceof HTMLFormElement) || !sent.has(form)) return;
    const isStale = sent.get(form) !== serialized(form);
    if (isStale && (event.detail.target === form || event.detail.target.contains(form))) event.detail.shouldSwap = false;
  });

  // After a submit the summary of errors takes the focus, until the person moves on to a field. While
  // tuning, the field keeps it, and the summary, an alert, is read out.
  let submitted = false;
  document.addEventListener("submit", () => (submitted = true), true);
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("input, select")) submitted = false;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (submitted) document.querySelector(".error-summary")?.focus();
  });

  // A new result is read out in its one sentence.
  document.addEventListener("htmx:afterSettle", (event) => {
    const sentence = event.target instanceof Element && event.target.querySelector(".verdict");
    if (sentence) document.getElementById("announcement").textContent = sentence.textContent;
  });

  const change = (field, value) => {
    if (!field || field.value === String(value)) return;
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const daysOfSymbol = (form) => form.elements.symbol?.selectedOptions[0]?.dataset;

  const startYearsBack = (last, years) => {
    const date = new Date(`${last}T00:00:00Z`);
    date.setUTCFullYear(date.getUTCFullYear() - years);
    return date.toISOString().slice(0, 10);
  };

  const daysBefore = (last, days) =>
    new Date(Date.parse(`${last}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

  document.addEventListener("click", (event) => {
    const shortcuts = "form [data-years], form [data-fill], form [data-issued-before]";
    const button = event.target instanceof Element && event.target.closest(shortcuts);
    if (!button) return;
    const { form } = button;
    if (button.dataset.fill) {
      for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill))) change(form.elements[name], value);
      return;
    }
    const { first, last } = daysOfSymbol(form) ?? {};
    if (button.dataset.issuedBefore) {
      const days = Number(button.dataset.issuedBefore);
      change(form.elements.as_of, days && last ? daysBefore(last, days) : "");
      return;
    }
    const years = Number(button.dataset.years);
    const start = years && last ? startYearsBack(last, years) : "";
    change(form.elements.end, "");
    change(form.elements.start, start && first && start <= first ? "" : start);
  });
})();
