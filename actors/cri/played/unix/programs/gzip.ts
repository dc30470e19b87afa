import { gunzipSync, gzipSync } from "fflate";
import { errorTexts } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, openPath, print, programName, readAll, writeTo } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf } from "./_inputs.ts";

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const textOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** Packs files, and `gunzip` and `zcat` unpack them. */
export const gzip: Program = {
  names: ["gzip", "gunzip", "zcat"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "cdfkqnt123456789");
    const unpacks = programName(self) !== "gzip" || flags.has("d");
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    let status = hasFailed ? 1 : 0;
    for (const { name, file } of inputs) {
      const made = turned(yield* readAll(self, file), unpacks);
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

function turned(text: string, unpacks: boolean): string | undefined {
  // The time is left out, so that the same bytes come of the same bytes.
  if (!unpacks) return textOf(gzipSync(bytesOf(text), { mtime: 0 }));
  try {
    return textOf(gunzipSync(bytesOf(text)));
  } catch {
    return undefined;
  }
}
