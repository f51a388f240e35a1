// The hazard library, by words or pinyin initials (pdx finds 配电箱). Pure.

/**
 * @param {object[]} entries  store.library()
 * @returns {object[]} entries with every word of `text`, best first; without text those of `codes`, in that order
 */
export function search(entries, text, codes = [], limit = 30) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return byCode(entries, codes);
  return entries
    .filter((entry) => words.every((word) => haystack(entry).includes(word)))
    .map((entry) => ({ entry, rank: rank(entry, words, codes) }))
    .sort((a, b) => a.rank - b.rank || (a.entry.code < b.entry.code ? -1 : 1))
    .slice(0, limit)
    .map(({ entry }) => entry);
}

function byCode(entries, codes) {
  const found = new Map(entries.map((entry) => [entry.code, entry]));
  return codes.map((code) => found.get(code)).filter(Boolean);
}

const lowered = new WeakMap();

function haystack(entry) {
  if (!lowered.has(entry)) lowered.set(entry, `${entry.code} ${entry.search}`.toLowerCase());
  return lowered.get(entry);
}

// What the question offers comes first; then the title before keywords, initials and description; major before general.
function rank(entry, words, codes) {
  const offered = codes.includes(entry.code) ? 0 : 100;
  const worst = Math.max(...words.map((word) => place(entry, word)));
  return offered + worst * 10 + (entry.severity === "major" ? 0 : 1);
}

function place(entry, word) {
  const title = entry.title.toLowerCase();
  if (entry.code.toLowerCase() === word || title.startsWith(word)) return 0;
  if (title.includes(word)) return 1;
  return haystack(entry).split(" ").some((part) => part.startsWith(word)) ? 2 : 3;
}
