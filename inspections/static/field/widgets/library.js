// The hazard library and the clauses of the standards, each as a sheet to choose from.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { search } from "../search.js";
import { empty, icon, severity } from "./bits.js";
import { sheet } from "./dialogs.js";
import { clip } from "./words.js";

let known = { head: null, entries: [] };

/** The library's entries, read once for each bundle. */
export async function entriesOf(app) {
  if (known.head !== app.head) known = { head: app.head, entries: await app.store.library() };
  return known.entries;
}

/**
 * Choose an entry: what the question offers first, else by words or pinyin initials.
 * @returns {Promise<object|null>}
 */
export function chooseEntry(entries, codes = []) {
  const looked = { words: "" };
  return sheet({
    title: "隐患库",
    body: (close, draw) => {
      const found = search(entries, looked.words, codes);
      const typed = (event) => { looked.words = event.target.value; draw(); };
      return html`<div class="sheet-body">
        <div class="search">${icon("search")}<input class="input" type="search" autofocus aria-label="搜索隐患库：词语或拼音首字母" placeholder="词语或拼音首字母，如 pdx（配电箱）" data-library-search .value=${looked.words} @input=${typed}></div>
        <p class="soft small" role="status">${looked.words ? `找到 ${found.length} 条` : codes.length ? "这一项常见的隐患" : `共 ${entries.length} 条，输入后显示`}</p>
        ${found.map((entry) => entryButton(entry, () => close(entry)))}
        ${looked.words && !found.length ? empty("book-off", "没有这样的条目，可以换个词，或者自己写。") : nothing}
      </div>`;
    },
  });
}

const entryButton = (entry, choose) => html`
  <button type="button" class="card link-row" data-entry=${entry.code} @click=${choose}>
    <span class="grow"><span>${severity(entry.severity)} <strong>${entry.title}</strong></span>
      <span class="small">${clip(entry.description || "条文未收录，选后请补写", 60)}</span>
      <span class="soft small">${entry.code} · ${entry.category} ${entry.subcategory}</span></span>
  </button>`;

/** Choose a clause of the standards. @returns {Promise<string|null>} its words */
export function chooseClause(clauses) {
  const looked = { words: "" };
  return sheet({
    title: "重大隐患判定标准",
    body: (close, draw) => {
      const found = clauses.filter(({ code, text }) => `${code}${text}`.includes(looked.words.trim()));
      const typed = (event) => { looked.words = event.target.value; draw(); };
      return html`<div class="sheet-body">
        <div class="search">${icon("search")}<input class="input" type="search" aria-label="搜索条款" placeholder="条款或关键词" .value=${looked.words} @input=${typed}></div>
        ${found.map(({ code, text }) => html`
          <button type="button" class="card link-row" data-clause=${code} @click=${() => close(code)}>
            <span class="grow"><strong>${code}</strong><span>${text}</span></span></button>`)}
        ${found.length ? nothing : empty("book-off", "没有找到，可以关闭后自己填写，须写到条、项。")}
      </div>`;
    },
  });
}
