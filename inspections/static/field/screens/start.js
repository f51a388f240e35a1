// Arrival: what is checked, by whom, and where the phone is. It never waits for a position.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { newId } from "../ids.js";
import { appendSafely } from "../storage.js";
import { choices, icon, note } from "../widgets/bits.js";
import { onPosition, position, positionProblem, watchPosition } from "../widgets/geo.js";
import { distance, metres, OFFICIAL, PARTS } from "../widgets/words.js";

const FAR = 500;
const NO_CERTIFICATE = "没有有效的执法证件";
const UNREADY = "没有经监管部门确认";
const isOfficial = ({ offered }) => OFFICIAL.includes(offered.kind);

export async function open(app, key) {
  const place = await app.store.place(key);
  if (!place) throw new Error("资料里没有这家企业，请下载最新资料");
  const [kind, subject] = [app.query.get("kind"), app.query.get("subject")];
  const offered = place.kinds.find((one) => one.kind === kind && String(one.subject ?? "") === (subject ?? ""));
  if (!offered) throw new Error("现在不能开始这种检查，请下载最新资料后再看");
  const arrival = { app, place, offered, part: "both", members: new Set(), error: "", busy: false };
  watchPosition();
  return {
    title: offered.label,
    back: `#/p/${encodeURIComponent(key)}`,
    view: () => view(arrival),
    bar: () => html`<button type="button" class="button primary" ?disabled=${arrival.busy} @click=${() => begin(arrival)}>${icon("map-pin-check")}我到了，开始检查</button>`,
    close: onPosition(app.draw),
  };
}

function view(arrival) {
  const { app, place, part, error } = arrival;
  const choose = (value) => { arrival.part = value; app.draw(); };
  return html`
    <p class="card-title">${place.name}</p>
    ${where(place)}
    ${choices("part", Object.entries(PARTS), part, choose, { legend: "检查内容", down: true })}
    ${team(arrival)}
    ${error ? note("bad", "alert-circle", error) : nothing}
    <p class="soft small">检查表：${place.checklists.length} 份；风险点 ${place.risk_points.length} 处；未销号隐患 ${place.hazards.length} 项。</p>`;
}

function where(place) {
  const here = position();
  if (!here) {
    const why = positionProblem();
    return note(why ? "warn" : "", "current-location", why
      ? `没有定位：${why}。可以照常检查，记录里写明“未取得定位”。`
      : "正在定位… 不用等，可以直接开始。");
  }
  const accuracy = `定位精度约 ${here.accuracy} 米`;
  if (place.latitude === null) return note("", "current-location", `${accuracy}。企业没有登记坐标，不能比较距离。`);
  const away = metres(here, place);
  const isFar = away - here.accuracy > FAR;
  return note(isFar ? "warn" : "ok", "current-location",
    html`<strong>离登记地址 ${distance(away)}</strong>，${accuracy}。${isFar ? "距离较远，请确认企业和地址是否正确。" : nothing}`);
}

/** What stands in the way of somebody's visits under the contract, as of the bundle, or undefined. */
const unready = ({ app, place, offered }, member) => OFFICIAL.includes(offered.kind) ? undefined
  : app.head?.unready?.[place.contract_id]?.[member];

function team(arrival) {
  const { app, members } = arrival;
  const people = (app.head?.colleagues ?? []).filter(({ member }) => member !== app.me.member);
  const why = (person) => {
    if (isOfficial(arrival)) return person.certificate ? "" : NO_CERTIFICATE;
    const words = unready(arrival, person.member);
    return words ? `${UNREADY}（${words}）` : "";
  };
  const toggle = (member) => { if (!members.delete(member)) members.add(member); app.draw(); };
  return html`
    <fieldset>
      <legend>同行人员</legend>
      ${people.length ? people.map((person) => html`
        <label class="check"><input type="checkbox" .checked=${members.has(person.member)} ?disabled=${Boolean(why(person))} @change=${() => toggle(person.member)}>
          <span>${person.name}<span class="soft small"> ${why(person) || [person.qualification, person.certificate && `证号 ${person.certificate}`].filter(Boolean).join(" · ")}</span></span></label>`)
        : html`<p class="soft">没有同事的资料。</p>`}
      ${members.size ? nothing : html`<p class="hint">${isOfficial(arrival) ? "执法检查须两名持证人员。" : "两人以上到场才符合规范。"}</p>`}
    </fieldset>`;
}

/** Why it cannot begin, or "". */
function problem(arrival) {
  const { app, members } = arrival;
  if (!isOfficial(arrival)) {
    const words = unready(arrival, app.me.member);
    return words ? `你${UNREADY}（${words}），不能到场检查。已确认的，请下载最新资料。` : "";
  }
  if (!app.head?.me.certificate) return `你${NO_CERTIFICATE}，不能开展执法检查。证件已登记的，请下载最新资料。`;
  return members.size ? "" : "请选择同行的执法人员：须两名持证人员到场。";
}

async function begin(arrival) {
  const { app, place, offered, part, members } = arrival;
  arrival.error = problem(arrival);
  if (arrival.error) {
    app.draw();
    return;
  }
  arrival.busy = true;
  app.draw();
  const visit = newId();
  const here = position();
  const kept = await appendSafely(app.store, {
    visit, place: place.key, kind: "visit.start", body: {
      ...(place.assignment ? { assignment: place.assignment } : { enterprise: place.enterprise }),
      kind: offered.kind, part, members: [...members], templates: place.checklists,
      risk_points: place.risk_points.map(({ id }) => id), position: here,
      ...(offered.subject ? { subject: offered.subject } : {}),
    },
  });
  arrival.busy = false;
  if (!kept.ok) {
    app.toast(kept.words, { mood: "bad", label: "去处理", act: () => app.go("#/sync"), seconds: 10 });
    return;
  }
  app.toast(here ? "已记录到场时间和位置" : "已记录到场时间，没有定位");
  app.go(`#/v/${visit}`, { replace: true });
}
