import { errorTexts } from "../files/errno.ts";
import { complain, openPath, readSome, writeTo } from "../kernel/io.ts";
import { release } from "../kernel/kernel.ts";
import type { OpenFile } from "../kernel/open_file.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { sizeNumber } from "./_size_number.ts";

/** Copies bytes in blocks. */
export const dd: Program = {
  names: ["dd"],
  *run(self) {
    const words = new Map(self.argv.slice(1).map((word) => word.split(/=([\s\S]*)/, 2) as [string, string]));
    const source = words.has("if")
      ? openPath(self, words.get("if") ?? "", { canRead: true, canWrite: false })
      : self.files.get(0);
    const isKept = (words.get("conv") ?? "").split(",").includes("notrunc");
    const target = words.has("of")
      ? openPath(self, words.get("of") ?? "", { canRead: false, canWrite: true, creates: true, truncates: !isKept })
      : self.files.get(1);
    for (const [file, name] of [
      [source, words.get("if")],
      [target, words.get("of")],
    ] as const) {
      if (file && !("error" in file)) continue;
      yield* complain(self, `can't open '${name ?? ""}': ${errorTexts[file?.error ?? "EBADF"]}`);
      return 1;
    }
    const blockBytes = sizeNumber(words.get("bs") ?? words.get("ibs") ?? "512");
    const most = words.has("count") ? sizeNumber(words.get("count") ?? "") : Number.POSITIVE_INFINITY;
    const skipped = sizeNumber(words.get("skip") ?? "0") * blockBytes;
    if (![blockBytes, skipped].every(Number.isFinite) || Number.isNaN(most) || blockBytes <= 0) {
      yield* complain(self, `invalid number in '${self.argv.slice(1).join(" ")}'`);
      return 1;
    }
    return yield* copy(self, {
      source: source as OpenFile,
      target: target as OpenFile,
      blockBytes,
      most,
      skipped,
      isQuiet: words.get("status") === "none",
    });
  },
};

interface Copying {
  readonly source: OpenFile;
  readonly target: OpenFile;
  readonly blockBytes: number;
  readonly most: number;
  readonly skipped: number;
  readonly isQuiet: boolean;
}

function* copy(self: Process, { source, target, blockBytes, most, skipped, isQuiet }: Copying): Running {
  const beganMs = self.kernel.host.uptimeMs();
  source.holders++;
  target.holders++;
  let leftBytes = most * blockBytes;
  let left = skipped;
  let bytes = 0;
  let status = 0;
  while (leftBytes > 0) {
    const piece = yield* readSome(self, source);
    if (piece === "") break;
    const taken = piece.slice(left, left + Math.min(leftBytes, piece.length));
    left = Math.max(0, left - piece.length);
    const error = yield* writeTo(self, target, taken);
    if (error !== undefined) {
      yield* complain(self, `error writing: ${errorTexts[error]}`);
      status = 1;
      break;
    }
    bytes += taken.length;
    leftBytes -= taken.length;
  }
  release(source);
  release(target);
  if (isQuiet) return status;
  const blocks = `${Math.floor(bytes / blockBytes)}+${bytes % blockBytes === 0 ? 0 : 1}`;
  const seconds = (self.kernel.host.uptimeMs() - beganMs) / 1000;
  const text = `${blocks} records in\n${blocks} records out\n${bytes} bytes copied, ${seconds.toFixed(6)} seconds\n`;
  yield* writeTo(self, self.files.get(2), text);
  return status;
}
