// Keys for whoever has a keyboard. Never while typing, never in a dialog.

const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && element.type !== "radio" && element.type !== "checkbox";

const cards = () => [...document.querySelectorAll("#page .question, #page a.card")];

function move(by) {
  const all = cards();
  const at = all.findIndex((card) => card.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next) return false;
  const target = next.matches("a") ? next : next.querySelector("button, a");
  target?.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

const answer = (number) => () => document.activeElement.closest(".question")?.querySelectorAll(".answers > .answer")[number]?.click();

const ACTS = {
  "/": () => { document.querySelector("[data-search]")?.focus(); },
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  1: answer(0), 2: answer(1), 3: answer(2),
  "?": () => { location.hash = "#/help"; },
};

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = ACTS[event.key];
    if (!act) return;
    if (act() !== false) event.preventDefault();
  });
}
