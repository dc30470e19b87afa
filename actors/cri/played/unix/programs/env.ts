import { executable } from "../kernel/executable.ts";
import { complain, print } from "../kernel/io.ts";
import { type Program, toEnd } from "../kernel/process.ts";

/** Prints the environment, or runs a program in another one. */
export const env: Program = {
  names: ["env"],
  *run(self) {
    const words = self.argv.slice(1);
    const variables = new Map(words[0] === "-i" || words[0] === "-" ? [] : self.env);
    if (words[0] === "-i" || words[0] === "-") words.shift();
    while (words[0] === "-u") variables.delete(words.splice(0, 2)[1] ?? "");
    for (let [word] = words; word !== undefined && /^[^=]+=/.test(word); [word] = words) {
      const [name = "", value = ""] = word.split(/=([\s\S]*)/, 2);
      variables.set(name, value);
      words.shift();
    }
    if (words.length === 0) {
      for (const [name, value] of variables) yield* print(self, `${name}=${value}\n`);
      return 0;
    }
    const found = executable(self, words, variables.get("PATH"));
    if (!found.ok) {
      yield* complain(self, `can't execute '${words[0]}': ${found.text}`);
      return found.status;
    }
    self.env = variables;
    self.argv = found.argv;
    return yield* toEnd(found.program.run(self));
  },
};
