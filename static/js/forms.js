// Forms that submit while they are filled in: shortcuts that fill fields, responses that came too late,
// and where the focus goes when something is wrong.

import { on } from "./lib/dom.js";
import "./symbol_picker.js";

const serialized = (form) => new URLSearchParams(new FormData(form)).toString();
const sent = new WeakMap();

// A form may be changed while its response is under way. A response that would replace the form then is
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
on("focusin", "input, select", () => (submitted = false));
document.addEventListener("htmx:afterSettle", () => {
  if (submitted) document.querySelector(".error-summary")?.focus();
});

// A new result is read out in its one sentence.
document.addEventListener("htmx:afterSettle", (event) => {
  const sentence = event.target instanceof Element && event.target.querySelector(".verdict");
  if (sentence) document.getElementById("announcement").textContent = sentence.textContent;
});

// On a phone the result lies under the form: a bar says that it has changed, and leads there.
document.addEventListener("htmx:afterSettle", () => {
  const [result, cue] = [document.getElementById("result"), document.getElementById("result-cue")];
  const headline = result?.querySelector(".result-head h2");
  if (!cue || !headline || result.getBoundingClientRect().top < window.innerHeight) return;
  const figure = result.querySelector(".figures .value")?.textContent.trim() ?? "";
  cue.querySelector("[data-cue-text]").textContent = `${headline.textContent.trim().replace(/\s+/g, " ")} ${figure}`;
  cue.hidden = false;
});
on("click", "#result-cue", (cue, event) => {
  event.preventDefault();
  cue.hidden = true;
  document.getElementById("result").scrollIntoView();
});
window.addEventListener("scroll", () => {
  const [result, cue] = [document.getElementById("result"), document.getElementById("result-cue")];
  if (cue && !cue.hidden && result?.getBoundingClientRect().top < window.innerHeight * 0.7) cue.hidden = true;
});

const change = (field, value) => {
  if (!field || field.value === String(value)) return;
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

const daysOfSymbol = (form) => form.elements.symbol?.dataset ?? {};

const startYearsBack = (last, years) => {
  const date = new Date(`${last}T00:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() - years);
  return date.toISOString().slice(0, 10);
};

const daysBefore = (last, days) => new Date(Date.parse(`${last}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

on("click", "form [data-fill]", ({ form, dataset }) => {
  for (const [name, value] of Object.entries(JSON.parse(dataset.fill))) change(form.elements[name], value);
});

on("click", "form [data-issued-before]", ({ form, dataset }) => {
  const { last } = daysOfSymbol(form);
  const days = Number(dataset.issuedBefore);
  change(form.elements.as_of, days && last ? daysBefore(last, days) : "");
});

on("click", "form [data-years]", ({ form, dataset }) => {
  const { first, last } = daysOfSymbol(form);
  const years = Number(dataset.years);
  const start = years && last ? startYearsBack(last, years) : "";
  change(form.elements.end, "");
  change(form.elements.start, start && first && start <= first ? "" : start);
});
