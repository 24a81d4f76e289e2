// The cross under the pointer, and the values of its day: in the legends, in a box beside the pointer,
// and in words for who steps with the arrow keys.

import { written } from "./format.js";
import { Readout } from "./readout.js";
import { isoDate } from "./time_axis.js";

const MARK_WIDTH = 0.008; // of the panel
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21 };

// A source that has nothing within `data-reach` days of the cursor says so with a dash, instead of
// showing another day's value; marks (`data-near`) show values only under the cursor.
export class ChartCursor {
  #host;
  #model;
  #plots;
  #readout;
  #day = null;
  #pointer = null; // { plot, y, sx, sy }
  #reach;

  // plots: [{ model, view, canvas }], one for each canvas.
  constructor(host, model, plots) {
    this.#host = host;
    this.#model = model;
    this.#plots = plots.map((plot) => ({ ...plot, panel: plot.canvas.closest("[data-panel]") }));
    this.#readout = new Readout(host);
    this.#reach = Number(host.dataset.reach ?? Infinity);
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
    this.#day = null;
    this.#pointer = null;
    this.refresh();
  }

  // Keep room for the longest value of each output: a legend that wraps for a longer one moves the chart.
  reserve() {
    for (const output of this.#host.querySelectorAll(".legend [data-value]:not([data-near])")) {
      const texts = this.#model
        .extremes(...output.dataset.value.split("."))
        .map((value) => this.#written(value, output.dataset));
      output.style.minWidth = `${Math.max(0, ...texts.map((text) => text.length))}ch`;
    }
  }

  // Write values and place the lines anew, for example after the data or the view has changed.
  refresh() {
    const day = this.#day ?? this.#model.view()[1];
    const outputs = [...this.#host.querySelectorAll(".legend [data-value]")];
    const marked = this.#nearestMark(outputs, day);
    let shown = null;
    for (const output of outputs) {
      const { source, column, at } = this.#find(output, day);
      const isMark = "near" in output.dataset;
      const isNear = isMark ? at !== undefined && at === marked : this.#reaches(at, day);
      if (isNear && !isMark) shown ??= at;
      output.textContent = isMark && !isNear ? "" : this.#text(isNear ? { source, column, at } : null, output.dataset);
      // A line without data needs no place in the legend.
      const item = output.closest(".legend > span");
      if (!("only" in item.dataset)) item.hidden = this.#model.isEmpty(source) || isUnnamed(item);
    }
    const date = shown === null ? "" : isoDate(shown);
    this.#host.querySelector("[data-cursor-date]").textContent = date;
    this.#drawLines(this.#day === null ? null : shown);
    if (this.#pointer && date) this.#readout.show(date, this.#pointer.plot.canvas, this.#pointer);
    else this.#readout.hide();
  }

  // What an output shows: its source and column, and the day of that source nearest to `day`.
  #find(output, day) {
    const [source, column] = output.dataset.value.split(".");
    return { source, column, at: this.#model.nearest(source, day) };
  }

  // Whether values of the day `at` are values of `day`. Where every session is known, only its own are.
  #reaches(at, day) {
    return at !== undefined && (this.#model.hasSessions ? at === day : Math.abs(at - day) <= this.#reach);
  }

  // The day of the mark that is pointed at, about its own width away; undefined without one. Marks of
  // other days stay silent: an entry and an exit side by side are of different trades.
  #nearestMark(outputs, day) {
    const days = outputs.filter((output) => "near" in output.dataset).map((output) => this.#find(output, day).at);
    const distance = (at) => this.#model.distance(at, day);
    return days
      .filter((at) => at !== undefined && (at === day || distance(at) <= MARK_WIDTH))
      .sort((one, other) => distance(one) - distance(other))[0];
  }

  #moveTo(plot, { x, y, sx, sy }) {
    const day = this.#model.dayAt(x);
    const [start, end] = this.#model.view();
    if (day < start || day > end) return;
    this.#day = day;
    this.#pointer = { plot, y, sx, sy };
    this.refresh();
  }

  #drawLines(day) {
    for (const plot of this.#plots) {
      const line = plot.panel.querySelector(".chart-cursor");
      const level = plot.panel.querySelector(".chart-level");
      if (plot.canvas.hidden) continue; // another drawing of this panel is shown
      line.hidden = day === null;
      const place = day === null ? 0 : plot.view.frame.x_scale.compute(this.#model.placeOf(day));
      line.style.transform = `translateX(${Math.round(place)}px)`;
      const isHere = this.#pointer?.plot === plot;
      level.hidden = !isHere;
      if (!isHere) continue;
      const top = plot.canvas.offsetTop + plot.view.frame.y_scale.compute(this.#pointer.y);
      level.style.transform = `translateY(${Math.round(top)}px)`;
      level.firstElementChild.textContent = this.#written(this.#pointer.y, plot.panel.dataset);
    }
  }

  // Arrows step from bar to bar and move the view along; the values are then read out.
  #onKey(event) {
    if (!(event.key in STEPS) || event.target !== this.#host) return;
    event.preventDefault();
    const end = this.#model.view()[1];
    const day = this.#model.step(this.#host.dataset.steps, this.#day ?? end, STEPS[event.key]);
    if (day === undefined) return;
    this.#model.reveal(day);
    this.#day = day;
    this.#pointer = null;
    this.refresh();
    this.#host.querySelector("[data-readout]").textContent = `${isoDate(day)}. ${this.#legendInWords()}`;
  }

  // The legends as they stand, panel by panel: "Price: Close 77.12, Simple 20 75.30. Equity: ..."
  #legendInWords() {
    const panels = [...this.#host.querySelectorAll("[data-panel]:not([hidden])")].map((panel) => {
      const title = panel.querySelector(".legend strong")?.textContent;
      const filled = [...panel.querySelectorAll("[data-value]")].filter((output) => output.textContent);
      const items = [...new Set(filled.map((output) => output.closest(".legend > span")))];
      const words = items.filter((item) => !item.hidden).map((item) => item.textContent.trim().replace(/\s+/g, " "));
      return (title ? `${title}: ` : "") + words.join(", ");
    });
    return `${panels.join(". ")}.`;
  }

  // The text of what was found; null: nothing was.
  #text(found, dataset) {
    const { source, column, at } = found ?? {};
    const value = found ? this.#model.value(source, column, at) : undefined;
    if (value === undefined && found && this.#model.isThinned) return ""; // the day's own value is on its way
    return this.#written(value, dataset);
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
