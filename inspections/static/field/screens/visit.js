// A visit: one list of questions in groups, each a card with three large buttons.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { icon, note } from "../widgets/bits.js";
import { ask } from "../widgets/dialogs.js";
import { card, riskPointLink } from "../widgets/question.js";
import { openVisit } from "../widgets/visit.js";
import { foundView, notesView, readNotes } from "../widgets/visit_parts.js";
import { SECTIONS, VISIT_KINDS } from "../widgets/words.js";

const GROUPS = ["hazard", "risk_point", "soft", "site"];
const DRAWN = 12;

export async function open(app, id) {
  const visit = await openVisit(app, id);
  if (!visit.isOpen) app.go(`#/v/${id}/paper`, { replace: true });
  const screen = { app, visit, editing: null, drawn: DRAWN, notes: await readNotes(app, visit) };
  more(screen);
  let reading = 0;
  return {
    title: visit.place.name,
    back: `#/p/${encodeURIComponent(visit.place.key)}`,
    view: () => view(screen),
    bar: () => bar(screen),
    asked: () => { screen.drawn = DRAWN; scrollTo(0, 0); more(screen); },
    changed: (change) => {
      if (change.is_new || (change.visit && change.visit !== id)) return;
      clearTimeout(reading);
      reading = setTimeout(async () => { await visit.read(); app.draw(); }, 200);
    },
    close: () => clearTimeout(reading),
  };
}

// The first cards are there at once; the others follow when the phone has shown these.
function more(screen) {
  requestAnimationFrame(() => setTimeout(() => {
    screen.drawn = Infinity;
    screen.app.draw();
  }, 60));
}

/** The group that is shown: the one of the address, else the first with something to do. */
function current({ app, visit }) {
  const asked = app.query.get("g");
  if (asked) return asked;
  const open = visit.questions.find(({ lacks }) => lacks.length);
  return open?.section ?? visit.questions.find(({ section }) => section !== "hazard")?.section ?? "notes";
}

function view(screen) {
  const { visit, app } = screen;
  const group = current(screen);
  const { asked, answered } = visit.progress;
  return html`
    <progress class="whole" max=${asked || 1} value=${answered} aria-label="已答 ${answered} 项，共 ${asked} 项"></progress>
    ${tabs(visit, group)}
    ${visit.view.reopened && visit.isOpen ? note("warn", "rotate", html`这次检查已重新打开：${visit.view.reopened}。改好后请现场负责人重新签字；已经交底的隐患不会变。`) : nothing}
    ${visit.view.problem ? note("bad", "alert-circle", html`服务器没有接受这次检查：${visit.view.problem}。记录都在手机上，<a href="#/sync">看怎么办</a>。`) : nothing}
    ${group === "found" ? foundView(screen) : group === "notes" ? notesView(screen) : questionsView(screen, group)}
    <p class="unseen" role="status">${VISIT_KINDS[visit.view.kind] ?? ""}，已答 ${answered} 项，共 ${asked} 项</p>`;
}

function tabs(visit, current) {
  const address = (group) => `#/v/${visit.id}?g=${group}`;
  const parts = GROUPS.map((group) => [group, visit.questions.filter(({ section }) => section === group)])
    .filter(([group, list]) => list.length || (group === "risk_point" && visit.view.part !== "soft"));
  return html`
    <nav class="groups" aria-label="检查内容">
      ${parts.map(([group, list]) => groupTab(address(group), SECTIONS[group], countOf(group, list), group === current))}
      ${groupTab(address("found"), "隐患", { words: visit.view.hazards.length, done: false }, current === "found")}
      ${groupTab(address("notes"), "记录", { words: notesCount(visit.view), done: false }, current === "notes")}
    </nav>`;
}

const notesCount = ({ photos, voices, note: text }) => photos.length + voices.length + (text ? 1 : 0);

const groupTab = (href, words, { words: count, done }, isCurrent) => html`
  <a href=${href} class=${done ? "is-done" : ""} aria-current=${isCurrent ? "page" : nothing}><span>${words}</span><b>${count}</b></a>`;

function countOf(group, list) {
  const done = list.filter(({ answer, recheck }) => answer || recheck).length;
  return { words: `${done}/${list.length}`, done: list.length > 0 && list.every(({ lacks }) => !lacks.length) && done === list.length };
}

const EMPTY = { risk_point: "这家企业还没有登记风险点。看到重点部位，可以在这里加上，以后每次检查都会问到。" };

function questionsView(screen, group) {
  const { visit, drawn } = screen;
  const list = visit.questions.filter(({ section }) => section === group);
  const next = list.find(({ lacks }) => lacks.length)?.key;
  let checklist = null;
  return html`
    ${list.length ? nothing : html`<p class="soft">${EMPTY[group] ?? "这一部分没有要查的。"}</p>`}
    ${list.slice(0, drawn).map((question) => {
      const isNew = question.checklist && question.checklist !== checklist;
      checklist = question.checklist;
      return html`${isNew ? html`<h2 class="group-title">${question.checklist.name} ${question.checklist.version}</h2>` : nothing}
        ${card(screen, question, { isNext: question.key === next })}`;
    })}
    ${group === "risk_point" ? riskPointLink(visit) : nothing}
    ${drawn >= list.length ? rest(screen, list) : nothing}`;
}

/** The rest of a group at once, after a question. */
function rest({ app, visit }, list) {
  const left = list.filter(({ lacks }) => lacks.includes("unanswered"));
  if (!left.length) return nothing;
  const all = async () => {
    const sure = await ask({
      title: `其余 ${left.length} 项标为“不涉及”？`,
      words: "只标这一部分还没有作答的；已经作答的不变。标了以后仍可以逐项改。",
      yes: `标为不涉及`,
    });
    if (!sure) return;
    const before = new Set(left.map(({ key }) => key));
    if (!(await visit.answerAll(left, "na"))) return;
    app.toast(`已把 ${left.length} 项标为不涉及`, { label: "撤销", act: () => takeBack(visit, before) });
  };
  return html`<button type="button" class="button wide" @click=${all}>其余 ${left.length} 项标为不涉及</button>`;
}

const takeBack = (visit, keys) => visit.answerAll(visit.questions.filter(({ key }) => keys.has(key)), "");

function bar(screen) {
  const { visit } = screen;
  const left = visit.questions.filter(({ lacks }) => lacks.length);
  const sign = `#/v/${visit.id}/sign`;
  return html`
    <a class="button" href="#/v/${visit.id}/h/new">${icon("plus")}隐患</a>
    ${left.length ? html`<button type="button" class="button primary" @click=${() => jump(screen, left)}>${icon("arrow-down")}下一项 ${left.length}</button>` : nothing}
    <a class="button ${left.length ? "narrow" : "primary"}" href=${sign}>${icon("signature")}签字</a>`;
}

/** To the next question that lacks something, in this group first. */
function jump(screen, left) {
  const { app, visit } = screen;
  const group = current(screen);
  const next = left.find(({ section }) => section === group) ?? left[0];
  if (next.section !== group) app.go(`#/v/${visit.id}?g=${next.section}`);
  setTimeout(() => {
    const element = document.getElementById(next.key);
    element?.scrollIntoView({ block: "center" });
    element?.querySelector("button")?.focus({ preventScroll: true });
  }, next.section === group ? 0 : 250);
}
