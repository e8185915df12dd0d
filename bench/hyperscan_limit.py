"""The C limit: the same patterns and rules with the scanning library called from C, for comparison only.

Needs gcc and the development files of hyperscan (Debian: libhyperscan-dev); `CLimit.build` returns None without.
"""

import ctypes
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from boolean_rules import Rules

from warning.core.text.finders import Pattern

SOURCE = r"""
#include <hs/hs.h>
#include <stdint.h>
#include <string.h>
#define WORDS 16
typedef struct { uint64_t bits[WORDS]; const int *group; } Seen;
static hs_database_t *db; static hs_scratch_t *scratch;
int build(const char **expressions, const unsigned *flags, const unsigned *ids, unsigned n) {
  hs_compile_error_t *wrong = 0;
  if (hs_compile_multi(expressions, flags, ids, n, HS_MODE_BLOCK, 0, &db, &wrong)) return 1;
  return hs_alloc_scratch(db, &scratch);
}
static int note(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx) {
  Seen *seen = ctx; int g = seen->group[id]; seen->bits[g >> 6] |= 1ULL << (g & 63); return 0;
}
static int has(const Seen *s, int g) { return s->bits[g >> 6] >> (g & 63) & 1; }
/* rules: for each rule counts of all, any, none, two_of, then the groups of each */
long run(const char *texts, const long *ends, long n, const int *group, const int *rules, long n_rules) {
  long fired = 0, start = 0; Seen seen; seen.group = group;
  for (long d = 0; d < n; start = ends[d++]) {
    memset(seen.bits, 0, sizeof seen.bits);
    hs_scan(db, texts + start, (unsigned)(ends[d] - start), 0, scratch, note, &seen);
    const int *r = rules;
    for (long k = 0; k < n_rules; k++) {
      int a = r[0], b = r[1], c = r[2], e = r[3], ok = 1, some = b == 0, two = 0; const int *g = r + 4;
      r = g + a + b + c + e;
      for (int i = 0; ok && i < a; i++) ok = has(&seen, *g++);
      if (!ok) continue;
      for (int i = 0; i < b; i++) some |= has(&seen, *g++);
      for (int i = 0; i < c; i++) ok &= !has(&seen, *g++);
      for (int i = 0; i < e; i++) two += has(&seen, *g++);
      fired += ok && some && (e == 0 || two >= 2);
    }
  }
  return fired;
}
"""
SINGLEMATCH = 8
ENDINGS = {"any": rb"", "word": rb"(?:es|s)?\b", "open": rb"[a-z]*\b", "own": rb"\b"}


def expression(pattern: Pattern) -> bytes:
    """A pattern with its word boundaries: C leaves them to the library."""
    start = rb"\b" if pattern.starts_word else b""
    return start + re.escape(pattern.needle) + ENDINGS[pattern.ending]


class CLimit:
    def __init__(
        self, library: ctypes.CDLL, patterns: Sequence[Pattern], groups: Sequence[int], rules: Rules
    ) -> None:
        self._run = library.run
        self._run.restype = ctypes.c_long
        count = len(patterns)
        expressions = (ctypes.c_char_p * count)(*[expression(p) for p in patterns])
        flags = (ctypes.c_uint * count)(*[SINGLEMATCH] * count)
        assert not library.build(expressions, flags, (ctypes.c_uint * count)(*range(count)), count)
        self._groups = (ctypes.c_int * count)(*groups)
        place = {name: n for n, name in enumerate(rules.groups)}
        flat: list[int] = []
        for _, every, some, none, two_of in rules.wanted:
            flat += [len(every), len(some), len(none), len(two_of)]
            flat += [place[g] for g in (*every, *some, *none, *two_of)]
        self._rules = (ctypes.c_int * len(flat))(*flat)
        self._count = len(rules.wanted)

    @staticmethod
    def build(patterns: Sequence[Pattern], groups: Sequence[int], rules: Rules) -> "CLimit | None":
        """`groups` gives the group of each pattern."""
        if (
            shutil.which("gcc") is None
            or not Path("/usr/include/hs/hs.h").exists()
            or len(rules.groups) > 1024
        ):
            return None
        with tempfile.TemporaryDirectory() as directory:
            source, target = Path(directory) / "limit.c", Path(directory) / "limit.so"
            source.write_text(SOURCE)
            subprocess.run(
                ["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", target, source, "-lhs"], check=True
            )
            return CLimit(ctypes.CDLL(str(target)), patterns, groups, rules)

    def pack(self, texts: Sequence[bytes]) -> tuple[bytes, ctypes.Array[ctypes.c_long]]:
        ends, total = [], 0
        for text in texts:
            total += len(text)
            ends.append(total)
        return b"".join(texts), (ctypes.c_long * len(ends))(*ends)

    def fired(self, packed: tuple[bytes, "ctypes.Array[ctypes.c_long]"]) -> int:
        texts, ends = packed
        return int(self._run(texts, ends, len(ends), self._groups, self._rules, self._count))
