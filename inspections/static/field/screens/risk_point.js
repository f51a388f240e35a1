// A place of this enterprise that this and every later visit asks about.

import { html } from "../../npm/lit-html/lit-html.js";
import { newId } from "../ids.js";
import { field } from "../widgets/bits.js";
import { openVisit } from "../widgets/visit.js";

const FIELDS = [["place", "重点部位", 60, "如：喷漆房、液氨罐区"], ["risk", "风险", 100, "可能出什么事"], ["measure", "现有管控措施", 200, "可以不填"]];

export async function open(app, visitId) {
  const visit = await openVisit(app, visitId);
  const key = `point:${visitId}`;
  const form = { words: (await app.drafts.get(key)) ?? { place: "", risk: "", measure: "" }, errors: {} };
  const back = `#/v/${visitId}?g=risk_point`;
  const typed = (name) => (event) => {
    form.words[name] = event.target.value;
    delete form.errors[name];
    app.drafts.put(key, form.words);
  };
  return {
    title: "加风险点",
    back,
    view: () => html`
      <p class="soft">加上以后，这次和以后每次检查都会问到它。</p>
      ${FIELDS.map(([name, label, most, hint]) => field(name, label, html`<input class="input" id=${name} maxlength=${most} autocomplete="off" .value=${form.words[name]} aria-invalid=${Boolean(form.errors[name])} @input=${typed(name)}>`, { errors: form.errors, required: name !== "measure", hint }))}`,
    bar: () => html`<a class="button" href=${back}>返回</a><button type="button" class="button primary" @click=${() => save(app, visit, form, key, back)}>保存风险点</button>`,
  };
}

async function save(app, visit, form, key, back) {
  const words = Object.fromEntries(Object.entries(form.words).map(([name, text]) => [name, text.trim()]));
  if (!words.place) form.errors.place = "请写明部位";
  if (!words.risk) form.errors.risk = "请写明风险";
  app.draw();
  const [first] = Object.keys(form.errors);
  if (first) {
    document.getElementById(first)?.focus();
    return;
  }
  if (!(await visit.append("risk_point", { risk_point: newId(), ...words }))) return;
  await app.drafts.drop(key);
  app.toast("已加上风险点");
  app.go(back, { replace: true });
}
