import { type Finding, isCode, type Rule } from "../house.ts";
import { importsOf } from "../source.ts";

/** Only a mod.ts passes on what other files of ours export: elsewhere a thing has one address. */
export const barrels: Rule = {
  name: "barrels",
  check: (files) => {
    const findings: Finding[] = [];
    for (const { path, text } of files) {
      if (!isCode(path) || path.endsWith("/mod.ts")) continue;
      for (const found of importsOf(text)) {
        if (!found.reExport || !found.specifier.startsWith(".")) continue;
        const wrong = `passes on "${found.specifier}", let those who need it import it from where it is`;
        findings.push({ path, line: found.line, text: wrong });
      }
    }
    return findings;
  },
};
