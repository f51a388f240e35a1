// The office's words for what the log holds, and how times, sizes and distances are said.

export const RESULTS = { ok: "符合", fail: "不符合", na: "不涉及", "": "未答" };
export const SEVERITIES = { general: "一般", major: "重大" };
export const VISIT_KINDS = {
  survey: "摸底排查", recheck: "复查验收", spot_check: "抽查验收", enforcement: "执法检查", inspection: "监督检查",
};
export const OFFICIAL = ["spot_check", "enforcement", "inspection"];
export const PARTS = { both: "软件资料和现场", soft: "只查软件资料", site: "只查现场" };
export const SECTIONS = { hazard: "上次隐患", risk_point: "风险点", soft: "资料", site: "现场" };
export const HAZARD_STATES = {
  found: ["待确认", "grey"], issued: ["待整改", "amber"], rectifying: ["整改中", "blue"],
  submitted: ["待复查", "amber"], closed: ["已销号", "green"], dismissed: ["不予认定", "grey"],
};
export const OPERATION_STATES = {
  local: ["仅在手机", "grey"], waiting: ["服务器已收到，等待", "blue"], done: ["已入账", "green"],
  refused: ["未入账", "red"], conflict: ["两个版本", "amber"],
};
export const FILE_STATES = {
  local: ["仅在手机", "grey"], expected: ["正在上传", "blue"], stored: ["服务器已收到", "green"],
  refused: ["服务器不能接受", "red"], damaged: ["手机上的文件损坏", "red"],
};
export const OPERATIONS = {
  "visit.start": "到场", track: "轨迹", answer: "作答", "hazard.add": "登记隐患", "hazard.change": "修改隐患",
  "hazard.remove": "撤回隐患", recheck: "复查", files: "照片和语音", note: "过程控制记录", risk_point: "风险点",
  "visit.sign": "签字", "visit.refuse": "拒签", settle: "确认签字内容", order: "责令限期整改",
};
export const PURPOSES = { before: "隐患照片", recheck: "复查照片", site: "现场照片", signature: "签名", voice: "语音" };

const DAY = 86_400_000;

export function clip(text, length = 40) {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** "3 天前" of an ISO time. */
export function ago(iso, now = Date.now()) {
  const minutes = Math.max(0, Math.floor((now - Date.parse(iso)) / 60_000));
  if (minutes < 1) return "刚刚";
  if (minutes < 60) return `${minutes} 分钟前`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} 小时前`;
  return `${Math.floor(minutes / 1440)} 天前`;
}

export function daysSince(iso, now = Date.now()) {
  return Math.floor((now - Date.parse(iso)) / DAY);
}

const two = (number) => String(number).padStart(2, "0");

/** "6月8日 10:05" */
export function moment(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  return `${at.getMonth() + 1}月${at.getDate()}日 ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** "2026年6月8日10时5分", as papers say it. */
export function paperMoment(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** "6月8日" of an ISO day; the year only where it is another. */
export function day(iso, today = new Date()) {
  if (!iso) return "";
  const [year, month, date] = iso.slice(0, 10).split("-").map(Number);
  const words = `${month}月${date}日`;
  return year === today.getFullYear() ? words : `${year}年${words}`;
}

/** "还剩 3 天" or "逾期 2 天" of a day, with how urgent it is. */
export function left(dueOn, today) {
  if (!dueOn) return { words: "没有期限", mood: "" };
  const days = Math.round((Date.parse(dueOn) - Date.parse(today)) / DAY);
  if (days < 0) return { words: `逾期 ${-days} 天`, mood: "late" };
  if (days === 0) return { words: "今天到期", mood: "soon" };
  return { words: `还剩 ${days} 天`, mood: days <= 3 ? "soon" : "" };
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

export function seconds(value) {
  const whole = Math.round(value || 0);
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

/** Metres between two positions. */
export function metres(a, b) {
  const rad = Math.PI / 180;
  const [lat1, lat2] = [Number(a.latitude) * rad, Number(b.latitude) * rad];
  const [dLat, dLng] = [lat2 - lat1, (Number(b.longitude) - Number(a.longitude)) * rad];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(dLng / 2) ** 2;
  return 12_742_000 * Math.asin(Math.sqrt(h));
}

export function distance(value) {
  return value < 1000 ? `${Math.round(value / 10) * 10} 米` : `${(value / 1000).toFixed(1)} 公里`;
}

/** Where a hazard was seen, and in how many places. */
export function placeOf(hazard) {
  return hazard.place_count > 1 ? `${hazard.place}（${hazard.place_count} 处）` : hazard.place;
}
