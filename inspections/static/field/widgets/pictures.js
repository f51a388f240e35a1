// Small copies of photos for the screen; the originals stay as they were taken. Kept in memory while a visit is open.

const SIDE = 480;
const MOST = 80;
const known = new Map(); // key → {url, width, height} or "loading" or "broken"

/**
 * The small copy of a photo, made when it is first asked for.
 * @param {string} key  the file's id
 * @param {() => Promise<Blob|undefined>} read
 * @returns {{url: string, width: number, height: number}|null|"broken"} null: not yet; `draw` is called when it is there
 */
export function picture(key, read, draw) {
  const found = known.get(key);
  if (found === undefined) load(key, read).then(draw);
  return found === undefined || found === "loading" ? null : found;
}

async function load(key, read) {
  known.set(key, "loading");
  const blob = await read();
  known.set(key, blob ? await shrink(blob).catch(() => "broken") : "broken");
  while (known.size > MOST) forget(known.keys().next().value);
}

async function shrink(blob) {
  const whole = await createImageBitmap(blob);
  const share = Math.min(1, SIDE / Math.max(whole.width, whole.height));
  const [width, height] = [Math.round(whole.width * share), Math.round(whole.height * share)];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").drawImage(whole, 0, 0, width, height);
  whole.close();
  const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
  return { url: URL.createObjectURL(small), width, height };
}

function forget(key) {
  URL.revokeObjectURL(known.get(key)?.url);
  known.delete(key);
}
