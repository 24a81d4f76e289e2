// Numbers as the pages write them: the same digits, signs and units as core/formatting.py.

import { isoDate } from "./time_axis.js";

const SPACE = "\u00a0"; // keeps a figure and its unit on one line
const UNDEFINED = "—";

const numbers = (digits, options) =>
  new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options });

const WHOLE = numbers(0);
const HUNDREDTHS = numbers(2, { signDisplay: "negative" });
const SMALL_PRICE = numbers(4, { signDisplay: "negative" });
const SIGNED = numbers(2, { signDisplay: "exceptZero" });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });

const formats = {
  price: (value) => (Math.abs(value) < 1 ? SMALL_PRICE : HUNDREDTHS).format(value),
  ratio: (value) => HUNDREDTHS.format(value),
  percent: (value) => `${HUNDREDTHS.format(100 * value)}${SPACE}%`,
  change: (value) => `${SIGNED.format(100 * value)}${SPACE}%`,
  count: (value) => WHOLE.format(value),
  date: isoDate,
  compact: (value) => COMPACT.format(value).toLowerCase(), // as on an axis
};

// A value in one of the formats above; a price where none is named.
export const written = (value, format = "price") =>
  value == null || Number.isNaN(value) ? UNDEFINED : formats[format](value);
