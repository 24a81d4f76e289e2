// Listeners that hold for elements of later swaps too: they sit on the document.

// Call handler(element, event) for an event at an element that matches `selector`, or inside one.
export const on = (type, selector, handler) => {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element && event.target.closest(selector);
    if (element) handler(element, event);
  });
};
