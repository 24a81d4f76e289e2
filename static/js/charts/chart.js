// A chart over dates: panels under each other, the columns of a result in them, and what a person can
// do with it.

import { Charts } from "./bokeh.js";
import { ChartModel } from "./chart_model.js";
import { choicesOf, showChoices } from "./choices.js";
import { connectControls, markRange } from "./controls.js";
import { ChartCursor } from "./cursor.js";
import { isoDate } from "./time_axis.js";

const STILL = 200; // milliseconds without a move, after which the part in view is asked for in full

class Chart {
  #host;
  #cursor;
  #timer;
  #abort;
  #complete = null; // the columns of which every day is there, or asked for

  constructor(host, drawing) {
    this.#host = host;
    this.model = new ChartModel(drawing, () => this.#viewChanged());
    for (const plot of drawing.plots) {
      const { model } = plot;
      model.on_event("tap", (point) => this.#onTap(plot, point));
      model.on_event("doubletap", () => this.model.look(...this.model.openingView()));
      if (window.matchMedia("(pointer: coarse)").matches) leaveTouchToThePage(model.toolbar);
    }
    this.#cursor = new ChartCursor(host, this.model, drawing.plots);
    for (const use of ["pointerenter", "focusin"]) host.addEventListener(use, () => this.#loadEveryDay());
    this.choose();
  }

  // Draw what belongs to the reader's choices.
  choose() {
    const choices = choicesOf(this.#host);
    showChoices(this.#host, choices);
    this.model.choose(choices);
    if (!this.model.columns) return;
    this.#cursor.reserve();
    this.#cursor.refresh();
  }

  show(columns) {
    for (const element of this.#host.querySelectorAll("[data-label]")) {
      element.textContent = columns.labels[element.dataset.label] ?? element.textContent;
    }
    for (const panel of this.#host.querySelectorAll("[data-needs]")) {
      panel.hidden = columns.sources[panel.dataset.needs].day.length === 0;
    }
    // What a person pointed at in the result before.
    const forgotten = (this.#host.dataset.forget ?? "").split(" ").filter(Boolean);
    this.model.fill(Object.fromEntries(forgotten.map((name) => [name, { day: [] }])));
    this.model.show(columns);
    this.#cursor.reserve();
  }

  remove() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  // A click at a trade's mark tells the page, whose table has the trade.
  #onTap(plot, point) {
    const trade = this.model.tradeAt(plot, point);
    if (trade === undefined) return;
    this.#host.dispatchEvent(new CustomEvent("hindcast:trade", { bubbles: true, detail: { trade } }));
  }

  #viewChanged() {
    this.#cursor.refresh();
    markRange(this.#host, this.model);
    showDays(this.#host, this.model.view());
    for (const note of this.#host.querySelectorAll("[data-while-all]")) note.hidden = !this.model.showsAll();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#loadDetail(), STILL);
  }

  // A long run arrives thinned; a part in view is then asked for in full.
  async #loadDetail() {
    const { columns } = this.model;
    if (!columns.detail_address) return;
    if (this.model.showsAll()) return this.model.fill(columns.sources);
    const [start, end] = this.model.view().map(isoDate);
    this.#abort?.abort();
    this.#abort = new AbortController();
    const sources = await this.#fetch(`?start=${start}&end=${end}`, this.#abort.signal);
    if (!sources || this.model.columns !== columns) return;
    this.model.fill(sources);
    this.model.fitValues();
    this.#cursor.refresh();
  }

  // Who comes to read values gets those of every day.
  async #loadEveryDay() {
    const { columns } = this.model;
    if (!this.model.isThinned || this.#complete === columns) return;
    this.#complete = columns;
    const sources = await this.#fetch("");
    if (!sources || this.model.columns !== columns) return;
    this.model.complete(sources);
    this.#cursor.refresh();
  }

  // The columns of a query; nothing where they do not come. What is drawn stays right, only coarser.
  async #fetch(query, signal) {
    try {
      const response = await fetch(this.model.columns.detail_address + query, { signal });
      if (response.ok) return await response.json();
    } catch (error) {
      if (error.name !== "AbortError") console.warn("The chart stays thinned:", error);
    }
    return null;
  }
}

// Write the days in view into the fields beside a chart that follow it.
const showDays = (host, [start, end]) => {
  const figure = host.closest("figure");
  for (const [name, day] of [["start", start], ["end", end]]) {
    const field = figure?.querySelector(`[data-view-${name}]`);
    if (field) field.value = isoDate(day);
  }
};

// A finger scrolls the page; the buttons move the chart.
const leaveTouchToThePage = (toolbar) => {
  for (const tool of toolbar.tools) tool.active = false;
  toolbar.active_changed.emit();
};

connectControls(new Charts("[data-chart]", (host, drawing) => new Chart(host, drawing)));
