// The deadline that the server will compute (platform/tenancy/workdays.py). Pure.

const DAY = 24 * 60 * 60 * 1000;
// 元旦 1 Jan, 劳动节 1 and 2 May, 国庆 1 to 3 Oct: all that is sure of a year whose notice is not out.
const FIXED = new Set(["01-01", "05-01", "05-02", "10-01", "10-02", "10-03"]);

const next = (day, days = 1) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

/**
 * The last day of a period.
 * @param {string} from  ISO date; not counted itself
 * @param {number} days
 * @param {boolean} workdays  else calendar days, moved on to the next working day
 * @param {Iterable<string>} restDays  bundle.rest_days; beyond its last day weekends and fixed holidays rest
 * @returns {string} ISO date
 */
export function dueDate(from, days, workdays, restDays) {
  const isWorkday = calendar(restDays);
  let day = workdays ? from : next(from, days);
  let left = workdays ? days : 0;
  while (left || !isWorkday(day)) {
    day = next(day);
    if (!isWorkday(day)) continue;
    left = Math.max(left - 1, 0);
    if (!left) break;
  }
  return day;
}

function calendar(restDays) {
  const rest = new Set(restDays);
  const last = [...rest].reduce((a, b) => (a > b ? a : b), "");
  return (day) => (day <= last ? !rest.has(day) : !restsByRule(day));
}

function restsByRule(day) {
  const weekday = new Date(day).getUTCDay();
  return FIXED.has(day.slice(5)) || weekday === 0 || weekday === 6;
}
