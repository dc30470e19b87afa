import { complain, openPath, print, readAll, readSome } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { type Input, inputsOf } from "./_inputs.ts";

/** How often a file that is followed is looked at. */
const lookEachMs = 1_000;

/** Writes the end of files, and with `-f` what comes to them. */
export const tail: Program = {
  names: ["tail"],
  *run(self) {
    self.argv = self.argv.flatMap((word) => (/^-\d+$/.test(word) ? ["-n", word.slice(1)] : [word]));
    const { flags, rest } = yield* argumentsOf(self, "n:c:fFqs:", { follow: "f", retry: "F", lines: "n" });
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    const isNamed = flags.has("F");
    // By their names they are followed before they are there, too, as a sidecar does that is up before who writes.
    const missing = new Set(isNamed ? rest.filter((each) => !inputs.some(({ name }) => name === each)) : []);
    for (const [index, { name, file }] of inputs.entries()) {
      if (inputs.length > 1 && !flags.has("q")) yield* print(self, `${index > 0 ? "\n" : ""}==> ${name} <==\n`);
      // A device never ends: there is no last line in it.
      if (file.node?.kind === "file" || !flags.has("f")) yield* print(self, ending(yield* readAll(self, file), flags));
    }
    if (hasFailed && inputs.length + missing.size === 0) return 1;
    while (flags.has("f") || isNamed) {
      yield* takeUp(self, missing, inputs);
      for (const { file } of inputs) {
        if (file.node?.kind !== "file" && file.readable === undefined) continue;
        for (let bytes = yield* readSome(self, file); bytes !== ""; bytes = yield* readSome(self, file))
          yield* print(self, bytes);
      }
      // What cannot grow is waited for without a look: `tail -f /dev/null` costs nothing.
      const grows = missing.size > 0 || inputs.some(({ file }) => file.node?.kind === "file");
      if (grows) yield { untilMs: self.kernel.host.uptimeMs() + lookEachMs };
      else if (inputs.every(({ file }) => file.readable === undefined)) yield {};
      else return 0;
    }
    return hasFailed ? 1 : 0;
  },
};

/** Files that were missing and are there now are followed from their beginning. */
function* takeUp(self: Process, missing: Set<string>, inputs: Input[]): Running<void> {
  for (const name of missing) {
    const file = openPath(self, name, { canRead: true, canWrite: false });
    if ("error" in file) continue;
    missing.delete(name);
    inputs.push({ name, file });
    yield* complain(self, `${name} has appeared; following end of new file`);
  }
}

function ending(text: string, flags: ReadonlyMap<string, string>): string {
  const given = flags.get("c") ?? flags.get("n") ?? "10";
  const count = Number(given.replace("+", ""));
  if (flags.has("c"))
    return given.startsWith("+") ? text.slice(count - 1) : text.slice(Math.max(0, text.length - count));
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return (
    given.startsWith("+") ? lines.slice(Math.max(0, count - 1)) : lines.slice(Math.max(0, lines.length - count))
  ).join("");
}
