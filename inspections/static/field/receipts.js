// What a receipt settles. Pure.

const FINAL = new Set(["done", "refused"]);
const ENDS = new Set(["visit.sign", "visit.refuse"]);
const ANSWERED = new Set(["stored", "refused"]);

/** Whether the server's word on an operation can still change. */
export const isFinal = ({ state }) => FINAL.has(state);

/** Whether it is a signature that waits for a choice. */
export const isHeldUp = ({ state, kind }) => state === "conflict" && kind === "visit.sign";

/** Whether the representative signed (or refused) again after a signature that was held up. */
export const isSuperseded = (signature, log) => log.some((later) =>
  ENDS.has(later.kind) && later.state !== "refused" && follows(later, signature));

/** Whether the server's word on a file is final. */
export const isAnswered = ({ state }) => ANSWERED.has(state);

/** 'i<item>' or 'r<risk point>' of an answer. */
export const answerKey = ({ item, risk_point }) => (risk_point ? `r${risk_point}` : `i${item}`);

/** Conflicts of a log in which nobody has chosen yet: a later answer to the same question is the choice. */
export function openConflicts(log) {
  const conflicts = log.filter(({ state, kind }) => state === "conflict" && kind === "answer");
  return conflicts.filter((one) => !log.some((later) => chooses(later, one)));
}

const chooses = (later, one) => later.kind === "answer" && later.state !== "refused"
  && answerKey(later.body) === answerKey(one.body) && follows(later, one);

const follows = (later, { device, sequence }) => later.device === device && later.sequence > sequence;

/** What keeps a visit on the phone: operations and files that the server has not taken, or refused unseen. */
export function notReceived(log, files) {
  const open = new Set(openConflicts(log));
  const settled = (one) => one.state === "done" || (one.state === "refused" && one.is_seen)
    || (one.state === "conflict" && (isHeldUp(one) ? isSuperseded(one, log) : !open.has(one)));
  const taken = (file) => file.state === "stored" || (file.state === "refused" && file.is_seen);
  return { operations: log.filter((one) => !settled(one)), files: files.filter((file) => !taken(file)) };
}
