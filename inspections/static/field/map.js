// Places on a map. Without tiles there is no ground under them: markers, the way between, a scale.

import { circle, circleMarker, control, divIcon, latLngBounds, layerGroup, map, marker, polyline, tileLayer } from "../npm/leaflet/dist/leaflet-src.esm.js";
import { clip } from "./widgets/words.js";

const CLOSE = 16;
const FEW = 15; // so many names still find room beside their pins
const NAME = 9;
const COUNTY = [[39.9, 119.5], 11];
const drawn = new WeakMap();

/**
 * Draw stops into an element, which needs a height; call it again with others, and what is there is replaced.
 * @param {HTMLElement} element
 * @param {object} what
 * @param {object[]} what.stops  {key, name, latitude, longitude, priority?, late?, major?}; those of a day's order have `arrive_at`
 * @param {{latitude, longitude, accuracy?}|null} [what.position]
 * @param {string|{url: string, attribution?: string}} [what.tiles]  TILE_URL; empty: none
 * @param {boolean} [what.ordered]  numbers and a line in the order given; by itself for a day's order
 * @param {(stop: object) => void} [what.onOpen]
 * @returns {{remove: () => void}}
 */
export function drawMap(element, { stops, position = null, tiles = "", ordered, onOpen = () => {} }) {
  const placed = stops.filter(({ latitude, longitude }) => latitude != null && longitude != null);
  const inOrder = ordered ?? (placed.length > 0 && placed.every(({ arrive_at }) => arrive_at));
  const { ground, layer } = drawn.get(element) ?? begin(element, tiles);
  layer.clearLayers();
  if (inOrder) line(placed, position).addTo(layer);
  placed.forEach((stop, index) => pin(stop, inOrder ? index + 1 : "", onOpen, placed.length <= FEW).addTo(layer));
  if (position) here(position).forEach((mark) => mark.addTo(layer));
  fit(ground, position ? [...placed, position] : placed);
  return { remove: () => remove(element) };
}

function begin(element, tiles) {
  const { url, attribution = "" } = typeof tiles === "string" ? { url: tiles } : tiles ?? { url: "" };
  const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const ground = map(element, {
    attributionControl: false, zoomSnap: url ? 1 : 0.25, zoomAnimation: moves, fadeAnimation: moves, markerZoomAnimation: moves,
  });
  ground.setView(...COUNTY);
  control.scale({ imperial: false }).addTo(ground);
  if (url) {
    control.attribution({ prefix: "Leaflet" }).addTo(ground);
    tileLayer(url, { maxZoom: 19, attribution: text(attribution) }).addTo(ground);
  }
  const kept = { ground, layer: layerGroup().addTo(ground) };
  drawn.set(element, kept);
  watchSize(element, ground);
  return kept;
}

function remove(element) {
  drawn.get(element)?.ground.remove();
  drawn.delete(element);
}

// A map that was made in a hidden or changing box has to be told its size; it ends with its element.
function watchSize(element, ground) {
  new ResizeObserver((_, observer) => {
    if (element.isConnected) ground.invalidateSize({ animate: false });
    else observer.disconnect();
  }).observe(element);
}

const at = ({ latitude, longitude }) => [Number(latitude), Number(longitude)];

const line = (stops, position) =>
  polyline((position ? [position, ...stops] : stops).map(at), { className: "map-line", interactive: false });

const here = (position) => [
  circle(at(position), { radius: Number(position.accuracy) || 0, className: "map-accuracy", interactive: false }),
  circleMarker(at(position), { radius: 8, className: "map-here", interactive: false }),
];

function pin(stop, number, onOpen, isNamed) {
  const words = [number && `第 ${number} 站`, stop.name, ...(stop.reasons ?? [])].filter(Boolean).join("，");
  const icon = divIcon({ className: `map-pin ${mood(stop)} ${number ? "" : "is-plain"}`, html: String(number), iconSize: null });
  return marker(at(stop), { icon, title: words, riseOnHover: true, zIndexOffset: -number })
    .bindTooltip(text(isNamed ? clip(stop.name, NAME) : stop.name), { permanent: isNamed, direction: "bottom", offset: [0, 12], className: "map-name" })
    .on("add", ({ target }) => target.getElement().setAttribute("aria-label", words))
    .on("click keypress", ({ type, originalEvent }) => {
      if (type === "click" || originalEvent.key === "Enter") onOpen(stop);
    });
}

const mood = ({ priority = 0, late = 0, major = 0 }) => (priority >= 4 || late || major ? "is-urgent" : "");

function fit(ground, places) {
  if (places.length) ground.fitBounds(latLngBounds(places.map(at)), { padding: [36, 36], maxZoom: CLOSE, animate: false });
}

// Leaflet takes HTML; names and the attribution are words.
function text(words) {
  const box = document.createElement("span");
  box.textContent = words;
  return box.innerHTML;
}
