// The service record (officers: 现场检查记录) made from what is on the phone; the numbered one comes from the server.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { PARTS, paperMoment, placeOf, SEVERITIES, VISIT_KINDS } from "./words.js";

export function draftPaper(app, visit, signature) {
  const official = visit.isOfficial;
  return html`
    <article class="paper" aria-label="草稿">
      <p class="small">${official ? app.me.org : app.head?.me?.org ?? app.me.org}</p>
      <h2>${official ? "现场检查记录" : "社会化服务检查记录"}</h2>
      <p class="small">草稿，文号在同步后生成</p>
      ${facts(app, visit)}
      ${visit.questions.length ? results(visit) : nothing}
      ${hazards(visit)}
      ${rechecks(visit)}
      ${visit.view.note ? html`<h3>过程记录</h3><p>${visit.view.note}</p>` : nothing}
      ${signs(visit, signature)}
      <p class="small">${official ? "正式的现场检查记录由服务器生成，两名执法人员签名。" : "本记录由社会化服务机构制作，记录技术服务过程，不是行政执法文书。"}</p>
    </article>`;
}

function team(app, members) {
  const known = new Map((app.head?.colleagues ?? []).map((one) => [one.member, one]));
  const mine = { name: app.me.name, qualification: "", certificate: app.head?.me?.certificate };
  const people = [mine, ...members.filter((id) => id !== app.me.member).map((id) => known.get(id)).filter(Boolean)];
  return people.map(({ name, qualification, certificate }) => {
    const more = [qualification, certificate && `证号 ${certificate}`].filter(Boolean).join("，");
    return more ? `${name}（${more}）` : name;
  }).join("；");
}

function facts(app, visit) {
  const { place, view } = visit;
  const { kind, part, arrived_at: arrived, left_at: left, position, members } = view;
  const rows = [
    [visit.isOfficial ? "被检查单位" : "企业名称", place.name], ["信用代码", place.credit_code], ["地址", place.address], ["负责人", `${place.principal} ${place.phone}`],
    ["检查类别", `${VISIT_KINDS[kind] ?? kind}，${PARTS[part]}`], ["检查时间", `${paperMoment(arrived)} 至 ${left ? paperMoment(left) : "　"}`],
    ["现场定位", position ? `北纬${position.latitude}，东经${position.longitude}（WGS-84），精度约${Math.round(position.accuracy)}米` : "未取得定位"],
    ["检查人员", team(app, members)],
  ];
  return html`<table>${rows.map(([name, words]) => html`<tr><th scope="row">${name}</th><td>${words}</td></tr>`)}</table>`;
}

function results(visit) {
  const rows = visit.checklists.map((checklist) => {
    const asked = visit.questions.filter((question) => question.checklist?.id === checklist.id);
    const of = (result) => asked.filter(({ answer }) => answer?.result === result).length;
    return [`${checklist.name}（${checklist.version}）`, asked.length, of("ok"), of("fail"), of("na")];
  });
  return html`<h3>一、检查表结果</h3><table><thead><tr><th>检查表</th><th>检查项</th><th>符合</th><th>不符合</th><th>不涉及</th></tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
}

function hazards(visit) {
  const list = visit.view.hazards;
  const majors = list.filter(({ severity }) => severity === "major").length;
  return html`<h3>二、发现的事故隐患（${list.length} 项，其中重大 ${majors} 项）</h3>
    ${list.length ? html`<table><thead><tr><th>序号</th><th>部位和描述</th><th>等级</th></tr></thead>
      <tbody>${list.map((hazard, index) => html`<tr><td>${index + 1}</td><td><strong>${placeOf(hazard)}</strong>：${hazard.description}${hazard.basis ? html`<br><span class="small">${hazard.basis}</span>` : nothing}</td><td>${SEVERITIES[hazard.severity]}</td></tr>`)}</tbody></table>`
      : html`<p>本次检查未发现事故隐患。</p>`}`;
}

function rechecks(visit) {
  const list = visit.place.hazards.filter(({ id }) => visit.view.rechecks.has(id));
  if (!list.length) return nothing;
  return html`<h3>三、上次隐患复查</h3><table><tbody>${list.map((hazard) => {
    const { result, reason } = visit.view.rechecks.get(hazard.id);
    return html`<tr><td>${hazard.number}</td><td>${hazard.description}</td><td>${result === "passed" ? "已整改" : `未整改：${reason}`}</td></tr>`;
  })}</tbody></table>`;
}

function signs(visit, signature) {
  const { sign, refusal } = visit.view;
  if (refusal) return html`<h3>拒绝签字</h3><p>原因：${refusal.refusal_reason}</p><p>见证人：${refusal.witness_name}</p><p>${paperMoment(refusal.made_at)}</p>`;
  if (!sign) return html`<p>现场负责人（签名）：＿＿＿＿＿＿</p>`;
  return html`<h3>现场负责人签名</h3>${signature ? html`<img class="sign-image" src=${signature} alt="签名">` : nothing}
    <p>${sign.representative_name}${sign.representative_post ? `（${sign.representative_post}）` : ""}　${paperMoment(sign.made_at)}</p>`;
}
