// The y axes of a chart: which values are in view, which of them are round, and how they are written.

import { tagged } from "./bokeh.js";
import { lowerBound } from "./time_axis.js";

const MARGIN = 0.06; // of the range of values, above and below

// A y range that fits the values in view. Where the skeleton asks for it, the axis gets round ticks;
// with a base, the reader may have them as percentages of it.
export class ValueRange {
  #range;
  #columns;
  #source;
  #isLogarithmic;
  #isChosen;
  #plot;
  #axis;
  #base;
  #floor;
  #isLabelled = false;

  // source: gives the data of a source by name; axis: gives an axis by name; plot: gives the plot of a range.
  constructor(range, { source, axis, plot }) {
    this.#range = range;
    this.#plot = plot(range);
    this.#source = source;
    this.#columns = tagged(range, "follow:").map((text) => {
      const [name, columns] = text.split("=");
      return { name, columns: columns.split(",") };
    });
    const [scale] = tagged(range, "scale:");
    this.#isChosen = scale === "chosen";
    this.#isLogarithmic = scale !== "linear";
    const [axisName] = tagged(range, "ticks:");
    this.#axis = axisName === undefined ? null : axis(axisName);
    [this.#base] = tagged(range, "base:");
    const [floor] = tagged(range, "floor:");
    this.#floor = floor === undefined ? null : Number(floor);
  }

  // Take the scale that the reader chose, where there is a choice: "log" or "linear".
  choose(scale) {
    const isLogarithmic = scale !== "linear";
    if (!this.#isChosen || isLogarithmic === this.#isLogarithmic) return;
    this.#isLogarithmic = isLogarithmic;
    // A logarithmic scale cannot show what a linear one has below zero.
    if (isLogarithmic && this.#range.start <= 0) this.#range.setv({ start: this.#range.end / 10 });
    this.#plot.y_scale = new (Bokeh.Models.get(isLogarithmic ? "LogScale" : "LinearScale"))();
  }

  // Fit the values from start to end. `bases`: numbers from which percentages count, if they are wanted.
  fit(start, end, bases) {
    // A logarithmic axis has no place for zero: an equity that is lost leaves the panel.
    let [low, high] = this.#extremes(start, end, this.#isLogarithmic ? Number.MIN_VALUE : -Infinity);
    if (low > high) return;
    if (this.#floor !== null) [low, high] = [Math.min(low, this.#floor), Math.max(high, this.#floor)];
    if (this.#isLogarithmic) {
      const margin = Math.max((high / low) ** MARGIN, 1.01);
      this.#range.setv({ start: low / margin, end: high * margin });
    } else {
      const margin = MARGIN * (high - low || Math.abs(high) || 1);
      // What stands on the floor, as volumes do, gets no margin under it.
      const under = low === this.#floor ? 0 : margin;
      const over = high === this.#floor ? 0 : margin;
      this.#range.setv({ start: low - under, end: high + over });
    }
    if (this.#axis) this.#writeTicks(low, high, bases?.[this.#base]);
  }

  // With a base, ticks are round changes from it and are written as percentages.
  #writeTicks(low, high, base) {
    const unit = base ?? 1;
    const origin = base ? 1 : 0;
    const ticks = this.#isLogarithmic ? roundRatios(low / unit, high / unit, origin) : equalSteps(low / unit, high / unit, origin);
    if (base) this.#isLabelled = true;
    // BokehJS keeps labels that are no longer given: once there are some, every tick gets one.
    if (this.#isLabelled) this.#axis.setv({ major_label_overrides: this.#labels(ticks, base) });
    this.#axis.ticker.ticks = ticks.map((tick) => tick * unit);
  }

  #labels(ticks, base) {
    if (base) return new Map(ticks.map((tick) => [tick * base, percentOf(tick - 1)]));
    const texts = this.#axis.formatter.doFormat(ticks, { loc: 0 });
    return new Map(ticks.map((tick, index) => [tick, texts[index]]));
  }

  // Lowest and highest value in view; one bar beyond either edge counts, since lines lead there.
  // Values below `least` do not count.
  #extremes(start, end, least) {
    let low = Infinity;
    let high = -Infinity;
    for (const { name, columns } of this.#columns) {
      const data = this.#source(name);
      const from = Math.max(0, lowerBound(data.date, start) - 1);
      const to = Math.min(data.date.length, lowerBound(data.date, end) + 1);
      for (const column of columns) {
        const values = data[column];
        for (let position = from; position < to; position += 1) {
          const value = values[position];
          if (value < low && value >= least) low = value;
          if (value > high && value >= least) high = value;
        }
      }
    }
    return [low, high];
  }
}

const PERCENT = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const percentOf = (change) => `${PERCENT.format(100 * change + 0)}%`;

// Round numbers from low to high for a logarithmic axis: 1, 2, 5, 10, ... or, where these are too
// few, equal steps from `origin`.
const roundRatios = (low, high, origin) => {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const digit of high / low > 100 ? [1, 3] : [1, 2, 5]) ticks.push(digit * 10 ** power);
  }
  const inside = ticks.filter((tick) => tick >= low && tick <= high);
  return inside.length > 3 ? inside : equalSteps(low, high, origin);
};

// Round steps from low to high, counted from `origin`.
const equalSteps = (low, high, origin) => {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((digit) => digit * power >= rough * 0.999);
  const first = Math.ceil((low - origin) / step);
  const count = Math.floor((high - origin) / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => origin + (first + index) * step);
};
