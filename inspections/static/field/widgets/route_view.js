// The day in order: where to go, when, how far; what is open nearby, and what is due for a recheck.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { empty, icon, note, severity } from "./bits.js";
import { dayOf } from "./day.js";
import { clip, day as dayWords, distance } from "./words.js";

const BY = { phone: "没有网络，由手机按直线距离推算", road: "按道路距离", line: "按直线距离推算", straight: "按直线距离推算" };
const MOST = 20;

export function routeView(app) {
  const day = dayOf(app);
  if (!day) return html`<p class="soft" role="status">正在排路线…</p><progress aria-label="正在排路线"></progress>`;
  return html`
    ${day.order.length ? summary(day) : empty("route", `${day.words}没有要去的企业。可以在列表里自己选。`)}
    <ol>${day.order.map((stop, index) => stopCard(stop, index + 1))}</ol>
    <p><button type="button" class="button wide" @click=${() => { dayOf(app, { anew: true }); app.draw(); }}>${icon("refresh")}按现在的位置重新排</button></p>
    ${leftOut(day.left_out)}
    ${hazardList("附近未销号的隐患", day.nearby, (hazard) => distance(hazard.metres))}
    ${hazardList("等着复查的隐患", day.recheck, (hazard) => `${dayWords(hazard.due_on)}前`)}`;
}

const hours = (minutes) => (minutes < 60 ? `${minutes} 分钟` : `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分`);
const time = (iso) => iso.slice(11, 16);

const summary = (day) => html`
  ${day.by === "phone" ? note("warn", "wifi-off", `${BY.phone}。`) : nothing}
  <p><strong>${day.words} ${day.order.length} 家</strong>，${time(day.starts_at)} 出发，路上 ${distance(day.metres)}，共 ${hours(day.minutes)}
    <span class="soft small">${day.by === "phone" ? "" : BY[day.by] ?? ""}</span></p>`;

const stopCard = (stop, number) => html`
  <li><a class="card stop" href="#/p/${encodeURIComponent(stop.key)}">
    <span class="order" aria-label="第 ${number} 站">${number}</span>
    <span class="grow"><span class="card-title">${stop.name}</span><br>
      <span class="small">${time(stop.arrive_at)} 到，${time(stop.leave_at)} 离开<span class="soft">${stop.metres ? ` · 路上 ${distance(stop.metres)}` : ""}${stop.wait ? ` · 等开门 ${stop.wait} 分钟` : ""}</span></span><br>
      <span class="small ${stop.priority >= 4 ? "late" : "soft"}">${stop.reasons.join("，")}</span></span>
  </a></li>`;

const leftOut = (list) => (list.length ? html`
  <h2>没有排进去 ${list.length} 家</h2>
  <ul class="card list">${list.slice(0, MOST).map(({ key, name, text }) => html`<li><a class="link-row" href="#/p/${encodeURIComponent(key)}"><span class="grow"><span>${name || key}</span><span class="soft small">${text}</span></span>${icon("chevron-right")}</a></li>`)}</ul>` : nothing);

const hazardList = (title, list, aside) => (list.length ? html`
  <h2>${title} ${list.length} 项</h2>
  <ul class="card list">${list.slice(0, MOST).map((hazard) => html`<li><a class="link-row" href="#/p/${encodeURIComponent(hazard.key)}">
    <span class="grow"><span>${severity(hazard.severity)} <strong>${hazard.name}</strong> <span class="soft small">${aside(hazard)}</span></span>
      <span class="small">${hazard.place}：${clip(hazard.description, 40)}</span></span>${icon("chevron-right")}</a></li>`)}</ul>` : nothing);
