// The table of trades: a heading or a page's link brings another view of it in its place.

import { on } from "./lib/dom.js";

// Show what a URL gives in place of the table; the window stays where it is.
export const showTrades = (url) => htmx.ajax("GET", url, { target: "#trades-table", swap: "outerHTML show:none" });

on("click", "#trades-table a[data-trades]", async (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // opened beside this page
  event.preventDefault();
  const text = link.textContent;
  await showTrades(link.href);
  const links = [...document.querySelectorAll("#trades-table a[data-trades]")];
  links.find((one) => one.textContent === text)?.focus({ preventScroll: true }); // the keyboard goes on from there
});
