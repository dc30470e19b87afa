import { complain, print, readAll } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf } from "./_inputs.ts";

const lineLength = 76;

/** Writes bytes as letters that may stand anywhere, or back. */
export const encodeBase64: Program = {
  names: ["base64"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "dDw:", { decode: "d", wrap: "w" });
    const { inputs, hasFailed } = yield* inputsOf(self, rest.slice(0, 1));
    let bytes = "";
    for (const { file } of inputs) bytes += yield* readAll(self, file);
    if (!flags.has("d") && !flags.has("D")) {
      const width = Number(flags.get("w") ?? lineLength);
      const text = btoa(bytes);
      const lines = width > 0 ? (text.match(new RegExp(`.{1,${width}}`, "g")) ?? []) : [text];
      yield* print(self, width > 0 ? lines.map((line) => `${line}\n`).join("") : text);
      return hasFailed ? 1 : 0;
    }
    const text = bytes.replace(/\s/g, "");
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=/g, "").length % 4 === 1) {
      yield* complain(self, "truncated input");
      return 1;
    }
    yield* print(self, atob(text.replace(/=/g, "")));
    return hasFailed ? 1 : 0;
  },
};
