// What a person can do to a chart beside dragging it: buttons for dates and zoom, choices of how to
// draw, rows of the table of trades, and keys.

import { on } from "../lib/dom.js";
import { addShortcut } from "../shortcuts.js";
import { showTrades } from "../trades_table.js";
import { remember } from "./choices.js";
import { dayOf } from "./time_axis.js";

const YEAR = 365.25; // days
const AROUND_A_TRADE = 0.6; // of its length, on either side

const actions = {
  range: (model, years) => {
    const [first, last] = model.extent();
    const [, end] = model.view();
    const until = model.showsAll() ? last : end;
    return Number(years) ? model.look(until - Number(years) * YEAR, until) : model.look(first, last);
  },
  zoom: (model, factor) => model.zoom(Number(factor)),
  move: (model, share) => model.move(Number(share)),
  reset: (model) => model.look(...model.openingView()),
};

// Mark the button of the range in view.
export const markRange = (host, model) => {
  const [start, end] = model.view();
  for (const button of host.querySelectorAll("[data-range]")) {
    const years = Number(button.dataset.range);
    const shown = years ? Math.abs(end - start - years * YEAR) < 5 : model.showsAll();
    button.setAttribute("aria-pressed", String(shown));
  }
};

const act = (host, chart, dataset) => {
  for (const [name, action] of Object.entries(actions)) {
    if (name in dataset) action(chart.model, dataset[name]);
  }
  if (!("choose" in dataset)) return;
  const [name] = dataset.choose.split("=");
  for (const button of host.querySelectorAll(`[data-choose^="${name}="]`)) {
    button.setAttribute("aria-pressed", String(button.dataset.choose === dataset.choose));
  }
  remember(dataset.choose);
  chart.choose();
};

// Draw a trade from its entry to its exit, and mark its row; the days from the one to the other.
const select = ({ model }, button) => {
  const { entry, exit, entryPrice, exitPrice } = button.dataset;
  const days = [entry, exit].map(dayOf);
  const prices = [Number(entryPrice), Number(exitPrice)]; // a drawdown has none, and gets no line
  model.fill({ chosen: { day: days, price: prices } });
  for (const row of document.querySelectorAll("tr[aria-current]")) row.removeAttribute("aria-current");
  button.closest("tr").setAttribute("aria-current", "true");
  return days;
};

// Move the chart to a trade or a drawdown of a table.
const lookAt = (host, chart, button) => {
  const [start, end] = select(chart, button);
  const around = Math.max(AROUND_A_TRADE * (end - start), 30);
  chart.model.look(start - around, end + around);
  const behavior = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  // The chart is higher than most windows: what has to be in view is the price, its first panel.
  host.querySelector("[data-panel]").scrollIntoView({ behavior, block: "nearest" });
};

// Select the row of a trade, on whichever page of the table it is; the window stays where it is.
const selectRow = async (chart, trade) => {
  const buttonOf = () => document.querySelector(`#trades-table [data-trade="${trade}"]`);
  if (!buttonOf()) {
    const url = `${document.querySelector("#trades-table form").action}?trade=${trade}`;
    await showTrades(url);
  }
  const button = buttonOf();
  if (!button) return;
  select(chart, button);
  const scrolled = button.closest(".table-scroll");
  scrolled.scrollTop = button.closest("tr").offsetTop - scrolled.clientHeight / 2;
};

const keys = {
  "+": { zoom: "0.5" },
  "-": { zoom: "2" },
  0: { range: "0" },
  1: { range: "1" },
  3: { range: "3" },
  5: { range: "5" },
  "[": { move: "-0.5" },
  "]": { move: "0.5" },
};

// Let buttons, rows and keys move the charts of a page.
export const connectControls = (charts) => {
  on("click", "[data-chart] button", async (button) => {
    const host = button.closest("[data-chart]");
    const chart = await charts.of(host);
    if (chart) act(host, chart, button.dataset);
  });

  // The whole row of a trade is a target; its button is there for the keyboard and for readers.
  on("click", "tr:has([data-look])", async (row, { target }) => {
    if (target.closest("a")) return;
    const button = row.querySelector("[data-look]");
    const host = document.getElementById(button.dataset.look);
    const chart = host && (await charts.of(host));
    if (chart) lookAt(host, chart, button);
  });

  document.addEventListener("hindcast:trade", async ({ target, detail }) => {
    const chart = await charts.of(target);
    if (chart) selectRow(chart, detail.trade);
  });

  // Keys move the first chart of the page.
  for (const [key, dataset] of Object.entries(keys)) {
    addShortcut(key, () => {
      const host = document.querySelector("[data-chart]");
      if (!host) return false;
      charts.of(host).then((chart) => chart && act(host, chart, dataset));
      return true;
    });
  }
};
