// The heatmap of a sweep: fills the skeleton, reads out the field under the pointer or the arrow keys,
// and opens its backtest.

import { Charts } from "./bokeh.js";
import { written } from "./format.js";

const LABELS_ALONG = { x: 12, y: 10 };

const FIGURES = {
  total_return: ["Total return", "percent"],
  cagr: ["CAGR", "percent"],
  sharpe: ["Sharpe ratio", "ratio"],
  max_drawdown: ["Max drawdown", "percent"],
  trades: ["Trades", "count"],
  win_rate: ["Win rate", "percent"],
};
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class Heatmap {
  #host;
  #drawing;
  #columns = null;
  #places = new Map(); // field by "x,y"
  #at = null;

  constructor(host, drawing) {
    this.#host = host;
    this.#drawing = drawing;
    const [{ model }] = drawing.plots;
    model.on_event("mousemove", ({ x, y }) => this.#point(Math.round(x), Math.round(y)));
    model.on_event("mouseleave", () => this.#leave());
    // A finger cannot point without a tap: it reads a field, and the buttons beside it act.
    const byFinger = window.matchMedia("(pointer: coarse)").matches;
    model.on_event("tap", ({ x, y }) => {
      const [column, row] = [Math.round(x), Math.round(y)];
      if (byFinger) this.#point(column, row);
      else this.#open(this.#places.get(`${column},${row}`));
    });
    host.querySelector("[data-add-field]").addEventListener("click", () => this.#addToComparison());
    host.addEventListener("keydown", (event) => this.#onKey(event));
  }

  show(columns) {
    this.#columns = columns;
    const { x, y, value } = columns;
    this.#places = new Map(x.map((place, index) => [`${place},${y[index]}`, index]));
    this.#drawing.model("fields").data = { x, y, value: value.map((number) => number ?? NaN) };
    this.#drawing.model("colours").setv({ low: columns.low, high: columns.high });
    this.#layAxis("x", columns.x_axis);
    this.#layAxis("y", columns.y_axis);
    this.#mark("best", columns.best);
    this.#mark("choice", columns.choice);
    this.#host.querySelector("[data-has-choice]").hidden = columns.choice == null;
    for (const end of ["low", "high"]) {
      this.#host.querySelector(`[data-${end}]`).textContent = this.#written(columns[end]);
    }
    this.#rest();
  }

  // The URL of a field's backtest, which is run if it was not yet.
  #urlOf(index) {
    const tuned = this.#columns.parameters.map(({ field, values }) => [field, String(values[index])]);
    return `${this.#columns.address}&${new URLSearchParams(tuned)}`;
  }

  #open(index) {
    if (index !== undefined) window.location.assign(this.#urlOf(index));
  }

  #addToComparison() {
    const index = this.#shown();
    if (index == null) return;
    const values = Object.fromEntries(new URL(this.#urlOf(index), window.location).searchParams);
    htmx.ajax("POST", this.#host.dataset.addUrl, { source: this.#host, values, swap: "none" });
  }

  // The field that is read out.
  #shown() {
    return this.#at ?? this.#columns?.choice ?? this.#columns?.best;
  }

  // The field that was pointed at last stays read out, so that its buttons can be reached.
  #leave() {
    this.#mark("cursor", this.#at);
    this.#host.querySelector("[data-canvas]").classList.remove("is-pointing");
  }

  #point(x, y) {
    const index = this.#places.get(`${x},${y}`);
    if (index === undefined) return;
    this.#at = index;
    this.#mark("cursor", index);
    this.#readOut(index);
    this.#host.querySelector("[data-canvas]").classList.add("is-pointing");
  }

  #rest() {
    this.#at = null;
    this.#mark("cursor", null);
    this.#readOut(this.#columns?.choice ?? this.#columns?.best);
    this.#host.querySelector("[data-canvas]").classList.remove("is-pointing");
  }

  #onKey(event) {
    if (event.target !== this.#host || !this.#columns) return;
    const here = this.#at ?? this.#columns.choice ?? this.#columns.best;
    if (here == null) return;
    if (event.key === "Enter") return this.#open(here);
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    const { x, y } = this.#columns;
    const [right, up] = STEPS[event.key];
    const next = this.#at === null ? here : this.#places.get(`${x[here] + right},${y[here] + up}`);
    if (next === undefined) return;
    this.#point(x[next], y[next]);
    this.#host.querySelector("[data-spoken]").textContent = this.#pairs(next)
      .map(([label, text]) => `${label} ${text}`)
      .join(", ");
  }

  // What is written of a field: pairs of a label and a text.
  #pairs(index) {
    const { parameters, figures, value } = this.#columns;
    const shown = Object.entries(figures).filter(([name]) => name in FIGURES);
    return [
      ...parameters.map(({ label, values, suffix }) => [label, `${values[index]}${suffix}`]),
      ["Around it", this.#written(figures.neighbourhood[index])],
      ...shown.map(([name, values]) => [FIGURES[name][0], written(values[index], FIGURES[name][1])]),
      ...(this.#columns.objective in FIGURES ? [] : [["Objective", this.#written(value[index])]]),
    ];
  }

  #readOut(index) {
    const list = this.#host.querySelector("[data-readout]");
    this.#host.querySelector("[data-field-actions]").hidden = index == null;
    if (index == null) return list.replaceChildren();
    this.#host.querySelector("[data-open-field]").href = this.#urlOf(index);
    list.replaceChildren(
      ...this.#pairs(index).map(([label, text]) => {
        const [row, term, definition] = ["div", "dt", "dd"].map((name) => document.createElement(name));
        term.textContent = label;
        definition.textContent = text;
        row.append(term, definition);
        return row;
      }),
    );
  }

  #written(value) {
    const { objective } = this.#columns;
    const format = objective === "trades" ? "count" : /^(sharpe|sortino|calmar)$/.test(objective) ? "ratio" : "percent";
    return written(value, format);
  }

  #mark(name, index) {
    const at = index == null ? [] : [index];
    const { x, y } = this.#columns ?? { x: [], y: [] };
    this.#drawing.model(name).data = { x: at.map((field) => x[field]), y: at.map((field) => y[field]) };
  }

  #layAxis(name, { label, values }) {
    const step = Math.ceil(values.length / LABELS_ALONG[name]);
    const ticks = values.map((_, place) => place).filter((place) => place % step === 0);
    this.#drawing.model(`ticks of ${name}`).ticks = ticks;
    this.#drawing.model(`axis of ${name}`).setv({
      axis_label: label,
      visible: Boolean(label),
      major_label_overrides: new Map(ticks.map((place) => [place, values[place]])),
    });
    this.#drawing.model(name).setv({ start: -0.5, end: values.length - 0.5 });
  }
}

new Charts("[data-heatmap]", (host, drawing) => new Heatmap(host, drawing));
