// Sets the colour theme before the first paint: the remembered choice, else the system's preference.
// Loaded blocking in the head, so that no page flashes in the wrong theme.
(() => {
  "use strict";
  const KEY = "hindcast-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const remembered = () => {
    try {
      const value = localStorage.getItem(KEY);
      return value === "dark" || value === "light" ? value : null;
    } catch {
      return null; // Storage can be forbidden; the system's preference then stands.
    }
  };

  const show = (theme) => {
    if (document.documentElement.dataset.bsTheme === theme) return;
    document.documentElement.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("hindcast:theme", { detail: { theme } }));
  };

  document.documentElement.classList.add("has-script"); // shows what works with scripts alone
  const apply = () => show(remembered() ?? (system.matches ? "dark" : "light"));

  apply();
  window.addEventListener("beforeprint", () => show("light")); // paper is white
  window.addEventListener("afterprint", apply);
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply); // The choice made in one tab holds in all.

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-theme-toggle]")) return;
    const theme = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    show(theme);
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage can be forbidden; the choice then holds for this page.
    }
  });
})();
