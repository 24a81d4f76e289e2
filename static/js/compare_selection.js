// Choosing runs of a list for a comparison: the button says how many, and more than allowed cannot be chosen.
// The boxes stand in the rows of a table and belong to the form by its id.

const isRun = (element) => element.name === "run";

const update = (form) => {
  const inputs = [...form.elements].filter(isRun);
  const boxes = inputs.filter((input) => input.type === "checkbox");
  const here = new Set(boxes.map((box) => box.value));
  const kept = inputs.filter((input) => input.type === "hidden" && !here.has(input.value)).length;
  const chosen = boxes.filter((box) => box.checked).length + kept;
  const most = Number(form.dataset.choosing);
  for (const box of boxes) box.disabled = !box.checked && chosen >= most;
  const button = form.querySelector("[data-choosing-submit]");
  button.disabled = chosen < 2;
  button.textContent = chosen < 2 ? "Choose at least two" : `Compare ${chosen} runs`;
};

document.addEventListener("change", ({ target }) => {
  const { form } = target;
  if (!form?.matches("[data-choosing]")) return;
  // A hidden copy from another page of the list would keep what is taken off here.
  for (const input of [...form.elements].filter(isRun)) {
    if (input.type === "hidden" && input.value === target.value) input.remove();
  }
  update(form);
});

const updateAll = () => document.querySelectorAll("form[data-choosing]").forEach(update);
document.addEventListener("htmx:load", updateAll);
window.addEventListener("pageshow", updateAll); // a browser fills in what was chosen before
