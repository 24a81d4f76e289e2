// The marks of a chart, such as those of trades: large while they are few, small where they crowd the
// view, so that the line under them stays visible. Every one is drawn.

import { tagged } from "./bokeh.js";
import { lowerBound } from "./time_axis.js";

const REACH = 12; // pixels from the middle of a mark to a click at it
const SHARE_OF_ROOM = 0.5; // of the pixels that each mark has for itself, beyond the least size

export class Marks {
  #renderers;
  #plot;
  #least;
  #most;

  // models: of the drawing. onResize: called when the width of the panel has changed, and with it the room for marks.
  constructor(models, onResize) {
    this.#renderers = models.filter((model) => tagged(model, "size:").length);
    if (!this.#renderers.length) return;
    const [first] = this.#renderers;
    [this.#least, this.#most] = tagged(first, "size:")[0].split(",").map(Number);
    this.#plot = models.find((model) => Array.isArray(model.renderers) && model.renderers.includes(first));
    this.#plot.properties.inner_width.change.connect(onResize);
  }

  // The trade whose mark lies at a point of its panel; undefined where none does.
  tradeAt({ model, view }, { sx, sy }) {
    if (model !== this.#plot) return undefined;
    const { x_scale, y_scale } = view.frame;
    let nearest = REACH;
    let found;
    for (const { data_source } of this.#renderers) {
      const { date, price, trade } = data_source.data;
      for (let place = 0; place < date.length; place += 1) {
        const distance = Math.hypot(x_scale.compute(date[place]) - sx, y_scale.compute(price[place]) - sy);
        if (distance >= nearest) continue;
        nearest = distance;
        found = trade?.[place];
      }
    }
    return found;
  }

  // Size the marks for the dates from start to end.
  fit(start, end) {
    if (!this.#renderers.length || !this.#plot.inner_width) return;
    const count = this.#renderers.reduce((sum, { data_source }) => {
      const dates = data_source.data.date;
      return sum + lowerBound(dates, end) - lowerBound(dates, start);
    }, 0);
    const room = this.#plot.inner_width / Math.max(count, 1);
    const size = Math.round(Math.min(this.#most, this.#least + SHARE_OF_ROOM * room));
    for (const { glyph } of this.#renderers) {
      if (glyph.size?.value !== size) glyph.setv({ size: { value: size }, line_width: { value: size < 8 ? 1 : 1.5 } });
    }
  }
}
