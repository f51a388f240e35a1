// A hazard of last time is looked at again: mended, or not and why.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { choices, field, note } from "../widgets/bits.js";
import { editShot, photoButtons, strip } from "../widgets/photos.js";
import { openVisit } from "../widgets/visit.js";
import { day, placeOf } from "../widgets/words.js";

export async function open(app, visitId, hazardId) {
  const visit = await openVisit(app, visitId);
  const hazard = visit.place.hazards.find(({ id }) => id === hazardId);
  if (!hazard) throw new Error("资料里没有这项隐患，请下载最新资料");
  const key = `recheck:${visitId}:${hazardId}`;
  const before = visit.view.rechecks.get(hazardId);
  const form = (await app.drafts.get(key)) ?? {
    result: app.query.get("result") ?? "", reason: before?.reason ?? "", new_due_on: before?.new_due_on ?? "", is_refused: before?.is_refused ?? false, shots: [],
  };
  form.result = app.query.get("result") ?? form.result;
  const screen = { app, visit, hazard, key, form, errors: {}, back: `#/v/${visitId}?g=hazard` };
  return {
    title: "复查上次隐患",
    back: screen.back,
    view: () => view(screen),
    bar: () => html`<a class="button" href=${screen.back}>返回</a><button type="button" class="button primary" @click=${() => save(screen)}>保存复查结果</button>`,
  };
}

const set = ({ app, form, key, errors }, changes) => {
  Object.assign(form, changes);
  Object.keys(changes).forEach((name) => delete errors[name]);
  app.drafts.put(key, form);
  app.draw();
};

function view(screen) {
  const { hazard, form, errors } = screen;
  const results = hazard.state === "submitted" ? [["passed", "已整改", ""], ["failed", "未整改", "bad"]] : [["failed", "未整改", "bad"]];
  return html`
    <section class="note"><div><strong>${placeOf(hazard)}</strong>：${hazard.description}<br><span class="soft small">${hazard.number} · 期限 ${day(hazard.due_on)}</span></div></section>
    ${choices("result", results, form.result, (result) => set(screen, { result }), { legend: "复查结果", error: errors.result })}
    ${hazard.state === "submitted" ? nothing : note("", "info-circle", "企业还没有提交整改。现场看到已整改的，请企业提交，或者回去代为录入后再复查。")}
    ${photos(screen)}
    ${form.result === "failed" ? failed(screen) : nothing}`;
}

function photos(screen) {
  const { app, form } = screen;
  const edit = async (shot) => {
    const answer = await editShot(app, shot);
    if (answer === "removed") set(screen, { shots: form.shots.filter((one) => one !== shot) });
    else if (answer) { shot.drawing = answer; set(screen, {}); }
  };
  return html`<fieldset><legend>复查照片 ${form.shots.length} 张</legend>
    ${strip(app, form.shots, edit)}
    ${photoButtons(app, "recheck", (shots) => set(screen, { shots: [...form.shots, ...shots] }))}</fieldset>`;
}

function failed(screen) {
  const { visit, form, errors } = screen;
  return html`
    ${field("reason", "原因", html`<textarea class="input" id="reason" maxlength="500" .value=${form.reason} aria-invalid=${Boolean(errors.reason)} @input=${(event) => set(screen, { reason: event.target.value })}></textarea>`, { errors, required: true })}
    ${field("new_due_on", "再次整改期限", html`<input class="input" type="date" id="new_due_on" min=${visit.today} .value=${form.new_due_on} aria-invalid=${Boolean(errors.new_due_on)} @change=${(event) => set(screen, { new_due_on: event.target.value })}>`, { errors, required: true })}
    <label class="check"><input type="checkbox" .checked=${form.is_refused} @change=${(event) => set(screen, { is_refused: event.target.checked })}><span>企业拒不整改（会列入执法名单）</span></label>`;
}

function check({ form, visit }) {
  const errors = {};
  if (!form.result) errors.result = "请选择已整改或未整改";
  if (form.result === "failed" && !form.reason.trim()) errors.reason = "请写明为什么不算整改好";
  if (form.result === "failed" && !form.new_due_on) errors.new_due_on = "请定再次整改的期限";
  if (form.new_due_on && form.new_due_on < visit.today) errors.new_due_on = "期限不能早于今天";
  return errors;
}

async function save(screen) {
  const { app, visit, hazard, form, key } = screen;
  screen.errors = check(screen);
  app.draw();
  const [first] = Object.keys(screen.errors);
  if (first) {
    document.getElementById(first)?.focus();
    return;
  }
  const isFailed = form.result === "failed";
  const kept = await visit.append("recheck", {
    hazard: hazard.id, result: form.result, reason: isFailed ? form.reason.trim() : "", new_due_on: isFailed ? form.new_due_on : null, is_refused: isFailed && form.is_refused,
  }, form.shots);
  if (!kept) return;
  await app.drafts.drop(key);
  app.toast("已保存复查结果");
  app.go(screen.back, { replace: true });
}
