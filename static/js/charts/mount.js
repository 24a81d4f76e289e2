// Puts charts into pages: mounts a skeleton once, fills it again after every swap, and takes it away
// without leaving anything behind.
(() => {
  "use strict";
  const NARROW = 480; // pixels; a panel of less has room for few dates
  const charts = new Map(); // by host element
  const skeletons = new Map(); // by address

  const skeletonAt = (address) => {
    if (!skeletons.has(address)) {
      const skeleton = fetch(address).then((response) => {
        if (!response.ok) throw new Error(`${address} answered ${response.status}`);
        return response.json();
      });
      skeletons.set(address, skeleton);
      skeleton.catch(() => skeletons.delete(address)); // The next chart asks again.
    }
    return skeletons.get(address);
  };

  const mount = async (host) => {
    const { document: json, roots } = await skeletonAt(host.dataset.skeleton);
    const targets = [...host.querySelectorAll("[data-canvas]")];
    const places = Object.fromEntries(roots.map((id, index) => [id, targets[index]]));
    const [views] = await Bokeh.embed.embed_items({ chart: json }, [{ docid: "chart", roots: places, root_ids: roots }]);
    const document = views.roots[0].model.document;
    if (!host.isConnected) return remove({ views, document });

    const chart = { views, document };
    const choices = Hindcast.choicesOf(host);
    Hindcast.showChoices(host, choices);
    chart.model = new Hindcast.ChartModel(document, () => viewChanged(host, chart));
    const plots = targets.map((canvas, index) => {
      const model = document.get_model_by_id(roots[index]);
      const view = views.get(model);
      Hindcast.picturing.set(canvas, () => {
        chart.model.recolour();
        return view.export("png").canvas;
      });
      return { model, view, panel: canvas.closest("[data-panel]"), canvas };
    });
    for (const { model } of plots) model.on_event("doubletap", () => chart.model.look(...chart.model.openingView()));
    if (host.clientWidth < NARROW) plots.forEach(({ model }) => writeFewDates(model));
    if (window.matchMedia("(pointer: coarse)").matches) plots.forEach(({ model }) => leaveTouchToThePage(model.toolbar));
    chart.cursor = new Hindcast.ChartCursor(host, chart.model, plots);
    chart.model.recolour();
    chart.model.choose(choices);
    return chart;
  };

  const writeFewDates = ({ below }) => {
    for (const { ticker } of below) ticker.desired_num_ticks = 3;
  };

  // A finger scrolls the page; the buttons move the chart.
  const leaveTouchToThePage = (toolbar) => {
    for (const tool of toolbar.tools) tool.active = false;
    toolbar.active_changed.emit();
  };

  const remove = ({ views, document }) => {
    views.clear();
    document.clear();
    const index = Bokeh.documents.indexOf(document);
    if (index >= 0) Bokeh.documents.splice(index, 1);
  };

  // Fill the chart from the columns that stand in the page for it, unless it shows them already.
  const fill = async (host) => {
    const script = document.getElementById(host.dataset.columns);
    if (!script || script.dataset.shown) return;
    script.dataset.shown = "true";
    const columns = JSON.parse(script.textContent);
    if (!charts.has(host)) {
      const mounting = mount(host);
      charts.set(host, mounting);
      mounting.catch(() => charts.delete(host)); // `fillAll` tells the person; nothing is left to clean up.
    }
    const chart = await charts.get(host);
    if (!chart || !charts.has(host)) return;
    for (const element of host.querySelectorAll("[data-label]")) {
      element.textContent = columns.labels[element.dataset.label] ?? element.textContent;
    }
    for (const panel of host.querySelectorAll("[data-needs]")) {
      panel.hidden = columns.sources[panel.dataset.needs].day.length === 0;
    }
    chart.model.fill(Object.fromEntries(ofTheLast(host).map((name) => [name, { day: [] }])));
    chart.model.show(columns);
    host.removeAttribute("aria-busy");
    host.dispatchEvent(new CustomEvent("hindcast:shown", { bubbles: true }));
  };

  // Sources that show what a person pointed at in the result before.
  const ofTheLast = (host) => (host.dataset.forget ?? "").split(" ").filter(Boolean);

  const fillAll = () => {
    for (const host of document.querySelectorAll("[data-chart]")) {
      fill(host).catch((error) => {
        console.error(error);
        host.removeAttribute("aria-busy");
        host.querySelector("[data-chart-failure]").hidden = false;
      });
    }
  };

  const viewChanged = (host, chart) => {
    if (!chart.cursor) return;
    chart.cursor.refresh();
    Hindcast.markRange(host, chart.model);
    for (const note of host.querySelectorAll("[data-while-all]")) note.hidden = !chart.model.showsAll();
    clearTimeout(chart.timer);
    chart.timer = setTimeout(() => loadDetail(chart), 200);
  };

  // A long run arrives thinned; the part in view is then asked for in full.
  const loadDetail = async (chart) => {
    const { columns } = chart.model;
    if (!columns.detail_address || chart.model.showsAll()) return;
    const [start, end] = chart.model.view().map((time) => new Date(time).toISOString().slice(0, 10));
    chart.abort?.abort();
    chart.abort = new AbortController();
    try {
      const address = `${columns.detail_address}?start=${start}&end=${end}`;
      const response = await fetch(address, { signal: chart.abort.signal });
      if (!response.ok) return; // The thinned lines stay: they are right, only coarser.
      const sources = await response.json();
      if (chart.model.columns !== columns) return;
      chart.model.fill(sources);
      chart.model.fitValues();
      chart.cursor.refresh();
    } catch (error) {
      if (error.name !== "AbortError") console.warn("The chart stays thinned:", error);
    }
  };

  document.addEventListener("hindcast:theme", async () => {
    for (const pending of charts.values()) (await pending)?.model.recolour();
  });

  document.addEventListener("htmx:load", fillAll);
  document.addEventListener("htmx:beforeCleanupElement", async (event) => {
    const pending = charts.get(event.target);
    if (!pending) return;
    charts.delete(event.target);
    const chart = await pending;
    if (!chart) return;
    clearTimeout(chart.timer);
    chart.abort?.abort();
    remove(chart);
  });

  // The chart that is drawn into a host, as a promise.
  Hindcast.charts = { count: () => charts.size, of: (host) => charts.get(host) };
})();
