import { type Finding, isCode, isGenerated, type Rule } from "../house.ts";
import { lineAt } from "../source.ts";

// In pieces, so that this file does not find itself.
const marks = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME"].join("|")})\\b`, "g");

/** Nothing is left for later in a comment: do it, or open an issue. */
export const leftovers: Rule = {
  name: "leftovers",
  check: (files) => {
    const findings: Finding[] = [];
    for (const { path, text } of files) {
      if (!isCode(path) || isGenerated(path)) continue;
      for (const match of text.matchAll(marks)) {
        findings.push({ path, line: lineAt(text, match.index), text: `${match[0]}, do it now or open an issue` });
      }
    }
    return findings;
  },
};
