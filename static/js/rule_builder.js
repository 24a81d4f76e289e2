// Rows that write the text of a condition, and the text that fills the rows. Without this script the text alone does.

const COMPARISON = /^(.+?)\s+(crosses above|crosses below|is above|is below|>=|<=|!=|>|<|=)\s+(.+)$/;
const MOVE = /^(.+?)\s+(rises for|falls for)\s+(\S+)\s+bars?$/;
const WORDS = /\b(not|within|and|or)\b/;

const template = (name) => document.getElementById(`rule-builder-${name}`).content.cloneNode(true);
const textOf = (builder) => builder.closest("form").elements[builder.dataset.builder];
const rowsOf = (builder) => [...builder.querySelectorAll(".builder-row")];

// Parts between a word that stands outside of parentheses.
const split = (text, word) => {
  const parts = [];
  let depth = 0;
  let begin = 0;
  for (const { 0: found, index } of text.matchAll(new RegExp(`[()]|\\s${word}\\s`, "g"))) {
    if (found === "(") depth += 1;
    else if (found === ")") depth -= 1;
    else if (depth === 0) {
      parts.push(text.slice(begin, index));
      begin = index + found.length;
    }
  }
  return [...parts, text.slice(begin)].map((part) => part.trim());
};

const parsed = (text) => {
  const clean = text.replace(/#[^\n]*/g, " ").replace(/\s+/g, " ").trim();
  if (!clean) return { joined: "and", rows: [["", ">", ""]] };
  const joined = split(clean, "or").length > 1 ? "or" : "and";
  const rows = split(clean, joined).map((part) => (part.match(MOVE) ?? part.match(COMPARISON))?.slice(1));
  const isPlain = rows.every((row) => row && !WORDS.test(`${row[0]} ${row[2]}`));
  return isPlain ? { joined, rows } : null;
};

const addRow = (builder, [left, comparison, right]) => {
  const row = template("row");
  row.querySelector("[data-left]").value = left;
  row.querySelector("[data-comparison]").value = comparison;
  row.querySelector("[data-right]").value = right;
  builder.querySelector(".builder-rows").append(row);
};

const fill = (builder) => {
  const found = parsed(textOf(builder).value);
  const rows = builder.querySelector(".builder-rows");
  if (!found) return rows.replaceChildren(template("refusal"));
  rows.replaceChildren(template("head"));
  rows.querySelector("[data-joined]").value = found.joined;
  for (const row of found.rows) addRow(builder, row);
};

const written = (row) => {
  const [left, comparison, right] = ["left", "comparison", "right"].map((name) => row.querySelector(`[data-${name}]`).value.trim());
  if (!left || !right) return "";
  return comparison.endsWith(" for") ? `${left} ${comparison} ${right} bars` : `${left} ${comparison} ${right}`;
};

// While rows write the text, the text does not fill the rows.
let isWriting = false;

const write = (builder, kind) => {
  const joined = builder.querySelector("[data-joined]").value;
  const text = textOf(builder);
  text.value = rowsOf(builder).map(written).filter(Boolean).join(` ${joined} `);
  isWriting = true;
  text.dispatchEvent(new Event(kind, { bubbles: true }));
  isWriting = false;
};

const fillOpen = (text) => {
  const open = document.querySelector(`[data-builder="${text.name}"][open]`);
  if (open && !isWriting) fill(open);
};

document.addEventListener(
  "toggle",
  ({ target }) => target instanceof HTMLDetailsElement && target.dataset.builder && target.open && fill(target),
  true,
);

document.addEventListener("input", ({ target }) => {
  const builder = target.closest("[data-builder]");
  if (builder) write(builder, "input");
  else if (target.matches(".rule-text")) fillOpen(target);
});
document.addEventListener("change", ({ target }) => target.matches(".rule-text") && fillOpen(target));

document.addEventListener("click", ({ target }) => {
  const builder = target instanceof Element && target.closest("[data-builder]");
  if (!builder) return;
  if (target.closest("[data-add-row]")) {
    addRow(builder, ["", ">", ""]);
    rowsOf(builder).at(-1).querySelector("[data-left]").focus();
  } else if (target.closest("[data-remove-row]")) {
    target.closest(".builder-row").remove();
    write(builder, "change");
  }
});
