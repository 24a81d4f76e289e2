// A chart's model: what BokehJS holds of a skeleton, the columns in it, and the dates in view.

import { ValueRange, lowerBound } from "./axes.js";
import { DAY, tagged } from "./bokeh.js";
import { Marks } from "./marks.js";

const DAYS = { day: "date", left: "left", right: "right" }; // columns that count days, and their names here

export class ChartModel {
  #drawing;
  #dates;
  #columns = null;
  #ranges;
  #marks;
  #names = new Map(); // columns of each source
  #choices = {};
  #onView;

  // drawing: of the skeleton. onView: called after the dates in view have changed.
  constructor(drawing, onView) {
    this.#drawing = drawing;
    this.#dates = drawing.model("dates");
    this.#onView = onView;
    const find = { source: (name) => this.#data(name), axis: (name) => drawing.model(name) };
    this.#ranges = drawing.models
      .filter((model) => tagged(model, "follow:").length)
      .map((range) => new ValueRange(range, find));
    this.#marks = new Marks(drawing.models, () => this.#columns && this.fitValues());
    let scheduled = false;
    this.#dates.change.connect(() => {
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
    if (this.#columns) this.fitValues();
  }

  // Show other columns. Dates that a person chose stay in view, where the new columns reach.
  show(columns) {
    const kept = this.#columns && !this.showsAll() ? this.view() : null;
    this.#columns = columns;
    this.fill(columns.sources);
    const [first, last] = this.extent();
    this.#dates.setv({ bounds: [first, last], min_interval: 5 * DAY });
    const overlaps = kept && kept[0] < last && kept[1] > first;
    const [start, end] = overlaps ? kept : this.openingView();
    this.look(start, end);
    this.fitValues();
    this.#onView();
  }

  // Replace the data of the sources named, and leave the others. Columns that are left out are gaps.
  fill(sources) {
    for (const [name, columns] of Object.entries(sources)) {
      const source = this.#drawing.model(name);
      if (!this.#names.has(name)) this.#names.set(name, Object.keys(source.data));
      const length = columns.day.length;
      const data = Object.fromEntries(this.#names.get(name).map((column) => [column, new Array(length).fill(NaN)]));
      for (const [column, list] of Object.entries(columns)) {
        // BokehJS would draw a null as zero; NaN makes a gap.
        if (column in DAYS) data[DAYS[column]] = list.map((value) => value * DAY);
        else data[column] = list.map((value) => value ?? NaN);
      }
      source.data = data;
    }
  }

  get columns() {
    return this.#columns;
  }

  // The number from which percentages of a panel count; nothing while the reader wants money.
  base(name) {
    return this.#choices.unit === "percent" ? this.#columns?.bases[name] : undefined;
  }

  extent() {
    return [this.#columns.first_day * DAY, this.#columns.last_day * DAY];
  }

  openingView() {
    const [first, last] = this.extent();
    const opening = this.#columns.opening_day;
    return [opening == null ? first : Math.max(first, opening * DAY), last];
  }

  view() {
    return [this.#dates.start, this.#dates.end];
  }

  showsAll() {
    const [first, last] = this.extent();
    const [start, end] = this.view();
    return start <= first + DAY && end >= last - DAY;
  }

  // Show the dates from start to end, moved and cut so that they lie within the data.
  look(start, end) {
    const [first, last] = this.extent();
    const length = Math.min(end - start, last - first);
    const from = Math.min(Math.max(start, first), last - length);
    this.#dates.setv({ start: from, end: from + length });
  }

  // Position in a source of the bar nearest to a time; -1 where the source is empty.
  nearest(source, time) {
    const dates = this.#data(source).date;
    const right = lowerBound(dates, time);
    if (right === dates.length) return right - 1;
    return right > 0 && time - dates[right - 1] < dates[right] - time ? right - 1 : right;
  }

  value(source, column, position) {
    return this.#data(source)[column]?.[position];
  }

  #data(source) {
    return this.#drawing.model(source).data;
  }

  // Fit the y ranges and the size of marks to what is in view.
  fitValues() {
    const bases = this.#choices.unit === "percent" ? this.#columns?.bases : undefined;
    for (const range of this.#ranges) range.fit(...this.view(), bases);
    this.#marks.fit(...this.view());
  }
}
