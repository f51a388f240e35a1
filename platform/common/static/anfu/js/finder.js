// What a search finds hangs under its field: arrows move through it, Escape closes it.
const finder = document.querySelector(".finder");
const field = finder?.querySelector("[data-finder]");
const found = finder?.querySelector(".found");

const close = () => found.replaceChildren();

finder?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    close();
    field.focus();
  }
  if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const places = [field, ...found.querySelectorAll("a[href]")];
  const at = places.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  places[Math.min(Math.max(at, 0), places.length - 1)].focus();
});
document.addEventListener("click", (event) => finder && !finder.contains(event.target) && close());
finder?.addEventListener("focusout", (event) => event.relatedTarget && !finder.contains(event.relatedTarget) && close());
