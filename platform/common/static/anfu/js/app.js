// Behaviour by data attributes; every page works without it, except signature and place.
import "./dialogs.js";
import "./lists.js";
import "./forms.js";
import "./finder.js";
import "./menu.js";

const say = (text) => {
  document.getElementById("live").textContent = text;
};

document.body.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 422) return;
  notice("没有保存成功，请检查网络后再试一次");
});
document.body.addEventListener("htmx:sendError", () => notice("网络不通，刚才的操作没有保存，请稍后再试"));
// A form that comes back with its errors is shown like any other answer.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
});

function notice(text) {
  const box = document.createElement("div");
  box.className = "alert alert-danger";
  box.setAttribute("role", "alert");
  box.textContent = text;
  document.getElementById("content")?.prepend(box);
  say(text);
}

document.querySelector("[data-errors]")?.focus();

document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
