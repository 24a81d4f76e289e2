// The heatmap of a sweep: fills the skeleton once mounted, reads out the field under the pointer or the
// arrow keys, and opens its backtest.
window.Hindcast = window.Hindcast ?? {};

(() => {
  "use strict";
  const LABELS_ALONG = { x: 12, y: 10 };
  const heatmaps = new Map(); // by host element

  const PERCENT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const FIGURES = {
    total_return: ["Total return", "percent"],
    cagr: ["CAGR", "percent"],
    sharpe: ["Sharpe ratio", "ratio"],
    max_drawdown: ["Worst drawdown", "percent"],
    trades: ["Trades", "count"],
    win_rate: ["Winning trades", "percent"],
  };
  const NAMES = { fast: "Fast", middle: "Middle", slow: "Slow", signal: "Signal", band: "Band" };

  const written = (value, kind) => {
    if (value == null) return "–";
    if (kind === "count") return value.toLocaleString("en");
    if (kind === "percent") return `${(100 * value).toLocaleString("en", PERCENT)}\u00a0%`;
    return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  };

  const parameter = (name, value) => (name === "band" ? written(value, "percent") : String(value));

  class Heatmap {
    #host;
    #document;
    #columns = null;
    #places = new Map(); // field by "x,y"
    #at = null;

    constructor(host, document, plot) {
      this.#host = host;
      this.#document = document;
      plot.on_event("mousemove", ({ x, y }) => this.#point(Math.round(x), Math.round(y)));
      plot.on_event("mouseleave", () => this.#rest());
      plot.on_event("tap", ({ x, y }) => this.#open(this.#places.get(`${Math.round(x)},${Math.round(y)}`)));
      host.addEventListener("keydown", (event) => this.#onKey(event));
    }

    get columns() {
      return this.#columns;
    }

    show(columns) {
      this.#columns = columns;
      const { x, y, value } = columns;
      this.#places = new Map(x.map((place, index) => [`${place},${y[index]}`, index]));
      this.#named("fields").data = { x, y, value: value.map((number) => number ?? NaN) };
      this.#named("colours").setv({ low: columns.low, high: columns.high });
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

    recolour() {
      const tokens = getComputedStyle(document.documentElement);
      for (const model of this.#document.all_models) {
        for (const tag of model.tags ?? []) {
          if (!tag.startsWith("color:")) continue;
          const [property, token] = tag.slice("color:".length).split("=");
          model.setv({ [property]: tokens.getPropertyValue(token).trim() });
        }
      }
    }

    // A page moves to the address of the field's backtest, which is run if it was not yet.
    #open(index) {
      if (index === undefined) return;
      const tuned = Object.entries(this.#columns.parameters).map(([name, values]) =>
        name === "band" ? ["band_percent", String(100 * values[index])] : [name, String(values[index])],
      );
      window.location.assign(`${this.#columns.address}&${new URLSearchParams(tuned)}`);
    }

    #point(x, y) {
      const index = this.#places.get(`${x},${y}`);
      if (index === undefined) return this.#rest();
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
      const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      if (event.target !== this.#host || !this.#columns) return;
      const here = this.#at ?? this.#columns.choice ?? this.#columns.best;
      if (here == null) return;
      if (event.key === "Enter") return this.#open(here);
      if (!(event.key in steps)) return;
      event.preventDefault();
      const { x, y } = this.#columns;
      const [right, up] = steps[event.key];
      const next = this.#at === null ? here : this.#places.get(`${x[here] + right},${y[here] + up}`);
      if (next === undefined) return;
      this.#point(x[next], y[next]);
      this.#host.querySelector("[data-spoken]").textContent = this.#pairs(next)
        .map(([label, text]) => `${label} ${text}`)
        .join(", ");
    }

    #pairs(index) {
      const { parameters, figures, value } = this.#columns;
      const shown = Object.entries(figures).filter(([name]) => name in FIGURES);
      return [
        ...Object.entries(parameters).map(([name, values]) => [NAMES[name], parameter(name, values[index])]),
        ["Around it", this.#written(figures.neighbourhood[index])],
        ...shown.map(([name, values]) => [FIGURES[name][0], written(values[index], FIGURES[name][1])]),
        ...(this.#columns.objective in FIGURES ? [] : [["Best by", this.#written(value[index])]]),
      ];
    }

    #readOut(index) {
      const list = this.#host.querySelector("[data-readout]");
      if (index == null) return list.replaceChildren();
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
      const kind = objective === "trades" ? "count" : /^(sharpe|sortino|calmar)$/.test(objective) ? "ratio" : "percent";
      return written(value, kind);
    }

    #mark(name, index) {
      const at = index == null ? [] : [index];
      const { x, y } = this.#columns ?? { x: [], y: [] };
      this.#named(name).data = { x: at.map((field) => x[field]), y: at.map((field) => y[field]) };
    }

    #layAxis(name, { label, values }) {
      const step = Math.ceil(values.length / LABELS_ALONG[name]);
      const ticks = values.map((_, place) => place).filter((place) => place % step === 0);
      this.#named(`ticks of ${name}`).ticks = ticks;
      this.#named(`axis of ${name}`).setv({
        axis_label: label,
        visible: Boolean(label),
        major_label_overrides: new Map(ticks.map((place) => [place, values[place]])),
      });
      this.#named(name).setv({ start: -0.5, end: values.length - 0.5 });
    }

    #named(name) {
      return this.#document.get_model_by_name(name);
    }
  }

  const mount = async (host) => {
    const response = await fetch(host.dataset.skeleton);
    if (!response.ok) throw new Error(`${host.dataset.skeleton} answered ${response.status}`);
    const { document: json, roots } = await response.json();
    const places = { [roots[0]]: host.querySelector("[data-canvas]") };
    const [views] = await Bokeh.embed.embed_items({ heat: json }, [{ docid: "heat", roots: places, root_ids: roots }]);
    const { document } = views.roots[0].model;
    const heatmap = new Heatmap(host, document, document.get_model_by_id(roots[0]));
    heatmap.recolour();
    Hindcast.picturing.set(places[roots[0]], () => {
      heatmap.recolour();
      return views.roots[0].export("png").canvas;
    });
    heatmap.remove = () => {
      views.clear();
      document.clear();
      const index = Bokeh.documents.indexOf(document);
      if (index >= 0) Bokeh.documents.splice(index, 1);
    };
    return heatmap;
  };

  const fill = async (host) => {
    const script = document.getElementById(host.dataset.columns);
    if (!script || script.dataset.shown) return;
    script.dataset.shown = "true";
    if (!heatmaps.has(host)) {
      const mounting = mount(host);
      heatmaps.set(host, mounting);
      mounting.catch(() => heatmaps.delete(host));
    }
    const heatmap = await heatmaps.get(host);
    if (!heatmaps.has(host)) return;
    heatmap.show(JSON.parse(script.textContent));
    host.removeAttribute("aria-busy");
  };

  document.addEventListener("htmx:load", () => {
    for (const host of document.querySelectorAll("[data-heatmap]")) {
      fill(host).catch((error) => {
        console.error(error);
        host.removeAttribute("aria-busy");
        host.querySelector("[data-chart-failure]").hidden = false;
      });
    }
  });

  document.addEventListener("hindcast:theme", async () => {
    for (const pending of heatmaps.values()) (await pending).recolour();
  });

  document.addEventListener("htmx:beforeCleanupElement", async (event) => {
    const pending = heatmaps.get(event.target);
    if (!pending) return;
    heatmaps.delete(event.target);
    (await pending).remove();
  });

  // For browser tests and the console.
  Hindcast.heatmaps = { of: (host) => heatmaps.get(host) };
})();
