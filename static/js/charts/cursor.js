// The cross under the pointer, and the values that the legend shows for its day.

import { DAY } from "./bokeh.js";
import { day, written } from "./format.js";

const MARK_WIDTH = 0.008; // of the panel

// A source that has nothing within `data-reach` days of the cursor says so with a dash, instead of
// showing another day's value; marks (`data-near`) show values only under the cursor.
export class ChartCursor {
  #host;
  #model;
  #plots;
  #time = null;
  #level = null;
  #reach;

  // plots: [{ model, view, canvas }], one for each canvas.
  constructor(host, model, plots) {
    this.#host = host;
    this.#model = model;
    this.#plots = plots.map((plot) => ({ ...plot, panel: plot.canvas.closest("[data-panel]") }));
    this.#reach = Number(host.dataset.reach ?? Infinity) * DAY;
    const byFinger = window.matchMedia("(pointer: coarse)").matches;
    for (const plot of this.#plots) {
      plot.model.on_event("mousemove", (event) => this.#moveTo(plot, event));
      // A finger does not hover: the cross stays where it has touched.
      if (byFinger) plot.model.on_event("tap", (event) => this.#moveTo(plot, event));
      else plot.model.on_event("mouseleave", () => this.clear());
    }
    host.addEventListener("keydown", (event) => this.#onKey(event));
    host.addEventListener("focusout", () => this.clear());
  }

  clear() {
    this.#time = null;
    this.#level = null;
    this.refresh();
  }

  // Write values and place the lines anew, for example after the data or the view has changed.
  refresh() {
    const time = this.#time ?? this.#model.view()[1];
    const outputs = [...this.#host.querySelectorAll("[data-value]")];
    const marked = this.#nearestMark(outputs, time);
    let shown = null;
    for (const output of outputs) {
      const { source, column, position, at } = this.#find(output, time);
      const isMark = "near" in output.dataset;
      const isNear = isMark ? at !== undefined && at === marked : Math.abs(at - time) <= this.#reach;
      if (isNear && !isMark) shown ??= at;
      const value = isNear ? this.#model.value(source, column, position) : null;
      output.textContent = isMark && !isNear ? "" : this.#written(value, output.dataset);
      // A line without data needs no place in the legend.
      const item = output.closest(".legend > span");
      if (!("only" in item.dataset)) item.hidden = position < 0 || isUnnamed(item);
    }
    const date = this.#host.querySelector("[data-cursor-date]");
    if (date) date.textContent = shown == null ? "" : day(shown);
    this.#drawLines(this.#time == null ? null : shown);
  }

  // What an output shows: its source and column, and the position and time of the bar nearest to `time`.
  #find(output, time) {
    const [source, column] = output.dataset.value.split(".");
    const position = this.#model.nearest(source, time);
    return { source, column, position, at: this.#model.value(source, "date", position) };
  }

  // The time of the mark that is pointed at, about its own width away; undefined without one. Marks of
  // other days stay silent: an entry and an exit side by side are of different trades.
  #nearestMark(outputs, time) {
    const [start, end] = this.#model.view();
    const reach = Math.max(MARK_WIDTH * (end - start), DAY / 2);
    const times = outputs.filter((output) => "near" in output.dataset).map((output) => this.#find(output, time).at);
    return times
      .filter((at) => Math.abs(at - time) <= reach)
      .sort((one, other) => Math.abs(one - time) - Math.abs(other - time))[0];
  }

  #moveTo(plot, event) {
    const [start, end] = this.#model.view();
    if (event.x < start || event.x > end) return;
    this.#time = event.x;
    this.#level = { plot, y: event.y };
    this.refresh();
  }

  #drawLines(time) {
    for (const plot of this.#plots) {
      const line = plot.panel.querySelector(".chart-cursor");
      const level = plot.panel.querySelector(".chart-level");
      if (plot.canvas.hidden) continue; // another drawing of this panel is shown
      line.hidden = time == null;
      if (time != null) line.style.transform = `translateX(${Math.round(plot.view.frame.x_scale.compute(time))}px)`;
      const isHere = this.#level?.plot === plot;
      level.hidden = !isHere;
      if (!isHere) continue;
      const top = plot.canvas.offsetTop + plot.view.frame.y_scale.compute(this.#level.y);
      level.style.transform = `translateY(${Math.round(top)}px)`;
      level.firstElementChild.textContent = this.#written(this.#level.y, plot.panel.dataset);
    }
  }

  // Arrows step from bar to bar and move the view along; the values are then read out.
  #onKey(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21 };
    if (!(event.key in steps) || event.target !== this.#host) return;
    event.preventDefault();
    const source = this.#host.dataset.steps;
    const [start, end] = this.#model.view();
    const here = this.#model.nearest(source, this.#time ?? end);
    const time = this.#model.value(source, "date", Math.max(0, here + steps[event.key]));
    if (time === undefined) return;
    if (time < start) this.#model.look(time, time + end - start);
    if (time > end) this.#model.look(time - (end - start), time);
    this.#time = time;
    this.#level = null;
    this.refresh();
    this.#host.querySelector("[data-readout]").textContent = `${day(time)}. ${this.#legendInWords()}`;
  }

  // The legends as they stand, panel by panel: "Price: Close 77.12, Simple 20 75.30. Equity: ..."
  #legendInWords() {
    const panels = [...this.#host.querySelectorAll("[data-panel]:not([hidden])")].map((panel) => {
      const title = panel.querySelector(".legend strong")?.textContent;
      const filled = [...panel.querySelectorAll("[data-value]")].filter((output) => output.textContent);
      const items = [...new Set(filled.map((output) => output.closest(".legend > span")))];
      const words = items.filter((item) => item.checkVisibility()).map((item) => item.innerText.trim());
      return (title ? `${title}: ` : "") + words.join(", ");
    });
    return `${panels.join(". ")}.`;
  }

  #written(value, { format, base }) {
    const from = base && this.#model.base(base);
    return from ? written(value / from - 1, "change") : written(value, format);
  }
}

// A line that the result does not name is one that it does not have.
const isUnnamed = (item) => {
  const label = item.querySelector("[data-label]");
  return label !== null && label.textContent === "";
};
