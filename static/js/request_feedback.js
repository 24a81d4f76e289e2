// What a person learns of a request: a bar while it takes long, a message when it fails.

import { on } from "./lib/dom.js";

const LONG = 500; // milliseconds after which a person is told, and can stop it
const pending = new Set(); // requests under way
let noteTimer;

const showBusy = () => {
  const isBusy = pending.size > 0;
  document.documentElement.classList.toggle("is-busy", isBusy);
  if (isBusy) noteTimer ??= setTimeout(showNote, LONG, "Working …");
  else {
    clearTimeout(noteTimer);
    noteTimer = undefined;
    showNote("");
  }
};

const showNote = (text) => {
  const note = document.getElementById("busy-note");
  note.querySelector("[data-busy-text]").textContent = text;
  note.classList.toggle("is-shown", text !== "");
};

// Polling is no news: only what a person asked for moves the bar.
const isPolling = (event) => event.detail.elt.matches("[data-polls]");

// The request itself says when it ends. htmx's own events do not reach the document where the response
// has removed the element that sent the request.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { xhr } = event.detail;
  if (isPolling(event)) return;
  pending.add(xhr);
  xhr.addEventListener("loadend", () => {
    pending.delete(xhr);
    showBusy();
  });
  showBusy();
});
window.addEventListener("pageshow", () => {
  pending.clear();
  showBusy();
});
on("click", "[data-cancel-requests]", () => {
  for (const xhr of [...pending]) xhr.abort();
});

const toast = (message) => {
  const list = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  const item = template.content.firstElementChild.cloneNode(true);
  item.querySelector("p").textContent = message;
  list.replaceChildren(item); // One message at a time: the newest is the one that matters.
};

on("click", "[data-dismiss]", (button) => button.parentElement.remove());

const messageOf = (xhr) => {
  const page = new DOMParser().parseFromString(xhr.responseText ?? "", "text/html");
  const message = page.querySelector("[data-error-message]")?.textContent.trim();
  return message || `The server responded with an error (${xhr.status}). Try again; if it stays, look at the log.`;
};

// Polling requests every second: what goes wrong is said once, and again only after it went well.
let pollingFails = false;

const report = (event, message) => {
  if (isPolling(event)) {
    if (pollingFails) return;
    pollingFails = true;
  }
  toast(message);
};

document.addEventListener("htmx:afterRequest", (event) => {
  if (isPolling(event) && event.detail.successful) pollingFails = false;
});
document.addEventListener("htmx:responseError", (event) => report(event, messageOf(event.detail.xhr)));
document.addEventListener("htmx:sendError", (event) =>
  report(
    event,
    "The server does not respond. Check that it is running and that you are connected, then try again.",
  ),
);
document.addEventListener("htmx:timeout", (event) => report(event, "The server took too long to respond. Try again."));
