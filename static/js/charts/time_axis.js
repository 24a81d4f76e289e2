// Where days stand along the x axis, and which of them are named under it. Days count from 1970-01-01.

const MILLISECONDS = 86_400_000;
const ROOM_FOR_A_LABEL = 72; // pixels

// The date of a day, in ISO 8601.
export const isoDate = (day) => new Date(Math.round(day) * MILLISECONDS).toISOString().slice(0, 10);

// The day of a date in ISO 8601.
export const dayOf = (text) => Date.parse(`${text}T00:00:00Z`) / MILLISECONDS;

// Position of the first value that is not below `value`.
export const lowerBound = (sorted, value) => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

// Sessions side by side: weekends, holidays and halts take no room. Days between two sessions lie
// between them; days beyond the first or last go on as sessions would.
export class SessionScale {
  #days;

  // days: of every session, in order.
  constructor(days) {
    this.#days = days;
  }

  x(day) {
    const days = this.#days;
    const right = lowerBound(days, day);
    if (days[right] === day) return right;
    if (right === 0) return ((day - days[0]) * 5) / 7;
    if (right === days.length) return right - 1 + ((day - days[right - 1]) * 5) / 7;
    const left = days[right - 1];
    return right - 1 + (day - left) / (days[right] - left);
  }

  // The session nearest to a place.
  day(x) {
    const place = Math.min(Math.max(Math.round(x), 0), this.#days.length - 1);
    return this.#days[place];
  }

  // Where a period begins: at its first session.
  start(day) {
    return lowerBound(this.#days, day);
  }
}

// Days as in the calendar.
export class CalendarScale {
  x(day) {
    return day;
  }

  day(x) {
    return Math.round(x);
  }

  start(day) {
    return day;
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const STEPS = [
  ...[1, 2, 7, 14].map((days) => ({ days, length: days })),
  ...[1, 3, 6].map((months) => ({ months, length: 30.4 * months })),
  ...[1, 2, 5, 10].map((years) => ({ months: 12 * years, length: 365.25 * years })),
];

// The days at which periods of a step begin, from first to last.
const beginnings = ({ days, months }, first, last) => {
  const found = [];
  if (days) {
    // Days since a Monday, so that steps of weeks begin on Mondays.
    for (let day = Math.ceil((first - 4) / days) * days + 4; day <= last; day += days) found.push(day);
    return found;
  }
  const date = new Date(first * MILLISECONDS);
  const from = Math.floor((12 * date.getUTCFullYear() + date.getUTCMonth()) / months) * months;
  for (let month = from; ; month += months) {
    const day = Date.UTC(Math.floor(month / 12), month % 12, 1) / MILLISECONDS;
    if (day > last) return found;
    if (day >= first) found.push(day);
  }
};

const label = ({ days, months }, day) => {
  const date = new Date(day * MILLISECONDS);
  const [year, month] = [date.getUTCFullYear(), MONTHS[date.getUTCMonth()]];
  if (days) return `${date.getUTCDate()} ${month}`;
  return months % 12 ? `${month} ${year}` : String(year);
};

// The named days of a view: [{ x, text }], at most `most` and a few.
const dateTicks = (scale, start, end, most) => {
  const [first, last] = [scale.day(start), scale.day(end)];
  const step = STEPS.find(({ length }) => (last - first) / length <= most) ?? STEPS.at(-1);
  return beginnings(step, first, last)
    .map((day) => ({ x: scale.start(day), text: label(step, day) }))
    .filter(({ x }, index, all) => x >= start && x <= end && x !== all[index - 1]?.x);
};

// Let the x axis of a plot name days. scale: gives the scale in use.
export const nameDays = (plot, scale) => {
  for (const axis of plot.below) {
    let texts = new Map();
    axis.ticker.get_ticks = (start, end) => {
      const most = Math.max(2, Math.floor((plot.inner_width || 600) / ROOM_FOR_A_LABEL));
      const ticks = dateTicks(scale(), start, end, most);
      texts = new Map(ticks.map(({ x, text }) => [x, text]));
      return { major: ticks.map(({ x }) => x), minor: [] };
    };
    axis.formatter.doFormat = (ticks) => ticks.map((x) => texts.get(x) ?? "");
  }
};
