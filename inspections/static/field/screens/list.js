// Where I go: my places as a list, as a route of the day, on a map.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { serverToday } from "../clock.js";
import { othersUnsent, othersWords } from "../people.js";
import { storageState } from "../storage.js";
import { empty, icon, note, severity } from "../widgets/bits.js";
import { bundleLine, fetchBundle } from "../widgets/bundle.js";
import { clockNote } from "../widgets/clock_note.js";
import { isWatching, onPosition, watchIfAllowed, watchPosition } from "../widgets/geo.js";
import { away, counts, FILTERS, matching, readPlaces, sorted } from "../widgets/listing.js";
import { mapView } from "../widgets/map_view.js";
import { routeView } from "../widgets/route_view.js";
import { day, distance } from "../widgets/words.js";

const PAGE = 40;
const TABS = [["", "列表", "list"], ["route", "路线", "route"], ["map", "地图", "map-2"]];

export async function open(app) {
  const list = { app, rows: [], storage: null, others: 0, shown: PAGE };
  const read = async () => { list.rows = await readPlaces(app); };
  const aside = async () => {
    [list.storage, list.others] = await Promise.all([storageState(), othersUnsent()]);
    app.draw();
  };
  await read();
  aside();
  watchIfAllowed();
  const ends = onPosition(app.draw);
  return {
    title: "我的企业",
    tab: "#/",
    view: () => view(list),
    asked: () => { list.shown = PAGE; },
    changed: async ({ what }) => {
      if (what === "files") return;
      await read();
      app.draw();
    },
    close: ends,
  };
}

function view(list) {
  const { app } = list;
  if (!app.head) return html`${warnings(list)}${firstTime(app)}`;
  const tab = app.query.get("tab") ?? "";
  return html`
    ${warnings(list)}
    ${switcher(app, tab)}
    ${tab === "route" ? routeView(app) : tab === "map" ? mapView(app, list.rows, address) : places(list)}`;
}

const firstTime = (app) => html`
  ${empty("cloud-download", "这台手机上还没有资料。出发前请在有网络的地方下载：企业、检查表、隐患库和上次的隐患都会存到手机，没有信号也能用。",
    html`<p><button type="button" class="button primary wide" ?disabled=${app.fetching} @click=${() => fetchBundle(app)}>
      ${icon("download")}${app.fetching ? "正在下载…" : "下载资料"}</button></p>`)}`;

function warnings({ app, storage, others }) {
  return html`
    ${app.update ? note("", "sparkles", html`有新版本。<button type="button" class="button small" @click=${app.update}>现在更新</button>`) : nothing}
    ${app.signedIn === false ? note("warn", "lock", html`登录已过期，可以照常检查；上传和下载前请<a href="#/sync">重新登录</a>。`) : nothing}
    ${clockNote(app)}
    ${storage?.words ? note(storage.level === "critical" ? "bad" : "warn", "database", html`${storage.words}　<a href="#/sync">去处理</a>`) : nothing}
    ${others ? note("", "users", othersWords(others)) : nothing}`;
}

/** The address with some words of the query changed. */
function address(app, changes) {
  const query = new URLSearchParams(app.query);
  for (const [key, value] of Object.entries(changes)) {
    if (value) query.set(key, value);
    else query.delete(key);
  }
  return query.size ? `#/?${query}` : "#/";
}

const switcher = (app, current) => html`
  <nav class="choices switcher" aria-label="显示方式">
    ${TABS.map(([key, words, name]) => html`
      <a href=${address(app, { tab: key })} aria-current=${key === current ? "page" : nothing}>${icon(name)}${words}</a>`)}
  </nav>`;

function places(list) {
  const { app, rows, shown } = list;
  const today = serverToday();
  const [words, filter, near] = ["q", "show", "sort"].map((key) => app.query.get(key) ?? "");
  const found = sorted(matching(rows, { words, filter, today }), near);
  return html`
    <div class="search">${icon("search")}
      <input class="input" type="search" id="search" aria-label="搜索企业：名称、拼音首字母或信用代码" placeholder="名称、拼音首字母、信用代码" data-search
        .value=${words} @input=${(event) => app.go(address(app, { q: event.target.value.trim() }), { replace: true })}>
    </div>
    ${filters(app, counts(rows, today), filter, near)}
    ${bundleLine(app, `共 ${found.length} 家${words || filter ? `（全部 ${rows.length} 家）` : ""}`)}
    ${found.length ? found.slice(0, shown).map((row) => card(app, row, today)) : nothingFound(app)}
    ${found.length > shown ? html`<button type="button" class="button wide" @click=${() => { list.shown += PAGE; app.draw(); }}>再显示 ${Math.min(PAGE, found.length - shown)} 家</button>` : nothing}`;
}

const nothingFound = (app) => empty("building-factory-2", "没有符合的企业。",
  html`<p><a class="button" href=${address(app, { q: "", show: "" })}>看全部企业</a></p>`);

const filters = (app, count, current, near) => html`
  <nav class="chips scroll" aria-label="筛选">
    ${FILTERS.map(([key, words]) => html`
      <a class="chip" href=${address(app, { show: key })} aria-current=${key === current ? "true" : nothing}>${words} ${count[key]}</a>`)}
    ${isWatching()
      ? html`<a class="chip" href=${address(app, { sort: near ? "" : "near" })} aria-current=${near ? "true" : nothing}>${icon("current-location")}由近到远</a>`
      : html`<button type="button" class="chip" @click=${() => { watchPosition(); app.draw(); }}>${icon("current-location")}显示距离</button>`}
  </nav>`;

function card(app, row, today) {
  const metres = away(row);
  const where = [app.head.towns[row.town] ?? row.town, metres === null ? "" : distance(metres), plan(row, today)].filter(Boolean);
  const mood = row.late ? "is-late" : row.going ? "is-open" : "";
  return html`
    <a class="card ${mood}" href="#/p/${encodeURIComponent(row.key)}">
      <span class="card-title">${row.name}</span>
      <span class="row soft small">${where.map((words) => html`<span>${words}</span>`)}</span>
      <span class="row small">${marks(row)}</span>
    </a>`;
}

function plan(row, today) {
  if (!row.planned_on) return "";
  if (row.planned_on === today) return "计划今天";
  return `计划 ${day(row.planned_on)}`;
}

const marks = (row) => html`
  ${row.going ? html`<span class="tag new">${icon("player-play")}检查进行中</span>` : nothing}
  ${row.major ? html`${severity("major")}` : nothing}
  ${row.late ? html`<span class="late">逾期 ${row.late} 项</span>` : nothing}
  ${row.recheck ? html`<span class="soon">待复查 ${row.recheck} 项</span>` : nothing}
  ${row.open ? html`<span>未销号 ${row.open} 项</span>` : row.going ? nothing : html`<span class="soft">${row.been ? "没有未销号隐患" : "还没去过"}</span>`}`;
