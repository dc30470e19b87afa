import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { fileText } from "./_curl_security.ts";

/** Shows settings of the kernel, as far as a pod may set them. */
export const sysctl: Program = {
  names: ["sysctl"],
  *run(self) {
    const words = self.argv.slice(1);
    const isBare = words.some((word) => /^-[a-z]*n/.test(word));
    let status = 0;
    for (const word of words.filter((each) => !each.startsWith("-"))) {
      const name = word.replaceAll("/", ".");
      const value = fileText(self, `/proc/sys/${name.replaceAll(".", "/")}`);
      if (value === undefined) {
        status = 1;
        yield* complain(self, `error: '${name}' is an unknown key`);
      } else yield* print(self, isBare ? value : `${name} = ${value}`);
    }
    return status;
  },
};
