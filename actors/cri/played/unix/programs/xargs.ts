import { complain, readAll, waitFor } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { startChild } from "./_start_child.ts";

/** Runs a program with the words of the input behind its own. */
export const xargs: Program = {
  names: ["xargs"],
  *run(self) {
    const words = self.argv.slice(1);
    let most = Number.POSITIVE_INFINITY;
    let place: string | undefined;
    let [isZero, isNever] = [false, false];
    for (let [word = ""] = words; /^-./.test(word); [word = ""] = words) {
      words.shift();
      const value = () => (word.length > 2 ? word.slice(2) : (words.shift() ?? ""));
      if (word.startsWith("-n")) most = Number(value());
      else if (word.startsWith("-I")) place = value();
      else if (word.startsWith("-P")) value();
      else if (word === "-0") isZero = true;
      else if (word === "-r") isNever = true;
      else if (word !== "-t") {
        yield* complain(
          self,
          `unrecognized option: ${word} (kubetroupe plays this container and knows no such option)`,
        );
        return 1;
      }
    }
    if (Number.isNaN(most) || most < 1) {
      yield* complain(self, "invalid number of arguments for -n");
      return 1;
    }
    if (words.length === 0) words.push("echo");
    const input = yield* readAll(self, self.files.get(0));
    const parts = input.split(isZero ? "\0" : place === undefined ? /\s+/ : "\n").filter((part) => part !== "");
    if (parts.length === 0 && (isNever || place !== undefined)) return 0;
    const size = place === undefined ? Math.min(most, Math.max(1, parts.length)) : 1;
    let status = 0;
    for (let at = 0; at === 0 || at < parts.length; at += size) {
      const some = parts.slice(at, at + size);
      const mark = place;
      const argv = mark === undefined ? [...words, ...some] : words.map((word) => word.replaceAll(mark, some[0] ?? ""));
      const code = yield* start(self, argv);
      if (code >= 126) return code;
      if (code !== 0) status = 123;
    }
    return status;
  },
};

function* start(self: Process, words: readonly string[]): Running {
  const started = yield* startChild(self, words);
  return "child" in started ? yield* waitFor(started.child) : started.status;
}
