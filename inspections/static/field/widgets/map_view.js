// The day in order on a map, or all my places: Leaflet is only loaded when somebody looks.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { serverToday } from "../clock.js";
import { dayOf } from "./day.js";
import { lastPosition } from "./geo.js";
import { matching } from "./listing.js";

const drawn = { element: null, key: "" };
const hasPlace = ({ latitude, longitude }) => latitude != null && longitude != null;

export function mapView(app, rows, address) {
  const day = dayOf(app);
  const all = app.query.get("all") === "1" || !day?.order.length;
  const shown = all
    ? matching(rows, { words: app.query.get("q") ?? "", filter: app.query.get("show") ?? "", today: serverToday() }) : day.order;
  const placed = shown.filter(hasPlace);
  queueMicrotask(() => draw(app, placed, !all));
  return html`
    <nav class="chips field" aria-label="地图上显示">
      ${day?.order.length ? html`<a class="chip" href=${address(app, { all: "" })} aria-current=${all ? nothing : "true"}>${day.words}路线 ${day.order.length}</a>` : nothing}
      <a class="chip" href=${address(app, { all: "1" })} aria-current=${all ? "true" : nothing}>全部企业 ${rows.length}</a>
    </nav>
    <div class="map" id="map" role="region" aria-label="地图，${placed.length} 家企业"></div>
    ${app.head?.tiles ? nothing : html`<p class="soft small">没有设底图，只显示各企业的相对位置。</p>`}
    ${placed.length < shown.length ? html`<p class="soft small">另有 ${shown.length - placed.length} 家没有登记坐标，不在图上。</p>` : nothing}`;
}

async function draw(app, placed, ordered) {
  const element = document.getElementById("map");
  const key = `${ordered} ${placed.map((row) => row.key).join()} ${JSON.stringify(lastPosition())}`;
  if (!element || (drawn.element === element && drawn.key === key)) return;
  Object.assign(drawn, { element, key });
  const { drawMap } = await import("../map.js");
  drawMap(element, {
    stops: placed, position: lastPosition(), tiles: app.head?.tiles ?? "", ordered,
    onOpen: (stop) => app.go(`#/p/${encodeURIComponent(stop.key)}`),
  });
}
