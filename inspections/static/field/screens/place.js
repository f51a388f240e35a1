// One enterprise: what is known, what was open, and the visits that may begin now.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { Offline } from "../api.js";
import { serverToday } from "../clock.js";
import { icon, note, severity, state } from "../widgets/bits.js";
import { onPosition, watchIfAllowed } from "../widgets/geo.js";
import { away } from "../widgets/listing.js";
import { day, distance, HAZARD_STATES, left, moment, VISIT_KINDS } from "../widgets/words.js";

export async function open(app, key) {
  const known = { app, place: null, visits: [] };
  const read = async () => {
    known.place = await app.store.place(key);
    known.visits = (await app.store.visits()).filter((visit) => visit.place === key);
  };
  await read();
  if (!known.place) throw new Error("资料里没有这家企业。可能已经不在你的任务里，请下载最新资料");
  watchIfAllowed();
  const ends = onPosition(app.draw);
  return {
    title: known.place.name,
    back: "#/",
    view: () => view(known),
    bar: () => bar(known),
    changed: async () => { await read(); app.draw(); },
    close: ends,
  };
}

const going = ({ place, visits }) => visits.find((visit) => visit.state === "open")?.id ?? place.open_visit?.id;

function bar(known) {
  const { place } = known;
  const id = going(known);
  if (id) return html`<a class="button primary" href="#/v/${id}">${icon("player-play")}继续检查</a>`;
  if (!place.kinds.length) return html`<a class="button" href="#/">回到列表</a>`;
  return place.kinds.map(({ kind, label, subject }, index) => html`
    <a class="button ${index ? "" : "primary"}" href=${startUrl(place, kind, subject)}>${icon("map-pin-check")}${label}</a>`);
}

function startUrl(place, kind, subject) {
  const query = new URLSearchParams(subject ? { kind, subject } : { kind });
  return `#/p/${encodeURIComponent(place.key)}/start?${query}`;
}

function view(known) {
  const { place, app } = known;
  const metres = away(place);
  return html`
    ${place.gone ? note("warn", "alert-triangle", "最新资料里已没有这家企业，手机上只为没有上传完的检查留着。") : nothing}
    ${!place.kinds.length && !going(known) ? note("", "info-circle", "现在没有可以开始的检查。") : nothing}
    <section class="card stack">
      <p class="row">${icon("map-pin")}<span class="grow">${place.address || "没有登记地址"}${metres === null ? nothing : html`<br><span class="soft">离登记地址 ${distance(metres)}</span>`}</span></p>
      ${phone(known)}
    </section>
    ${openHazards(place.hazards)}
    ${lastVisit(place)}
    ${facts(app, place)}
    ${riskPoints(place)}
    ${onPhone(known)}`;
}

// The bundle has the number with stars; the whole one is asked for when somebody is about to call, and not kept.
function phone(known) {
  const { place, number } = known;
  if (!place.phone) return nothing;
  const words = html`${icon("phone")}${place.principal || "负责人"} ${number ?? place.phone}`;
  if (number ?? !place.phone.includes("*")) return html`<a class="button wide" href="tel:${number ?? place.phone}">${words}</a>`;
  return html`<button type="button" class="button wide" @click=${() => showPhone(known)}>${words} 显示号码</button>`;
}

async function showPhone(known) {
  const { app, place } = known;
  try {
    known.number = (await app.api.phone(place.enterprise)).phone;
  } catch (error) {
    app.toast(error instanceof Offline ? "没有网络，看不到完整号码" : error.message, { mood: "bad" });
  }
  app.draw();
}

function openHazards(hazards) {
  const today = serverToday();
  return html`
    <h2>未销号隐患 ${hazards.length} 项</h2>
    ${hazards.length ? html`<ul class="card list">${hazards.map((hazard) => html`<li>${hazardLine(hazard, today)}</li>`)}</ul>`
      : html`<p class="soft">没有未销号的隐患。</p>`}`;
}

export function hazardLine(hazard, today = serverToday()) {
  const due = left(hazard.due_on, today);
  return html`
    <p class="row small">${severity(hazard.severity)}${state(HAZARD_STATES[hazard.state] ?? [hazard.state, "grey"])}
      <span class=${due.mood}>${day(hazard.due_on)}前 · ${due.words}</span></p>
    <p><strong>${hazard.place}</strong>：${hazard.description}</p>
    <p class="soft small">${hazard.number}</p>`;
}

const lastVisit = ({ last_visit: last }) => (last
  ? html`<p class="soft">上次：${day(last.on)} ${VISIT_KINDS[last.kind] ?? last.kind}${last.hazards === undefined ? "" : `，查出 ${last.hazards} 项`}</p>`
  : html`<p class="soft">还没有来检查过。</p>`);

function facts(app, place) {
  const rows = [
    ["信用代码", place.credit_code], ["行业", place.industry], ["主要产品", place.products],
    ["从业人员", place.employees === null ? "" : `${place.employees} 人`], ["风险因素", place.risk_factors],
    ["营业时间", place.opens_at ? `${place.opens_at.slice(0, 5)}–${place.closes_at?.slice(0, 5) ?? ""}` : ""],
    ["镇街", app.head?.towns?.[place.town] ?? place.town], ["合同", place.contract], ["批次", place.batch], ["阶段", place.phase],
    ["计划日期", day(place.planned_on)],
  ].filter(([, words]) => words);
  return html`<h2>企业情况</h2><dl class="card facts">${rows.map(([name, words]) => html`<dt>${name}</dt><dd>${words}</dd>`)}</dl>`;
}

const riskPoints = ({ risk_points: points }) => (points.length ? html`
  <h2>风险点 ${points.length} 处</h2>
  <ul class="card list">${points.map((point) => html`<li><strong>${point.place}</strong>：${point.risk}${point.measure ? html`<br><span class="soft small">现有措施：${point.measure}</span>` : nothing}</li>`)}</ul>` : nothing);

const STATES = { open: ["进行中", "blue"], signed: ["已签字", "green"], refused: ["拒签", "amber"] };

const onPhone = ({ visits }) => (visits.length ? html`
  <h2>这台手机上的检查</h2>
  <ul class="card list">${visits.map((visit) => html`<li>
    <a class="link-row" href=${visit.state === "open" ? `#/v/${visit.id}` : `#/v/${visit.id}/paper`}>
      <span class="grow"><span>${moment(visit.started_at)} ${VISIT_KINDS[visit.kind] ?? ""}</span>
      <span class="small soft">${visit.unsent.operations + visit.unsent.files ? `未上传 ${visit.unsent.operations + visit.unsent.files}` : "已全部上传"}</span></span>
      ${state(STATES[visit.state])}${icon("chevron-right")}</a></li>`)}</ul>` : nothing);
