// 责令限期整改指令书 on the spot: a deadline for each fault, and the two officers who give it.

import { html } from "../../npm/lit-html/lit-html.js";
import { field, fieldError, note, severity } from "../widgets/bits.js";
import { ask } from "../widgets/dialogs.js";
import { suggestedDue } from "../widgets/hazard_draft.js";
import { entriesOf } from "../widgets/library.js";
import { openVisit } from "../widgets/visit.js";
import { day, left, placeOf } from "../widgets/words.js";

const PAIR = 2;

export async function open(app, id) {
  const visit = await openVisit(app, id);
  if (visit.isOpen || !visit.isOfficial) throw new Error("请先完成现场检查记录，再开指令书");
  const back = `#/v/${id}/paper`;
  const entries = await entriesOf(app);
  const screen = { app, visit, back, errors: {}, days: suggestions(app, visit, entries), officers: pairOf(app, visit) };
  return {
    title: "责令限期整改",
    back,
    view: () => view(screen),
    bar: () => html`<a class="button" href=${back}>返回</a><button type="button" class="button primary" @click=${() => save(screen)}>签发指令书</button>`,
  };
}

const suggestions = (app, visit, entries) => Object.fromEntries(visit.view.hazards.map((hazard) => {
  const entry = entries.find(({ code }) => code === hazard.entry);
  return [hazard.id, suggestedDue({ severity: hazard.severity, entry, today: visit.today, restDays: app.head?.rest_days ?? [] }).day];
}));

const pairOf = (app, visit) => new Set([app.me.member, ...visit.view.members.filter((one) => one !== app.me.member)].slice(0, PAIR));

function view(screen) {
  const { visit, days, errors } = screen;
  const set = (id) => (event) => { days[id] = event.target.value; delete errors[id]; screen.app.draw(); };
  return html`
    ${note("", "info-circle", "签发以后企业立即看到这些隐患和期限。")}
    ${visit.view.hazards.map((hazard) => html`
      <section class="card">
        <p>${severity(hazard.severity)} <strong>${placeOf(hazard)}</strong>：${hazard.description}</p>
        ${field(hazard.id, "整改期限", html`<input class="input" type="date" id=${hazard.id} min=${visit.today} .value=${days[hazard.id]} @change=${set(hazard.id)}>`, {
          errors, required: true, hint: days[hazard.id] ? `${day(days[hazard.id])}，${left(days[hazard.id], visit.today).words}` : "" })}
      </section>`)}
    ${officers(screen)}`;
}

function officers({ app, officers: chosen, errors }) {
  const people = [{ member: app.me.member, name: app.me.name, certificate: app.head?.me?.certificate }, ...(app.head?.colleagues ?? [])];
  const toggle = (member) => { if (!chosen.delete(member)) chosen.add(member); delete errors.officers; app.draw(); };
  return html`<fieldset id="officers" tabindex="-1"><legend>两名执法人员</legend>
    ${people.filter(({ certificate }) => certificate).map((one) => html`<label class="check"><input type="checkbox" .checked=${chosen.has(one.member)} @change=${() => toggle(one.member)}>
      <span>${one.name} <span class="soft small">证号 ${one.certificate}</span></span></label>`)}
    ${fieldError("officers", errors.officers)}</fieldset>`;
}

function check({ visit, days, officers: chosen }) {
  const errors = {};
  for (const { id } of visit.view.hazards) if (!days[id] || days[id] < visit.today) errors[id] = "请定今天以后的期限";
  if (chosen.size !== PAIR) errors.officers = "须由两名持证执法人员签发";
  return errors;
}

async function save(screen) {
  const { app, visit, days, officers: chosen, back } = screen;
  screen.errors = check(screen);
  app.draw();
  const [first] = Object.keys(screen.errors);
  if (first) {
    document.getElementById(first)?.focus();
    return;
  }
  const sure = await ask({ title: "签发责令限期整改指令书？", words: `${visit.view.hazards.length} 项，文号在同步后生成。签发后不能再改期限。`, yes: "签发" });
  if (!sure || !(await visit.append("order", { deadlines: days, officers: [...chosen] }))) return;
  app.toast("已签发，文书在同步后生成");
  app.sync.now();
  app.go(back, { replace: true });
}
