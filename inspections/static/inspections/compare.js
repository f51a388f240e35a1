// Before and after on top of each other: the slider moves the cut between them. Without scripts they stand side by side.

document.querySelectorAll("[data-compare]").forEach((figure) => {
  const frame = figure.querySelector("[data-compare-frame]");
  const slider = figure.querySelector("input[type=range]");
  const cut = (share) => frame.style.setProperty("--cut", `${share}%`);

  figure.classList.add("is-live");
  slider.closest("[hidden]").hidden = false;
  slider.addEventListener("input", () => cut(slider.value));
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    follow(event);
  });
  frame.addEventListener("pointermove", (event) => frame.hasPointerCapture(event.pointerId) && follow(event));
  cut(slider.value);

  function follow(event) {
    const { left, width } = frame.getBoundingClientRect();
    slider.value = Math.round(Math.min(1, Math.max(0, (event.clientX - left) / width)) * 100);
    cut(slider.value);
  }
});
