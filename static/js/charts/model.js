// A chart's model: what BokehJS holds of a skeleton, the columns in it, and the dates in view.
// The skeleton's own account of itself stands in its models' tags; see dashboard/charts/skeleton.py.
window.Hindcast = window.Hindcast ?? {};

(() => {
  "use strict";
  const MARGIN = 0.06; // of the range of values, above and below

  Hindcast.DAY = 86_400_000;

  Hindcast.ChartModel = class {
    #document;
    #dates;
    #columns = null;
    #follows = [];
    #onView;

    // onView: called after the dates in view have changed.
    constructor(document, onView) {
      this.#document = document;
      this.#dates = document.get_model_by_name("dates");
      this.#onView = onView;
      for (const model of document.all_models) {
        const columns = tagged(model, "follow:").map((text) => {
          const [source, names] = text.split("=");
          return { source, names: names.split(",") };
        });
        const [name] = tagged(model, "ticks:");
        const ticker = name && document.get_model_by_name(name);
        if (columns.length) this.#follows.push({ range: model, columns, ticker });
      }
      let scheduled = false;
      this.#dates.change.connect(() => {
        if (scheduled) return;
        scheduled = true;
        requestAnimationFrame(() => {
          scheduled = false;
          this.#followValues();
          this.#onView();
        });
      });
    }

    // Take the colours of the theme's design tokens.
    recolour() {
      const tokens = getComputedStyle(document.documentElement);
      for (const model of this.#document.all_models) {
        for (const text of tagged(model, "color:")) {
          const [property, token] = text.split("=");
          model.setv({ [property]: tokens.getPropertyValue(token).trim() });
        }
      }
    }

    // Show other columns. Dates that a person chose stay in view, where the new columns reach.
    show(columns) {
      const kept = this.#columns && !this.showsAll() ? this.view() : null;
      this.#columns = columns;
      this.fill(columns.sources);
      const [first, last] = this.extent();
      this.#dates.setv({ bounds: [first, last], min_interval: 5 * Hindcast.DAY });
      const overlaps = kept && kept[0] < last && kept[1] > first;
      const [start, end] = overlaps ? kept : this.openingView();
      this.look(start, end);
      this.#followValues();
      this.#onView();
    }

    // Replace the data of the sources named, and leave the others.
    fill(sources) {
      for (const [name, { day, ...values }] of Object.entries(sources)) {
        const data = { date: day.map((value) => value * Hindcast.DAY) };
        // BokehJS would draw a null as zero; NaN makes a gap.
        for (const [column, list] of Object.entries(values)) data[column] = list.map((value) => value ?? NaN);
        this.#document.get_model_by_name(name).data = data;
      }
    }

    get columns() {
      return this.#columns;
    }

    extent() {
      return [this.#columns.first_day * Hindcast.DAY, this.#columns.last_day * Hindcast.DAY];
    }

    openingView() {
      const [first, last] = this.extent();
      const opening = this.#columns.opening_day;
      return [opening == null ? first : Math.max(first, opening * Hindcast.DAY), last];
    }

    view() {
      return [this.#dates.start, this.#dates.end];
    }

    showsAll() {
      const [first, last] = this.extent();
      const [start, end] = this.view();
      return start <= first + Hindcast.DAY && end >= last - Hindcast.DAY;
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
      const dates = this.#document.get_model_by_name(source).data.date;
      const right = lowerBound(dates, time);
      if (right === dates.length) return right - 1;
      return right > 0 && time - dates[right - 1] < dates[right] - time ? right - 1 : right;
    }

    value(source, column, position) {
      return this.#document.get_model_by_name(source).data[column]?.[position];
    }

    #followValues() {
      const [start, end] = this.view();
      for (const { range, columns, ticker } of this.#follows) {
        // A logarithmic axis has no place for zero: an equity that is lost leaves the panel.
        const least = ticker ? Number.MIN_VALUE : -Infinity;
        const [low, high] = extremes(this.#document, columns, start, end, least);
        if (low > high) continue;
        if (ticker) {
          const margin = Math.max((high / low) ** MARGIN, 1.01);
          ticker.ticks = roundNumbers(low, high);
          range.setv({ start: low / margin, end: high * margin });
        } else {
          const margin = MARGIN * (high - low || Math.abs(high) || 1);
          range.setv({ start: low - margin, end: high + margin });
        }
      }
    }
  };

  const tagged = (model, prefix) =>
    (model.tags ?? []).filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));

  const lowerBound = (sorted, value) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  // Round numbers from low to high for a logarithmic axis: 1, 2, 5, 10, ... or, where these are too
  // few, equal steps.
  const roundNumbers = (low, high) => {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
      for (const digit of high / low > 100 ? [1, 3] : [1, 2, 5]) ticks.push(digit * 10 ** power);
    }
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    if (inside.length > 3) return inside;
    const rough = (high - low) / 4 || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((digit) => digit * power >= rough);
    const count = Math.floor(high / step) - Math.ceil(low / step) + 1;
    return Array.from({ length: Math.max(count, 0) }, (_, index) => (Math.ceil(low / step) + index) * step);
  };

  // Lowest and highest value in view; one bar beyond either edge counts, since lines lead there.
  // Values below `least` do not count.
  const extremes = (document, columns, start, end, least) => {
    let low = Infinity;
    let high = -Infinity;
    for (const { source, names } of columns) {
      const data = document.get_model_by_name(source).data;
      const from = Math.max(0, lowerBound(data.date, start) - 1);
      const to = Math.min(data.date.length, lowerBound(data.date, end) + 1);
      for (const name of names) {
        for (let position = from; position < to; position += 1) {
          const value = data[name][position];
          if (value < low && value >= least) low = value;
          if (value > high && value >= least) high = value;
        }
      }
    }
    return [low, high];
  };
})();
