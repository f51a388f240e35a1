// data-confirm="…" on a submit button asks before the form goes; `?` lists the shortcuts.
const dialog = document.getElementById("confirm");
let pending = null;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button || button === pending) return;
  event.preventDefault();
  pending = button;
  document.getElementById("confirm-text").textContent = button.dataset.confirm;
  dialog.showModal();
});
dialog?.querySelector("[data-no]").addEventListener("click", () => dialog.close());
dialog?.querySelector("[data-yes]").addEventListener("click", () => {
  const button = pending;
  dialog.close();
  button.form.requestSubmit(button);
});
dialog?.addEventListener("close", () => setTimeout(() => (pending = null)));

// `/` goes to the search of everything, `f` to the filter of the list on this page.
const FIELDS = { "/": "[data-finder]", f: "main [data-search], main input[type=search]:not([data-finder])" };
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, dialog") || event.ctrlKey || event.metaKey) return;
  if (event.key === "?") document.getElementById("shortcuts").showModal();
  const field = document.querySelector(FIELDS[event.key]);
  if (field) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});
