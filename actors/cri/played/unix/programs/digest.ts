import { complain, print, programName, readAll } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { type Digest, md5Hex, sha1Hex, sha256Hex } from "./_digests.ts";
import { inputsOf, linesOf } from "./_inputs.ts";

const digests: Readonly<Record<string, Digest>> = { md5sum: md5Hex, sha1sum: sha1Hex, sha256sum: sha256Hex };

/** Writes the digests of files, or checks them with `-c`. */
export const digest: Program = {
  names: Object.keys(digests),
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "cswb", { check: "c", status: "s" });
    const of = digests[programName(self)] ?? sha256Hex;
    if (flags.has("c")) return yield* check(self, of, { names: rest, isQuiet: flags.has("s") });
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    for (const { name, file } of inputs) yield* print(self, `${of(yield* readAll(self, file))}  ${name}\n`);
    return hasFailed ? 1 : 0;
  },
};

function* check(
  self: Process,
  of: Digest,
  { names, isQuiet }: { readonly names: readonly string[]; readonly isQuiet: boolean },
): Running {
  const { lines, hasFailed } = yield* linesOf(self, names);
  let wrong = 0;
  for (const line of lines) {
    const [, wanted, name = ""] = /^([\da-fA-F]+) [ *](.*)$/.exec(line) ?? [];
    const { inputs } = yield* inputsOf(self, [name]);
    const [input] = inputs;
    const isRight = input !== undefined && of(yield* readAll(self, input.file)) === wanted?.toLowerCase();
    if (!isRight) wrong++;
    if (!isQuiet) yield* print(self, `${name}: ${isRight ? "OK" : "FAILED"}\n`);
  }
  if (wrong > 0 && !isQuiet)
    yield* complain(self, `WARNING: ${wrong} of ${lines.length} computed checksums did NOT match`);
  return wrong > 0 || hasFailed ? 1 : 0;
}
