// Lists: filters that send themselves, arrow keys over rows, selection with "all of the filter", narrowing in place.
document.querySelectorAll("form[data-autosubmit]").forEach((form) => {
  form.addEventListener("change", () => form.requestSubmit());
  form.addEventListener("submit", () => {
    // An empty field is no filter: it stays out of the URL.
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
});

document.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.target.closest("input, textarea, select, .finder")) return;
  const links = [...document.querySelectorAll("table tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
  if (!links.length) return;
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = links[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), links.length - 1)];
  event.preventDefault();
  next.focus();
});

document.querySelectorAll("[data-bulk]").forEach((form) => {
  const boxes = () => [...form.querySelectorAll("input[type=checkbox][name=ids]")];
  const all = form.querySelector("[data-bulk-page]");
  const whole = form.querySelector("input[name=all_of_filter]");
  const words = form.querySelector("[data-bulk-words]");
  const more = form.querySelector("[data-bulk-all]");
  const total = Number(form.dataset.bulk);
  const show = () => {
    const count = boxes().filter((box) => box.checked).length;
    const wholly = whole.value === "1";
    words.textContent = wholly ? `已选全部 ${total} 项` : `已选本页 ${count} 项`;
    more.hidden = wholly || count === 0 || count === total;
    more.textContent = `选择全部 ${total} 项`;
    form.querySelectorAll("[data-bulk-go]").forEach((button) => (button.disabled = !wholly && count === 0));
    if (all) all.checked = count > 0 && count === boxes().length;
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) boxes().forEach((box) => (box.checked = all.checked));
    if (event.target.type === "checkbox") whole.value = "";
    show();
  });
  more.addEventListener("click", () => {
    boxes().forEach((box) => (box.checked = true));
    whole.value = "1";
    show();
  });
  show();
});

// A list that is all on the page is narrowed as one types; a head goes with the last of its rows.
document.querySelectorAll("[data-narrow]").forEach((field) => {
  const list = document.querySelector(field.dataset.narrow);
  const none = list.parentElement.querySelector("[data-narrow-none]");
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let head = null;
    let shown = 0;
    for (const row of list.children) {
      if (row.hasAttribute("data-narrow-head")) {
        head = row;
        head.hidden = true;
        continue;
      }
      const text = row.dataset.narrowText.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
      if (head && !row.hidden) head.hidden = false;
    }
    if (none) none.hidden = shown > 0;
  });
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
});
