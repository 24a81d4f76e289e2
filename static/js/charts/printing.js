// On paper a chart is a picture of itself: a drawing cannot take the width of the paper or the colours
// of the light theme in time, since it is laid out and painted after the event that announces the print.

const painters = new WeakMap(); // by the element of a drawing

// Put on paper, in place of an element, what `paint` returns: a canvas of its own.
export const printAs = (element, paint) => painters.set(element, paint);

// theme.js listens before this: the page has its light theme when the pictures are painted.
window.addEventListener("beforeprint", () => {
  for (const element of document.querySelectorAll("[data-canvas]")) {
    const paint = painters.get(element);
    if (!paint || !element.checkVisibility()) continue;
    const canvas = paint();
    canvas.classList.add("chart-picture");
    canvas.setAttribute("aria-hidden", "true");
    element.append(canvas);
  }
});

window.addEventListener("afterprint", () => {
  for (const picture of document.querySelectorAll(".chart-picture")) picture.remove();
});
