"""Replay a published draw: python3 draw.py published.json (the file is on the draw's public page)."""

import hashlib  # noqa: E401
import json
import math
import pathlib
import sys
from fractions import Fraction

p = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
sha = lambda *text: hashlib.sha256("\n".join(text).encode()).hexdigest()  # noqa: E731
digest = sha(json.dumps(p["list"], ensure_ascii=False, separators=(",", ":")))
assert sha(p["secret"]) == p["commitment"], "the secret is not the one that was committed to"
assert digest == p["list_sha256"], "the list is not the one that was frozen"
seed = sha(p["secret"], digest, p["number"])
rows = sorted(p["list"], key=lambda r: (sha(seed, r[0]), r[0]))  # [token, town, major, signs]
sample, rest = [r[0] for r in rows if r[2]], [r for r in rows if not r[2]]
n = min(len(rows), max(p["minimum"], math.ceil(Fraction(p["ratio"]) * len(rows))))
seats = min(max(n - len(sample), 0), len(rest))
exact = {r[1]: Fraction(seats * sum(o[1] == r[1] for o in rest), len(rest)) for r in rest}
extra = sorted(exact, key=lambda t: (int(exact[t]) - exact[t], t))[
    : seats - sum(map(int, exact.values()))
]  # noqa: E501
for town in sorted(exact):
    k, members = int(exact[town]) + (town in extra), [r for r in rest if r[1] == town]
    first = [r for r in members if r[3]][: (k + 1) // 2]
    sample += [r[0] for r in first + [r for r in members if r not in first][: k - len(first)]]
print("\n".join(sample))
sys.exit(0 if sample == p["sample"] else "the published sample differs")
