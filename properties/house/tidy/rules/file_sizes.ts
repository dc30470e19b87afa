import { isCode, isGenerated, type Rule } from "../house.ts";

const LINES_MAX = 400;

/** No file past 400 lines, but for generated ones. */
export const fileSizes: Rule = {
  name: "file sizes",
  check: (files) =>
    files
      .filter(({ path }) => isCode(path) && !isGenerated(path))
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > LINES_MAX)
      .map(({ path, lines }) => ({
        path,
        line: LINES_MAX + 1,
        text: `${lines} lines, ${LINES_MAX} at most, split it by concept`,
      })),
};
