import { formatValues } from "./format.ts";

type Write = (stream: "stdout" | "stderr", text: string) => void;
type Line = (...values: readonly unknown[]) => void;

/** The console of a container: what is printed becomes lines of its two streams. */
export function makeConsole(write: Write): Record<string, Line> {
  let indent = "";
  const counts = new Map<string, number>();
  const to =
    (stream: "stdout" | "stderr"): Line =>
    (...values) => {
      const text = formatValues(values);
      write(stream, indent === "" ? text : text.replace(/^/gm, indent));
    };
  const [out, err] = [to("stdout"), to("stderr")];
  return {
    log: out,
    info: out,
    debug: out,
    dir: (value) => out(value),
    table: (value) => out(value),
    error: err,
    warn: err,
    trace: (...values) => err(`Trace: ${formatValues(values)}`),
    assert: (holds, ...values) => (holds ? undefined : err("Assertion failed", ...values)),
    group(...values) {
      if (values.length > 0) out(...values);
      indent += "  ";
    },
    groupEnd() {
      indent = indent.slice(2);
    },
    count(label = "default") {
      const count = (counts.get(String(label)) ?? 0) + 1;
      counts.set(String(label), count);
      out(`${label}: ${count}`);
    },
  };
}

/** Splits what is printed into lines; a text that ends a line does not begin another. */
export function linesOf(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}
