// Wildcards of permission patterns: `*` is any run of characters ("/" included), `?` exactly one.
// A pattern that ends in " *" also matches what stands before it alone (`git status *` matches
// `git status`). Matching is linear in pattern times value, whatever the pattern (no regex).

/** Whether the whole of `value` matches `pattern`. */
export function matchWildcard(pattern: string, value: string): boolean {
  if (pattern === "*" || pattern === value) return true;
  if (pattern.endsWith(" *") && matchGlob(pattern.slice(0, -2), value)) return true;
  return matchGlob(pattern, value);
}

// Greedy with one remembered star: on a mismatch, the last `*` takes one character more.
function matchGlob(pattern: string, value: string): boolean {
  let p = 0;
  let v = 0;
  let star = -1;
  let starValue = 0;
  while (v < value.length) {
    if (p < pattern.length && pattern[p] === "*") {
      star = p++;
      starValue = v;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === value[v])) {
      p++;
      v++;
    } else if (star >= 0) {
      p = star + 1;
      v = ++starValue;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
