// The menu: opened by its button where there is little room; a group stays as this person left it.
const KEY = "anfu.menu";
const menu = document.getElementById("menu");

document.querySelector("[data-menu]")?.addEventListener("click", (event) => {
  const open = menu.classList.toggle("is-open");
  event.currentTarget.setAttribute("aria-expanded", String(open));
});

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // no place to keep it, or something else is kept there
  }
}

const left = kept();
menu?.querySelectorAll("[data-group]").forEach((group) => {
  const title = group.dataset.group;
  if (title in left && !("here" in group.dataset)) group.open = left[title];
  group.querySelector("summary").addEventListener("click", () => {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...kept(), [title]: !group.open }));
    } catch {
      // then it is folded again on the next page
    }
  });
});
menu?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
