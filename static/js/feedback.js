// What a person learns of a request: a bar while it takes long, a message when it fails.
(() => {
  "use strict";
  const LONG = 500; // milliseconds after which a person is told, and can stop it
  const pending = new Set(); // elements whose request is under way
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

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPolling(event)) return;
    pending.add(event.detail.elt);
    showBusy();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    pending.delete(event.detail.elt);
    showBusy();
  });
  window.addEventListener("pageshow", () => {
    pending.clear();
    showBusy();
  });
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-cancel-requests]")) return;
    for (const element of pending) htmx.trigger(element, "htmx:abort");
  });

  const toast = (message) => {
    const list = document.getElementById("toasts");
    const template = document.getElementById("toast-template");
    const item = template.content.firstElementChild.cloneNode(true);
    item.querySelector("p").textContent = message;
    list.replaceChildren(item); // One message at a time: the newest is the one that matters.
  };

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element) event.target.closest("[data-dismiss]")?.parentElement.remove();
  });

  const messageOf = (xhr) => {
    const page = new DOMParser().parseFromString(xhr.responseText ?? "", "text/html");
    const message = page.querySelector("[data-error-message]")?.textContent.trim();
    return message || `The server answered with an error (${xhr.status}). Try again; if it stays, look at the log.`;
  };

  // Polling asks every second: what goes wrong is said once, and again only after it went well.
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
      "The server does not answer. Check that it is running and that you are connected, then try again.",
    ),
  );
  document.addEventListener("htmx:timeout", (event) =>
    report(event, "The server took too long to answer. Try again."),
  );
})();
