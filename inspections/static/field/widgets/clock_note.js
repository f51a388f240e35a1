// What a phone says whose clock is not the server's.

import { nothing } from "../../npm/lit-html/lit-html.js";
import { clockWords, serverToday } from "../clock.js";
import { note } from "./bits.js";
import { day } from "./words.js";

export function clockNote(app) {
  if (!clockWords()) return nothing;
  if (app.head?.training) return note("", "school", `训练用的机构，日期按它的时钟：今天是${day(serverToday())}。`);
  return note("warn", "clock-exclamation", `${clockWords()}，请校准。记录会按服务器时间校正，两个时间都保留。`);
}
