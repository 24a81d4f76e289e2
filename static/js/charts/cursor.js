// The line under the pointer, and the values that the legend shows for its day.
window.Hindcast = window.Hindcast ?? {};

(() => {
  "use strict";
  const MARK_WIDTH = 0.008; // of the panel

  // A source that has nothing within `data-reach` days of the cursor says so with a dash, instead of
  // showing another day's value; marks (`data-near`) show values only under the cursor.
  Hindcast.ChartCursor = class {
    #host;
    #model;
    #plots;
    #time = null;
    #reach;

    // plots: [{ model, view, element }], one for each panel.
    constructor(host, model, plots) {
      this.#host = host;
      this.#model = model;
      this.#plots = plots;
      this.#reach = Number(host.dataset.reach ?? Infinity) * Hindcast.DAY;
      for (const { model: plot } of plots) {
        plot.on_event("mousemove", (event) => this.#moveTo(event.x));
        plot.on_event("mouseleave", () => this.clear());
      }
      host.addEventListener("keydown", (event) => this.#onKey(event));
      host.addEventListener("focusout", () => this.clear());
    }

    clear() {
      this.#time = null;
      this.refresh();
    }

    // Write values and place the line anew, for example after the data or the view has changed.
    refresh() {
      const [start, end] = this.#model.view();
      const time = this.#time ?? end;
      // A mark is pointed at when it is about its own width away.
      const markReach = Math.max(MARK_WIDTH * (end - start), Hindcast.DAY / 2);
      let shown = null;
      for (const output of this.#host.querySelectorAll("[data-value]")) {
        const [source, column] = output.dataset.value.split(".");
        const position = this.#model.nearest(source, time);
        const at = this.#model.value(source, "date", position);
        output.parentElement.hidden = position < 0; // a line without data needs no place in the legend
        const isMark = "near" in output.dataset;
        const isNear = at !== undefined && Math.abs(at - time) <= (isMark ? markReach : this.#reach);
        if (isNear && !isMark) shown ??= at;
        const value = isNear ? this.#model.value(source, column, position) : null;
        output.textContent = isMark && !isNear ? "" : written(value, output.dataset.format);
      }
      const date = this.#host.querySelector("[data-cursor-date]");
      if (date) date.textContent = shown == null ? "" : day(shown);
      this.#drawLine(this.#time == null ? null : shown);
    }

    #moveTo(time) {
      const [start, end] = this.#model.view();
      if (time < start || time > end) return;
      this.#time = time;
      this.refresh();
    }

    #drawLine(time) {
      for (const { view, element } of this.#plots) {
        const line = element.querySelector(".chart-cursor");
        line.hidden = time == null;
        if (time != null) line.style.transform = `translateX(${Math.round(view.frame.x_scale.compute(time))}px)`;
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
      this.refresh();
      this.#host.querySelector("[data-readout]").textContent = `${day(time)}. ${this.#legendInWords()}`;
    }

    // The legends as they stand, panel by panel: "Price: Close 77.12, Simple 20 75.30. Equity: ..."
    #legendInWords() {
      const panels = this.#plots.map(({ element }) => {
        const title = element.querySelector(".legend strong")?.textContent;
        const filled = [...element.querySelectorAll("[data-value]")].filter((output) => output.textContent);
        const values = filled.map((output) => output.parentElement);
        const items = [...new Set(values)].filter((item) => !item.hidden).map((item) => item.innerText.trim());
        return (title ? `${title}: ` : "") + items.join(", ");
      });
      return `${panels.join(". ")}.`;
    }
  };

  const day = (time) => new Date(time).toISOString().slice(0, 10);

  const DIGITS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const SMALL = new Intl.NumberFormat("en", { minimumFractionDigits: 4, maximumFractionDigits: 4 });
  const NUMBER = new Intl.NumberFormat("en", DIGITS);
  const SIGNED = new Intl.NumberFormat("en", { ...DIGITS, signDisplay: "exceptZero" });

  const written = (value, format) => {
    if (value == null || Number.isNaN(value)) return "—";
    if (format === "percent") return `${NUMBER.format(100 * value)} %`;
    if (format === "change") return `${SIGNED.format(100 * value)} %`;
    return Math.abs(value) < 1 ? SMALL.format(value) : NUMBER.format(value); // as prices are on the page
  };
})();
