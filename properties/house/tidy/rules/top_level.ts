import type { Rule } from "../house.ts";

const wanted = [
  "actors",
  "runtime",
  "scenarios",
  "properties",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "README.md",
  "LICENSE",
];

/** The top level is exactly the one that the design names, and dot-files. */
export const topLevel: Rule = {
  name: "top level",
  check: (files) => {
    const entries = new Set(files.map(({ path }) => path.split("/")[0] ?? ""));
    const extra = [...entries]
      .filter((entry) => !wanted.includes(entry) && !entry.startsWith("."))
      .map((entry) => ({
        path: entry,
        line: 1,
        text: "is no entry of the top level, move it into one of the folders",
      }));
    const missing = wanted
      .filter((entry) => !entries.has(entry))
      .map((entry) => ({ path: entry, line: 1, text: "is missing from the top level, put it back" }));
    return [...extra, ...missing];
  },
};
