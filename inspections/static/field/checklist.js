// What is asked on a visit, and what is still lacking. Pure.

/**
 * @typedef {Object} Question
 * @property {string} key  'h<hazard>' | 'r<risk point>' | 'i<item>'
 * @property {'hazard'|'risk_point'|'soft'|'site'} section
 * @property {object} [hazard]  of last time  @property {object|null} [recheck]  what was found of it now
 * @property {object} [point]  the risk point
 * @property {object} [item]  of a checklist  @property {object} [checklist]
 * @property {object|null} answer  of view.answers; null where there is none, also where it was taken back
 * @property {object[]} hazards  found on this visit for this question
 * @property {string[]} lacks  codes as in missing()
 */

/**
 * Open hazards of last time, risk points, papers, site; only what is asked now.
 * @param {import('./replay.js').View} view
 * @param {object} place  store.place()
 * @param {object[]} checklists  store.checklists(view.templates)
 * @returns {Question[]}
 */
export function questions(view, place, checklists) {
  const items = asked(view, place, checklists).map((one) => itemQuestion(view, one));
  const at = (section) => items.filter((question) => question.section === section);
  return [
    ...(place.hazards ?? []).map((hazard) => hazardQuestion(view, hazard)),
    ...(view.part === "soft" ? [] : view.risk_points.map((point) => pointQuestion(view, point))),
    ...at("soft"),
    ...at("site"),
  ];
}

function hazardQuestion(view, hazard) {
  const recheck = view.rechecks.get(hazard.id) ?? null;
  const lacks = view.kind === "recheck" && hazard.can_recheck && !recheck ? ["recheck"] : [];
  return { key: `h${hazard.id}`, section: "hazard", hazard, recheck, answer: null, hazards: [], lacks };
}

const pointQuestion = (view, point) => answered(view, {
  key: `r${point.id}`, section: "risk_point", point, hazards: view.hazards.filter((one) => one.risk_point === point.id),
});

const itemQuestion = (view, { item, checklist }) => answered(view, {
  key: `i${item.id}`, section: item.part, item, checklist, hazards: view.hazards.filter((one) => one.item === item.id),
});

function answered(view, question) {
  const known = view.answers.get(question.key);
  const answer = known?.result ? known : null;
  return { ...question, answer, lacks: lacks(question, answer, view.conflicts.includes(question.key)) };
}

function lacks({ item, hazards }, answer, isConflict) {
  if (isConflict) return ["conflict"];
  if (!answer) return ["unanswered"];
  if (answer.result !== "fail") return [];
  if (!hazards.length) return ["no_hazard"];
  const bare = item?.photo && !hazards.some(({ files = [] }) => files.length);
  return bare ? ["no_photo"] : [];
}

// The checklists of the visit in their order; before it begins, those that fit the place.
function asked(view, place, checklists) {
  const byId = new Map(checklists.map((one) => [one.id, one]));
  const ids = view.templates.length ? view.templates : (place.checklists ?? []);
  return ids.map((id) => byId.get(id)).filter(Boolean).flatMap((checklist) => askedOf(view, checklist));
}

// A condition holds upon an earlier question that is itself asked and has one of the named results.
function askedOf(view, checklist) {
  const results = new Map();
  const found = [];
  for (const item of checklist.items) {
    if (view.part !== "both" && item.part !== view.part) continue;
    const conditions = Object.entries(item.asked_if ?? {});
    if (!conditions.every(([code, wanted]) => wanted.includes(results.get(code)))) continue;
    results.set(item.code, view.answers.get(`i${item.id}`)?.result);
    found.push({ item, checklist });
  }
  return found;
}

const WORDS = {
  conflict: (n) => `有 ${n} 项存在两个版本，请先选定`,
  unanswered: (n) => `还有 ${n} 项没有检查，请逐项作答或标为不涉及`,
  no_hazard: (n) => `有 ${n} 项不符合还没有登记隐患`,
  no_photo: (n) => `有 ${n} 项不符合须拍照`,
  recheck: (n) => `有 ${n} 项上次隐患还没有复查结果`,
};
const BLOCKING = new Set(["conflict", "unanswered", "no_hazard", "no_photo"]);

/**
 * What is lacking before the signature, what blocks it first.
 * @returns {{code: string, words: string, keys: string[], blocks: boolean}[]}
 */
export function missing(view, place, checklists) {
  const all = questions(view, place, checklists);
  const found = Object.keys(WORDS).map((code) => ({ code, keys: keysLacking(all, code) }));
  return found.filter(({ keys }) => keys.length).map(({ code, keys }) => ({
    code, keys, words: WORDS[code](keys.length), blocks: BLOCKING.has(code),
  }));
}

const keysLacking = (all, code) => all.filter((one) => one.lacks.includes(code)).map(({ key }) => key);

/** @returns {{asked: number, answered: number, failed: number}} without hazards of last time */
export function progress(view, place, checklists) {
  const all = questions(view, place, checklists).filter(({ section }) => section !== "hazard");
  return {
    asked: all.length,
    answered: all.filter(({ answer }) => answer).length,
    failed: all.filter(({ answer }) => answer?.result === "fail").length,
  };
}
