// A chart's model: what BokehJS holds of a skeleton, the columns in it, and the days in view. Days count
// from 1970-01-01; their places along the axis are the scale's affair.

import { ValueRange } from "./axes.js";
import { tagged } from "./bokeh.js";
import { Marks } from "./marks.js";
import { CalendarScale, SessionScale, lowerBound, nameDays } from "./time_axis.js";

const LEAST_IN_VIEW = 5; // days or sessions
const HALF_A_CANDLE = 0.4; // of the place of a day

export class ChartModel {
  #drawing;
  #range;
  #columns = null;
  #exact = null; // columns of every day, where those drawn are thinned
  #drawn = {}; // columns by source, as they came
  #ranges;
  #marks;
  #names = new Map(); // columns of each source
  #choices = {};
  #sessions = []; // days of every session, where they are known
  #scale = new CalendarScale();
  #onView;

  // drawing: of the skeleton. onView: called after the days in view have changed.
  constructor(drawing, onView) {
    this.#drawing = drawing;
    this.#range = drawing.model("dates");
    this.#onView = onView;
    const find = {
      source: (name) => this.#data(name),
      axis: (name) => drawing.model(name),
      plot: (range) => drawing.plots.find(({ model }) => model.y_range === range).model,
    };
    this.#ranges = drawing.models
      .filter((model) => tagged(model, "follow:").length)
      .map((range) => new ValueRange(range, find));
    this.#marks = new Marks(drawing.models, () => this.#columns && this.fitValues());
    for (const { model } of drawing.plots) nameDays(model, () => this.#scale);
    let scheduled = false;
    this.#range.change.connect(() => {
      if (scheduled) return;
      scheduled = true;
      requestAnimationFrame(() => {
        scheduled = false;
        this.fitValues();
        this.#onView();
      });
    });
  }

  // Draw what belongs to the reader's choices, such as { price: "candles" }.
  choose(choices) {
    this.#choices = choices;
    for (const model of this.#drawing.models) {
      for (const text of tagged(model, "mode:")) {
        const [name, choice] = text.split("=");
        model.visible = choices[name] === choice;
      }
    }
    for (const range of this.#ranges) range.choose(choices.scale);
    if (!this.#columns) return;
    const view = this.view();
    if (this.#rescale()) {
      this.fill(this.#drawn);
      this.look(...view);
    }
    this.fitValues();
  }

  // Show other columns. Days that a person chose stay in view, where the new columns reach.
  show(columns) {
    const kept = this.#columns && !this.showsAll() ? this.view() : null;
    this.#columns = columns;
    this.#exact = null;
    this.#sessions = accumulated(columns.sessions ?? []);
    this.#rescale();
    this.fill(columns.sources);
    const [first, last] = this.extent();
    const overlaps = kept && kept[0] < last && kept[1] > first;
    this.look(...(overlaps ? kept : this.openingView()));
    this.fitValues();
    this.#onView();
  }

  // Give the columns of every day, from which values are read.
  complete(sources) {
    this.#exact = sources;
  }

  // Take the scale that fits the columns and the choices; return whether it is another one.
  #rescale() {
    const bySession = this.hasSessions && this.#choices.time !== "calendar";
    const before = this.#scale;
    this.#scale = bySession ? new SessionScale(this.#sessions) : new CalendarScale();
    const [first, last] = this.extent().map((day) => this.#scale.x(day));
    this.#range.setv({ bounds: [first - 0.5, last + 0.5], min_interval: Math.min(LEAST_IN_VIEW, last - first + 1) });
    return before.constructor !== this.#scale.constructor;
  }

  // Replace the data of the sources named, and leave the others. Columns that are left out are gaps.
  fill(sources) {
    for (const [name, columns] of Object.entries(sources)) {
      this.#drawn[name] = columns;
      const source = this.#drawing.model(name);
      if (!this.#names.has(name)) this.#names.set(name, Object.keys(source.data));
      const data = this.#placed(columns);
      for (const column of this.#names.get(name)) data[column] ??= new Array(columns.day.length).fill(NaN);
      source.data = data;
    }
  }

  // Columns as BokehJS takes them. It would draw a null as zero; NaN makes a gap.
  #placed({ day, left, right, ...values }) {
    const data = Object.fromEntries(
      Object.entries(values).map(([name, list]) => [name, list.map((value) => value ?? NaN)]),
    );
    data.date = day.map((one) => this.#scale.x(one));
    if (left === undefined) return data;
    // A candle reaches from its first to its last day, and stands in the middle of them.
    data.left = left.map((one) => this.#scale.x(one) - HALF_A_CANDLE);
    data.right = right.map((one) => this.#scale.x(one) + HALF_A_CANDLE);
    data.date = data.left.map((place, index) => (place + data.right[index]) / 2);
    return data;
  }

  get columns() {
    return this.#columns;
  }

  get hasSessions() {
    return this.#sessions.length > 0;
  }

  // Whether values of some days are missing, since the columns are thinned.
  get isThinned() {
    return !this.#exact && Boolean(this.#columns?.detail_address);
  }

  // The number from which percentages of a panel count; nothing while the reader wants money.
  base(name) {
    return this.#choices.unit === "percent" ? this.#columns?.bases[name] : undefined;
  }

  // First and last day of the data.
  extent() {
    return [this.#columns.first_day, this.#columns.last_day];
  }

  openingView() {
    const [first, last] = this.extent();
    return [Math.max(first, this.#columns.opening_day ?? first), last];
  }

  // First and last day in view.
  view() {
    return [this.#scale.day(this.#range.start + 0.5), this.#scale.day(this.#range.end - 0.5)];
  }

  showsAll() {
    const [first, last] = this.extent();
    const [start, end] = this.view();
    return start <= first + 1 && end >= last - 1;
  }

  // Show the days from start to end, moved and cut so that they lie within the data.
  look(start, end) {
    this.#lookAt(this.#scale.x(start) - 0.5, this.#scale.x(end) + 0.5);
  }

  // Show more or fewer days around the middle, or move by a share of those in view.
  zoom(factor) {
    const { start, end } = this.#range;
    const half = Math.max((factor * (end - start)) / 2, LEAST_IN_VIEW);
    this.#lookAt((start + end) / 2 - half, (start + end) / 2 + half);
  }

  move(share) {
    const { start, end } = this.#range;
    const distance = share * (end - start);
    this.#lookAt(start + distance, end + distance);
  }

  #lookAt(start, end) {
    const [first, last] = this.#range.bounds;
    const length = Math.min(end - start, last - first);
    const from = Math.min(Math.max(start, first), last - length);
    this.#range.setv({ start: from, end: from + length });
  }

  // Move the view so that a day lies in it.
  reveal(day) {
    const { start, end } = this.#range;
    const place = this.#scale.x(day);
    if (place < start) this.#lookAt(place - 0.5, place - 0.5 + end - start);
    if (place > end) this.#lookAt(place + 0.5 - (end - start), place + 0.5);
  }

  // The day at a place of the axis, and the place of a day.
  dayAt(x) {
    return this.#scale.day(x);
  }

  placeOf(day) {
    return this.#scale.x(day);
  }

  // How far apart two days are along the axis, as a share of the view.
  distance(one, other) {
    return Math.abs(this.#scale.x(one) - this.#scale.x(other)) / (this.#range.end - this.#range.start);
  }

  // The day of a source that is nearest to `day`; undefined where the source is empty.
  nearest(source, day) {
    const { day: days } = this.#exact?.[source] ?? this.#drawn[source] ?? { day: [] };
    const right = lowerBound(days, day);
    return right > 0 && (right === days.length || day - days[right - 1] < days[right] - day) ? days[right - 1] : days[right];
  }

  // The value of a source on a day itself; undefined where it has none, or has it only as part of a sum.
  value(source, column, day) {
    const columns = this.#exact?.[source] ?? this.#drawn[source];
    if (!columns) return undefined;
    const position = lowerBound(columns.day, day);
    const isOneDay = !columns.left || columns.left[position] === columns.right[position];
    return columns.day[position] === day && isOneDay ? columns[column]?.[position] : undefined;
  }

  // The trade whose mark lies at a point of a plot; undefined where none does.
  tradeAt(plot, point) {
    return this.#marks.tradeAt(plot, point);
  }

  // The least and the greatest value of a source's column; nothing where it has none.
  extremes(source, column) {
    const values = (this.#drawn[source]?.[column] ?? []).filter(Number.isFinite);
    return values.length ? [values.reduce((one, other) => Math.min(one, other)), values.reduce((one, other) => Math.max(one, other))] : [];
  }

  isEmpty(source) {
    return !this.#drawn[source]?.day.length;
  }

  // The step-th day of a source after `day`, within its days.
  step(source, day, steps) {
    const { day: days } = this.#exact?.[source] ?? this.#drawn[source];
    const place = lowerBound(days, day) + steps;
    return days[Math.min(Math.max(place, 0), days.length - 1)];
  }

  #data(source) {
    return this.#drawing.model(source).data;
  }

  // Fit the y ranges and the size of marks to what is in view.
  fitValues() {
    const bases = this.#choices.unit === "percent" ? this.#columns?.bases : undefined;
    const { start, end } = this.#range;
    for (const range of this.#ranges) range.fit(start, end, bases);
    this.#marks.fit(start, end);
  }
}

// The sum up to each number: steps from one session to the next become days.
const accumulated = (steps) => {
  let day = 0;
  return steps.map((step) => (day += step));
};
