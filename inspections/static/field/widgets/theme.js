// Light for the yard, dark for the hall: by the phone's setting, or by hand.

const KEY = "anfu-field-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export const THEMES = [["auto", "跟随手机"], ["light", "浅色（室外）"], ["dark", "深色（暗处）"]];

/** @returns {'auto'|'light'|'dark'} */
export const theme = () => localStorage.getItem(KEY) ?? "auto";

export function setTheme(value) {
  localStorage.setItem(KEY, value);
  applyTheme();
}

export function applyTheme() {
  const chosen = theme() === "auto" ? (dark.matches ? "dark" : "light") : theme();
  document.documentElement.dataset.theme = chosen;
  const colour = document.querySelector("meta[name=theme-color]");
  if (colour) colour.content = chosen === "dark" ? "#131a21" : "#ffffff";
}

dark.addEventListener("change", applyTheme);
