import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { blockBytes, humanSize } from "../kernel/system_figures.ts";
import { argumentsOf } from "./_arguments.ts";

/** Says how full file systems are. */
export const df: Program = {
  names: ["df"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "hkPTam");
    const { tree } = self.kernel.host;
    const unit = flags.has("m") ? 1024 ** 2 : blockBytes;
    const size = (bytes: number) => (flags.has("h") ? humanSize(bytes) : String(Math.ceil(bytes / unit)));
    // What the kernel makes up has no size.
    const mounts = tree.mounts().filter(({ bytesMax }) => bytesMax > 0);
    let shown = mounts;
    if (rest.length > 0) {
      shown = [];
      for (const name of rest) {
        const path = resolvePath(self.folder, name);
        const found = tree.find(path);
        if (hasFailed(found)) {
          yield* complain(self, `${name}: can't find mount point: ${errorTexts[found.error]}`);
          return 1;
        }
        const under = mounts.filter(
          (each) => each.path === "/" || path === each.path || path.startsWith(`${each.path}/`),
        );
        shown.push(...under.sort((a, b) => b.path.length - a.path.length).slice(0, 1));
      }
    }
    const title = flags.has("h") ? "Size" : flags.has("m") ? "1M-blocks" : "1K-blocks";
    yield* print(
      self,
      `${"Filesystem".padEnd(20)} ${title.padStart(9)} ${"Used".padStart(9)} Available Use% Mounted on\n`,
    );
    for (const { source, path, usedBytes, bytesMax } of shown) {
      const free = Math.max(0, bytesMax - usedBytes);
      const share = `${bytesMax === 0 ? 0 : Math.ceil((usedBytes / bytesMax) * 100)}%`;
      const amounts = [bytesMax, usedBytes, free].map((each) => size(each).padStart(9)).join(" ");
      yield* print(self, `${source.padEnd(20)} ${amounts} ${share.padStart(4)} ${path}\n`);
    }
    return 0;
  },
};
