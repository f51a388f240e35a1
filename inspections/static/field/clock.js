// The phone's clock and the server's. The last difference is kept for work without signal.

const KEY = "anfu-field-clock";
const TOLERANCE = 2 * 60 * 1000;
const MINUTE = 60 * 1000;
const ZONE = "Asia/Shanghai"; // the server's

const two = (value, digits = 2) => String(value).padStart(digits, "0");

/** ISO 8601 with milliseconds and offset, by the phone's clock. */
export function stamp(date = new Date()) {
  const ahead = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + ahead * MINUTE).toISOString().slice(0, -1);
  const sign = ahead < 0 ? "-" : "+";
  return `${local}${sign}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
}

/** Note the server's `now` of an answer; the times are the phone's milliseconds of asking and of the answer. */
export function noteServer(now, sentAt, receivedAt) {
  const difference = Date.parse(now) - (sentAt + receivedAt) / 2;
  if (Number.isFinite(difference)) localStorage.setItem(KEY, String(Math.round(difference)));
}

/** Milliseconds by which the server is ahead of the phone; 0 where unknown or within two minutes. */
export function offset() {
  const known = Number(localStorage.getItem(KEY) ?? 0);
  return Math.abs(known) > TOLERANCE ? known : 0;
}

/** Now, as the server would say. @returns {Date} */
export const serverNow = () => new Date(Date.now() + offset());

/** The server's day, ISO. */
export const serverToday = () => new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(serverNow());

/** "手机时钟快 3 天 2 小时" or "". */
export function clockWords() {
  const difference = offset();
  if (!difference) return "";
  return `手机时钟${difference < 0 ? "快" : "慢"} ${duration(Math.abs(difference))}`;
}

function duration(milliseconds) {
  const minutes = Math.round(milliseconds / MINUTE);
  const parts = [
    [Math.floor(minutes / 1440), "天"],
    [Math.floor((minutes % 1440) / 60), "小时"],
    [minutes % 60, "分钟"],
  ];
  const first = parts.findIndex(([count]) => count);
  return parts.slice(first, first + 2).filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ");
}
