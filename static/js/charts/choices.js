// The reader's choices of how to draw, such as { price: "candles" }: buttons that stay pressed, and what
// of the page belongs to them. The browser remembers them.

import { local } from "../lib/storage.js";

const KEY = "hindcast-chart-";

// The choices for a chart: remembered ones, else those pressed in the page.
export const choicesOf = (host) => {
  const choices = Object.fromEntries([(host.dataset.fixed ?? "").split("=")].filter(([name]) => name));
  for (const button of host.querySelectorAll("[data-choose]")) {
    const [name, choice] = button.dataset.choose.split("=");
    if (button.getAttribute("aria-pressed") === "true" || local.get(KEY + name) === choice) choices[name] = choice;
  }
  return choices;
};

// Press the buttons of the choices, and show of the page what belongs to them.
export const showChoices = (host, choices) => {
  for (const button of host.querySelectorAll("[data-choose]")) {
    const [name, choice] = button.dataset.choose.split("=");
    button.setAttribute("aria-pressed", String(choices[name] === choice));
  }
  for (const element of host.querySelectorAll("[data-only]")) {
    const [name, choice] = element.dataset.only.split("=");
    element.hidden = choices[name] !== choice;
  }
};

// Remember a choice, such as "price=candles".
export const remember = (text) => {
  const [name, choice] = text.split("=");
  local.set(KEY + name, choice);
};
