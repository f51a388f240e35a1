// The pad a person signs on: black on white in every theme, and a scribble is no signature.

import SignaturePad from "../../npm/signature_pad/dist/signature_pad.min.js";

const SMALLEST = { width: 60, height: 20, points: 12 };

/** @param {HTMLCanvasElement} canvas */
export function openPad(canvas, changed) {
  const pad = new SignaturePad(canvas, { backgroundColor: "#fff", penColor: "#000", minWidth: 1.2, maxWidth: 3.4 });
  // The canvas follows its size on the screen; what is drawn is drawn again.
  const fit = () => {
    const ratio = Math.max(devicePixelRatio || 1, 2);
    const drawn = pad.toData();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    pad.fromData(drawn);
  };
  fit();
  pad.addEventListener("endStroke", changed);
  const watch = new ResizeObserver(fit);
  watch.observe(canvas);
  return {
    data: () => pad.toData(),
    restore: (data) => pad.fromData(data),
    clear: () => { pad.clear(); changed(); },
    isEmpty: () => pad.isEmpty(),
    isTooSmall: () => tooSmall(pad.toData()),
    image: () => new Promise((resolve) => canvas.toBlob(resolve, "image/png")),
    close: () => { watch.disconnect(); pad.off(); },
  };
}

function tooSmall(strokes) {
  const points = strokes.flatMap((stroke) => stroke.points);
  const span = (axis) => Math.max(...points.map((point) => point[axis])) - Math.min(...points.map((point) => point[axis]));
  return points.length < SMALLEST.points || span("x") < SMALLEST.width || span("y") < SMALLEST.height;
}
