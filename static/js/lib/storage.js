// The browser's storage. It can be forbidden: then nothing is remembered, and nothing fails.

const guarded = (area) => ({
  // The stored text; null without one.
  get(key) {
    try {
      return area().getItem(key);
    } catch {
      return null;
    }
  },
  set(key, text) {
    try {
      area().setItem(key, text);
    } catch {
      // The value then holds for this page.
    }
  },
});

// Kept by the browser for all tabs.
export const local = guarded(() => window.localStorage);

// Kept for this tab.
export const session = guarded(() => window.sessionStorage);
