// What a person can do to a chart beside dragging it: buttons for dates and zoom, choices of how to
// draw, rows of the table of trades, and keys.
window.Hindcast = window.Hindcast ?? {};

(() => {
  "use strict";
  const YEAR = 365.25 * Hindcast.DAY;
  const AROUND_A_TRADE = 0.6; // of its length, on either side
  const KEY = "hindcast-chart-";

  const actions = {
    range: (model, years) => {
      const [first, last] = model.extent();
      const [, end] = model.view();
      const until = model.showsAll() ? last : end;
      return Number(years) ? model.look(until - Number(years) * YEAR, until) : model.look(first, last);
    },
    zoom: (model, factor) => {
      const [start, end] = model.view();
      const middle = (start + end) / 2;
      const half = Math.max((Number(factor) * (end - start)) / 2, 5 * Hindcast.DAY);
      model.look(middle - half, middle + half);
    },
    move: (model, share) => {
      const [start, end] = model.view();
      const distance = Number(share) * (end - start);
      model.look(start + distance, end + distance);
    },
    reset: (model) => model.look(...model.openingView()),
  };

  // Mark the button of the range in view.
  Hindcast.markRange = (host, model) => {
    const [start, end] = model.view();
    for (const button of host.querySelectorAll("[data-range]")) {
      const years = Number(button.dataset.range);
      const shown = years ? Math.abs(end - start - years * YEAR) < 2 * Hindcast.DAY : model.showsAll();
      button.setAttribute("aria-pressed", String(shown));
    }
  };

  // The reader's choices, such as { price: "candles" }: remembered ones, else those pressed in the page.
  Hindcast.choicesOf = (host) => {
    const choices = Object.fromEntries([(host.dataset.fixed ?? "").split("=")].filter(([name]) => name));
    for (const button of host.querySelectorAll("[data-choose]")) {
      const [name, choice] = button.dataset.choose.split("=");
      if (button.getAttribute("aria-pressed") === "true" || remembered(name) === choice) choices[name] = choice;
    }
    return choices;
  };

  // Press the buttons of the choices, and show of the page what belongs to them.
  Hindcast.showChoices = (host, choices) => {
    for (const button of host.querySelectorAll("[data-choose]")) {
      const [name, choice] = button.dataset.choose.split("=");
      button.setAttribute("aria-pressed", String(choices[name] === choice));
    }
    for (const element of host.querySelectorAll("[data-only]")) {
      const [name, choice] = element.dataset.only.split("=");
      element.hidden = choices[name] !== choice;
    }
  };

  const remembered = (name) => {
    try {
      return localStorage.getItem(KEY + name);
    } catch {
      return null; // Storage can be forbidden; the page's own choice then stands.
    }
  };

  const remember = (name, choice) => {
    try {
      localStorage.setItem(KEY + name, choice);
    } catch {
      // Storage can be forbidden; the choice then holds for this page.
    }
  };

  const choose = (host, chart, text) => {
    const [name, choice] = text.split("=");
    for (const button of host.querySelectorAll(`[data-choose^="${name}="]`)) {
      button.setAttribute("aria-pressed", String(button.dataset.choose === text));
    }
    remember(name, choice);
    const choices = Hindcast.choicesOf(host);
    Hindcast.showChoices(host, choices);
    chart.model.choose(choices);
    chart.cursor.refresh();
  };

  const act = (host, chart, dataset) => {
    for (const [name, action] of Object.entries(actions)) {
      if (name in dataset) action(chart.model, dataset[name]);
    }
    if ("choose" in dataset) choose(host, chart, dataset.choose);
  };

  // Move the chart to a trade or a drawdown, and draw a trade from its entry to its exit.
  const lookAtTrade = (host, chart, button) => {
    const { entry, exit, entryPrice, exitPrice } = button.dataset;
    const days = [entry, exit].map((text) => Date.parse(`${text}T00:00:00Z`));
    const around = Math.max(AROUND_A_TRADE * (days[1] - days[0]), 30 * Hindcast.DAY);
    const prices = [Number(entryPrice), Number(exitPrice)]; // a drawdown has none, and gets no line
    chart.model.fill({ chosen: { day: days.map((time) => time / Hindcast.DAY), price: prices } });
    chart.model.look(days[0] - around, days[1] + around);
    for (const row of document.querySelectorAll("tr[aria-current]")) row.removeAttribute("aria-current");
    button.closest("tr").setAttribute("aria-current", "true");
    const behavior = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
    // The chart is higher than most windows: what has to be in view is the price, its first panel.
    host.querySelector("[data-panel]").scrollIntoView({ behavior, block: "nearest" });
  };

  document.addEventListener("click", async (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest("[data-chart] button");
    const host = button?.closest("[data-chart]");
    const chart = host && (await Hindcast.charts.of(host));
    if (chart) act(host, chart, button.dataset);
  });

  // The whole row of a trade is a target; its button is there for the keyboard and for readers.
  document.addEventListener("click", async (event) => {
    if (!(event.target instanceof Element) || event.target.closest("a")) return;
    const button = event.target.closest("tr")?.querySelector("[data-look]");
    const host = button && document.getElementById(button.dataset.look);
    const chart = host && (await Hindcast.charts.of(host));
    if (chart) lookAtTrade(host, chart, button);
  });

  const keys = {
    "+": { zoom: "0.5" },
    "-": { zoom: "2" },
    0: { range: "0" },
    1: { range: "1" },
    3: { range: "3" },
    5: { range: "5" },
    "[": { move: "-0.5" },
    "]": { move: "0.5" },
  };

  // Do what a key stands for to the first chart of the page; answer whether there was something to do.
  Hindcast.chartKey = (key) => {
    const host = document.querySelector("[data-chart]");
    if (!host || !(key in keys)) return false;
    Hindcast.charts.of(host)?.then((chart) => chart && act(host, chart, keys[key]));
    return true;
  };
})();
