// The box beside the pointer: the day under it, and the value of every line on that day. It repeats the
// legends' entries, so that it has their swatches and words.

const GAP = 14; // pixels between the pointer and the box

const isShown = (item) => !item.hidden && [...item.querySelectorAll("[data-value]")].some((output) => output.textContent);

const titleOf = (panel) => {
  const title = document.createElement("dt");
  title.textContent = panel.querySelector(".legend strong")?.firstChild.textContent.trim() ?? "";
  return title;
};

const rowsOf = (panel) => {
  const items = [...panel.querySelectorAll(".legend > span")].filter(isShown);
  if (!items.length) return [];
  const rows = items.map((item) => {
    const row = document.createElement("dd");
    row.append(...item.cloneNode(true).childNodes);
    for (const value of row.querySelectorAll("[data-value]")) value.style.minWidth = ""; // room of the legend
    return row;
  });
  return [titleOf(panel), ...rows];
};

export class Readout {
  #host;
  #box;

  constructor(host) {
    this.#host = host;
    this.#box = host.querySelector("[data-readout-box]");
  }

  hide() {
    this.#box.hidden = true;
  }

  // Show the legends' values beside a point of a canvas. title: of the box, the day.
  show(title, canvas, { sx, sy }) {
    const heading = document.createElement("strong");
    heading.textContent = title;
    const list = document.createElement("dl");
    list.append(...[...this.#host.querySelectorAll("[data-panel]:not([hidden])")].flatMap(rowsOf));
    this.#box.replaceChildren(heading, list);
    this.#box.hidden = false;
    this.#place(canvas, sx, sy);
  }

  // On the side with more room, and within the chart.
  #place(canvas, sx, sy) {
    const host = this.#host.getBoundingClientRect();
    const drawn = canvas.getBoundingClientRect();
    const [x, y] = [drawn.left - host.left + sx, drawn.top - host.top + sy];
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    const beside = x > host.width / 2 ? x - GAP - width : x + GAP;
    const left = Math.min(beside, host.width - width);
    const top = Math.min(Math.max(y - height / 2, 0), host.height - height);
    this.#box.style.transform = `translate(${Math.round(Math.max(left, 0))}px, ${Math.round(top)}px)`;
  }
}
