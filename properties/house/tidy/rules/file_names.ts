import { codeFolders, type Finding, isCode, type Rule } from "../house.ts";

const snakeCase = /^_?[a-z0-9]+(_[a-z0-9]+)*$/;
const drawers = /(^|_)(helpers?|utils?|misc|stuff)(_|$)/;

/** Names are snake_case, and say what is inside: no drawers called helpers or utils. */
export const fileNames: Rule = {
  name: "file names",
  check: (files) => {
    const findings = new Map<string, Finding>();
    for (const { path } of files) {
      if (!codeFolders.some((folder) => path.startsWith(`${folder}/`))) continue;
      for (const part of path.split("/")) {
        // The name ends at its first dot: `meta.generated.ts` is called meta.
        const name = part.split(".")[0] ?? "";
        if (!snakeCase.test(name)) {
          findings.set(part, { path, line: 1, text: `"${part}" is not snake_case, rename it` });
        } else if (isCode(path) && drawers.test(name)) {
          findings.set(part, { path, line: 1, text: `"${part}" is a drawer, name it after what it does` });
        }
      }
    }
    return [...findings.values()];
  },
};
