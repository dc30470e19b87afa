import { errorTexts } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, openPath, print, programName, readAll, writeTo } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { packed, unpacked } from "./_gzip_format.ts";
import { inputsOf } from "./_inputs.ts";

/** Packs files, and `gunzip` and `zcat` unpack them. */
export const gzip: Program = {
  names: ["gzip", "gunzip", "zcat"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "cdfkqnt123456789");
    const unpacks = programName(self) !== "gzip" || flags.has("d");
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    let status = hasFailed ? 1 : 0;
    for (const { name, file } of inputs) {
      const given = yield* readAll(self, file);
      const made = unpacks ? unpacked(given) : packed(given);
      if (made === undefined) {
        yield* complain(self, `${name}: invalid magic`);
        status = 1;
        continue;
      }
      if (name === "-" || flags.has("c") || programName(self) === "zcat") {
        yield* print(self, made);
        continue;
      }
      const to = unpacks ? name.replace(/\.gz$|\.tgz$/, "") : `${name}.gz`;
      const out = openPath(self, to, { canRead: false, canWrite: true, creates: true, truncates: true });
      const error = to === name ? "EEXIST" : "error" in out ? out.error : yield* writeTo(self, out, made);
      if (error !== undefined) {
        yield* complain(self, `${to}: ${errorTexts[error]}`);
        status = 1;
      } else if (!flags.has("k")) self.kernel.host.tree.remove(resolvePath(self.folder, name), "other");
    }
    return status;
  },
};
