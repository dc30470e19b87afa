import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { formatDate } from "./_dates.ts";

/** Says what time it is, on the clock of the node. */
export const date: Program = {
  names: ["date"],
  *run(self) {
    let form = "%a %b %e %H:%M:%S UTC %Y";
    let ms: number | undefined = self.kernel.host.wallMs();
    const words = self.argv.slice(1);
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (word.startsWith("+")) form = word.slice(1);
      else if (/^(-I|--iso-8601=?)/.test(word))
        form = /s/.test(word.slice(2).replace("iso", "")) ? "%Y-%m-%dT%H:%M:%S+00:00" : "%F";
      else if (word === "-R") form = "%a, %d %b %Y %H:%M:%S +0000";
      else if (word === "-d" || word === "--date") ms = timeOf(words.shift() ?? "", ms ?? 0);
      else if (word !== "-u" && word !== "--utc") {
        yield* complain(self, `unrecognized option: ${word}`);
        return 1;
      }
    }
    if (ms === undefined || Math.abs(ms) > 8.64e15) {
      yield* complain(self, "invalid date");
      return 1;
    }
    yield* print(self, `${formatDate(new Date(ms), form)}\n`);
    return 0;
  },
};

/** `@SECONDS`, `now`, `2026-01-31`, `2026-01-31 10:20:30`. */
function timeOf(text: string, nowMs: number): number | undefined {
  if (text === "now") return nowMs;
  if (/^@-?\d{1,12}$/.test(text)) return Number(text.slice(1)) * 1000;
  const [, year, month, day, hour = "0", minute = "0", second = "0"] =
    /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?Z?)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
