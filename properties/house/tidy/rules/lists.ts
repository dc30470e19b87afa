import { listsOf, membersWithoutConst } from "../../lists.ts";
import type { Rule } from "../house.ts";

/** The generated lists of alike things are those that the folders give. */
export const lists: Rule = {
  name: "lists",
  check: (files) => {
    const texts = new Map(files.map(({ path, text }) => [path, text]));
    const stale = listsOf(files)
      .filter(({ path, text }) => texts.get(path) !== text)
      .map(({ path }) => ({ path, line: 1, text: "is not what its folder gives, run npm run fix" }));
    const unnamed = membersWithoutConst(files).map(({ path, name }) => ({
      path,
      line: 1,
      text: `exports no const ${name}, export one named like the file, or begin the file's name with an underscore`,
    }));
    return [...stale, ...unnamed];
  },
};
