import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

const linksMax = 40;

/** Says where a path leads, all links followed. */
export const realPath: Program = {
  names: ["realpath"],
  *run(self) {
    let status = 0;
    for (const word of self.argv.slice(1)) {
      const { tree } = self.kernel.host;
      let path = "";
      let left = linksMax;
      const names = resolvePath(self.folder, word).split("/").slice(1);
      while (names.length > 0) {
        const at = `${path}/${names.shift()}`;
        const node = tree.find(at, true);
        if (!hasFailed(node) && node.kind === "link" && left-- > 0) {
          names.unshift(
            ...resolvePath(path || "/", node.target)
              .split("/")
              .slice(1),
          );
          path = "";
        } else path = at;
      }
      const found = tree.find(path || "/");
      if (hasFailed(found)) {
        status = 1;
        yield* complain(self, `${word}: ${errorTexts[found.error]}`);
      } else yield* print(self, `${path || "/"}\n`);
    }
    return status;
  },
};
