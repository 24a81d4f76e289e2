// BokehJS in a page: draws skeletons, keeps them through swaps, and takes them away without leaving
// anything behind. What a skeleton's models say of themselves stands in their tags; see
// dashboard/charts/skeleton.py.

import { printAs } from "./printing.js";

// What the tags of a model say after a prefix.
export const tagged = (model, prefix) =>
  (model.tags ?? []).filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));

const skeletons = new Map(); // by URL

const fetchSkeleton = (url) => {
  if (!skeletons.has(url)) {
    const skeleton = fetch(url).then((response) => {
      if (!response.ok) throw new Error(`${url} responded with ${response.status}`);
      return response.json();
    });
    skeletons.set(url, skeleton);
    skeleton.catch(() => skeletons.delete(url)); // The next chart tries again.
  }
  return skeletons.get(url);
};

// What BokehJS has drawn into an element.
class Drawing {
  #views;

  // plots: [{ model, view, canvas }], one for each canvas of the page.
  constructor(views, document, plots) {
    this.#views = views;
    this.document = document;
    this.plots = plots;
    for (const { view, canvas } of plots) {
      printAs(canvas, () => {
        this.recolour();
        return view.export("png").canvas;
      });
    }
    this.recolour();
  }

  model(name) {
    return this.document.get_model_by_name(name);
  }

  get models() {
    return [...this.document.all_models];
  }

  // Take the colours of the theme's design tokens.
  recolour() {
    const tokens = getComputedStyle(document.documentElement);
    for (const model of this.models) {
      for (const text of tagged(model, "color:")) {
        const [property, token] = text.split("=");
        model.setv({ [property]: tokens.getPropertyValue(token).trim() });
      }
    }
  }

  remove() {
    this.#views.clear();
    this.document.clear();
    const index = Bokeh.documents.indexOf(this.document);
    if (index >= 0) Bokeh.documents.splice(index, 1);
  }
}

const draw = async (host) => {
  const { document: json, roots } = await fetchSkeleton(host.dataset.skeleton);
  const canvases = [...host.querySelectorAll("[data-canvas]")];
  const places = Object.fromEntries(roots.map((id, index) => [id, canvases[index]]));
  const [views] = await Bokeh.embed.embed_items({ chart: json }, [{ docid: "chart", roots: places, root_ids: roots }]);
  const { document } = views.roots[0].model;
  const plots = roots.map((id, index) => {
    const model = document.get_model_by_id(id);
    return { model, view: views.get(model), canvas: canvases[index] };
  });
  return new Drawing(views, document, plots);
};

// The charts of one kind in a page: each is drawn once, and filled again by every swap.
export class Charts {
  #selector;
  #create;
  #mounted = new Map(); // by host: a promise of { chart, drawing }

  // selector: of the hosts. create(host, drawing): returns the chart, which has show(columns), and
  // remove() where it has something to stop.
  constructor(selector, create) {
    this.#selector = selector;
    this.#create = create;
    document.addEventListener("htmx:load", () => this.#fillAll());
    document.addEventListener("htmx:beforeCleanupElement", ({ target }) => this.#unmount(target));
    document.addEventListener("hindcast:theme", async () => {
      for (const mounting of this.#mounted.values()) (await mounting)?.drawing.recolour();
    });
  }

  // The chart that is drawn into a host, as a promise; undefined while there is none.
  async of(host) {
    return (await this.#mounted.get(host))?.chart;
  }

  #fillAll() {
    for (const host of document.querySelectorAll(this.#selector)) {
      this.#fill(host).catch((error) => {
        console.error(error);
        host.removeAttribute("aria-busy");
        host.querySelector("[data-chart-failure]").hidden = false;
      });
    }
  }

  // Fill the chart from the columns that stand in the page for it, unless it shows them already.
  async #fill(host) {
    const script = document.getElementById(host.dataset.columns);
    if (!script || script.dataset.shown) return;
    script.dataset.shown = "true";
    const columns = JSON.parse(script.textContent);
    const mounted = await this.#mount(host);
    if (!mounted || !this.#mounted.has(host)) return; // swapped away meanwhile
    mounted.chart.show(columns);
    host.removeAttribute("aria-busy");
    host.dispatchEvent(new CustomEvent("hindcast:shown", { bubbles: true }));
  }

  #mount(host) {
    if (!this.#mounted.has(host)) {
      const mounting = this.#drawInto(host);
      this.#mounted.set(host, mounting);
      mounting.catch(() => this.#mounted.delete(host)); // `fillAll` tells the person.
    }
    return this.#mounted.get(host);
  }

  async #drawInto(host) {
    const drawing = await draw(host);
    if (host.isConnected) return { chart: this.#create(host, drawing), drawing };
    drawing.remove();
    return undefined;
  }

  async #unmount(host) {
    const mounting = this.#mounted.get(host);
    if (!mounting) return;
    this.#mounted.delete(host);
    const mounted = await mounting;
    mounted?.chart.remove?.();
    mounted?.drawing.remove();
  }
}
