import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { print, writeTo } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { runServer } from "../redis/server.ts";

/** The database Redis, with the usual commands and types. */
export const redisServer: Program = {
  names: ["redis-server"],
  *run(self) {
    const words = self.argv.slice(1);
    if (words[0] === "-v" || words[0] === "--version") {
      yield* print(
        self,
        `Redis server v=${self.env.get("REDIS_VERSION") ?? "8.2.1"} sha=00000000:0 malloc=libc bits=64\n`,
      );
      return 0;
    }
    const settings = new Map<string, string>();
    if (words[0] !== undefined && !words[0].startsWith("-")) {
      const path = words.shift() ?? "";
      const node = self.kernel.host.tree.find(resolvePath(self.folder, path));
      if (hasFailed(node) || node.kind !== "file") {
        const why = hasFailed(node) ? errorTexts[node.error] : "Is a directory";
        yield* writeTo(self, self.files.get(2), `Fatal error, can't open config file '${path}': ${why}\n`);
        return 1;
      }
      for (const line of node.bytes.split("\n")) {
        const [, name = "", value = ""] = /^\s*([a-z-]+)\s+(.*?)\s*$/.exec(line) ?? [];
        if (name !== "") settings.set(name, value.replace(/^"(.*)"$/, "$1"));
      }
    }
    for (let name = words.shift(); name !== undefined; name = words.shift()) {
      const values: string[] = [];
      while (words.length > 0 && !words[0]?.startsWith("--")) values.push(words.shift() ?? "");
      settings.set(name.replace(/^--/, ""), values.join(" "));
    }
    return yield* runServer(self, settings);
  },
};
