// What a person learns of a request: a bar while it takes long, a message when it fails.
(() => {
  "use strict";
  let pending = 0;

  const showBusy = (change) => {
    pending = Math.max(0, pending + change);
    document.documentElement.classList.toggle("is-busy", pending > 0);
  };

  // Polling is no news: only what a person asked for moves the bar.
  const isPolling = (event) => event.detail.elt.matches("[data-polls]");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isPolling(event)) showBusy(1);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isPolling(event)) showBusy(-1);
  });
  window.addEventListener("pageshow", () => showBusy(-pending));

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
