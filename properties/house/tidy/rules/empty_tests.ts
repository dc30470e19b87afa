import { isCode, isTest, type Rule } from "../house.ts";
import { codeOf } from "../source.ts";

/** A file of tests declares one: an empty file would pass for ever. */
export const emptyTests: Rule = {
  name: "empty tests",
  check: (files) =>
    files
      .filter(({ path, text }) => isCode(path) && isTest(path) && !/(?<![.\w])\w+\s*\(\s*["`]/.test(codeOf(text)))
      .map(({ path }) => ({ path, line: 1, text: "declares no test, property or scenario, write one or delete it" })),
};
