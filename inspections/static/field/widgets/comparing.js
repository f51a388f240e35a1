// What the phone has of a visit beside what the server has, row by row. Pure but for the hashes.

import { bodyHash } from "../canon.js";
import { FILE_STATES, clip, moment, OPERATION_STATES, OPERATIONS, PURPOSES, RESULTS, SEVERITIES } from "./words.js";

const row = (name, phone, server) => ({ name, phone, server, isDifferent: phone !== server });

/** @returns {Promise<{title: string, rows: {name, phone, server, isDifferent}[]}[]>} */
export async function compared(visit, server) {
  return [
    { title: "检查", rows: heads(visit.view, server.visit) },
    { title: "答案", rows: answers(visit, server.answers) },
    { title: "隐患", rows: hazards(visit.view.hazards, server.hazards) },
    { title: "文件", rows: files([...visit.files.values()], server.files) },
    { title: "记录", rows: await operations(visit.log, server.operations) },
  ];
}

const STATES = { new: "进行中", open: "进行中", signed: "已签字", refused: "拒签", unsettled: "签字待选定" };

function heads(view, there) {
  const signer = view.sign?.representative_name ?? "";
  return [
    row("状态", STATES[view.state], there?.state_label ?? ""),
    row("过程记录", view.note, there?.note ?? ""),
    row("现场负责人", signer, there?.representative_name ?? ""),
    row("拒签原因", view.refusal?.refusal_reason ?? "", there?.refusal_reason ?? ""),
  ].filter(({ phone, server, name }) => phone || server || name === "状态");
}

const answerWords = (answer) => (answer?.result ? [RESULTS[answer.result], answer.note].filter(Boolean).join("：") : "");

function answers(visit, there) {
  const on = new Map((there ?? []).map((answer) => [answer.risk_point ? `r${answer.risk_point}` : `i${answer.item}`, answer]));
  const asked = visit.questions.filter(({ section }) => section !== "hazard");
  const names = new Map(asked.map(({ key, item, point }) => [key, item ? `${item.code} ${clip(item.text, 36)}` : `风险点 ${point.place}`]));
  const keys = new Set([...names.keys(), ...visit.view.answers.keys(), ...on.keys()]);
  return [...keys]
    .map((key) => row(names.get(key) ?? key, answerWords(visit.view.answers.get(key)), answerWords(on.get(key))))
    .filter(({ phone, server }) => phone || server);
}

const hazardWords = (hazard) => (hazard
  ? [SEVERITIES[hazard.severity], `${hazard.place}${hazard.place_count > 1 ? `（${hazard.place_count} 处）` : ""}`, hazard.description, hazard.measure, hazard.basis].filter(Boolean).join("；") : "");

function hazards(here, there) {
  const on = new Map((there ?? []).map((hazard) => [hazard.id, hazard]));
  const ids = new Set([...here.map(({ id }) => id), ...on.keys()]);
  const known = new Map(here.map((hazard) => [hazard.id, hazard]));
  return [...ids].map((id) => row(on.get(id)?.number || clip(known.get(id).place, 12), hazardWords(known.get(id)), hazardWords(on.get(id))));
}

function files(here, there) {
  const on = new Map((there ?? []).map((file) => [file.id, file]));
  const known = new Map(here.map((file) => [file.id, file]));
  return [...new Set([...known.keys(), ...on.keys()])].map((id) => {
    const [mine, theirs] = [known.get(id), on.get(id)];
    const isSame = Boolean(mine && theirs?.state === "stored" && mine.sha256 === theirs.sha256);
    const name = `${PURPOSES[(mine ?? theirs).purpose] ?? "文件"} ${moment(mine?.taken_at)}`;
    return { name, phone: mine ? mine.sha256.slice(0, 12) : "", server: theirWords(theirs), isDifferent: !isSame };
  });
}

const theirWords = (file) => (file ? `${file.state === "stored" ? "" : `${FILE_STATES[file.state]?.[0] ?? file.state} `}${file.sha256.slice(0, 12)}` : "");

async function operations(log, there) {
  const on = new Map((there ?? []).map((operation) => [operation.id, operation]));
  const hashes = await Promise.all(log.map(({ body }) => bodyHash(body)));
  const mine = log.map((operation, index) => {
    const other = on.get(operation.id);
    on.delete(operation.id);
    const hash = hashes[index].slice(0, 12);
    const theirs = other ? `${other.body_sha256.slice(0, 12)} ${OPERATION_STATES[other.state]?.[0] ?? other.state}` : "";
    const isDifferent = !other || other.body_sha256 !== hashes[index] || other.state === "refused" || other.state === "conflict";
    return { name: `${operation.sequence}. ${OPERATIONS[operation.kind] ?? operation.kind}`, phone: hash, server: theirs, isDifferent };
  });
  const others = [...on.values()].map((operation) => ({
    name: `${OPERATIONS[operation.kind] ?? operation.kind}（别的手机）`, phone: "", server: OPERATION_STATES[operation.state]?.[0] ?? operation.state, isDifferent: true,
  }));
  return [...mine, ...others];
}
