import { parseFlags, type Subcommand } from "../agnhost/_subcommand.ts";
import { all } from "../agnhost/all.ts";
import { complain, print, writeTo } from "../kernel/io.ts";
import { type Program, toEnd } from "../kernel/process.ts";

const subcommands: ReadonlyMap<string, Subcommand> = new Map(all.map((each: Subcommand) => [each.name, each]));
/** What it can do in reality, and not here. */
const unplayed = new Set(
  `fake-metrics-server h2c-server http-echo mtlsclient mtlsserver net no-snat-test-proxy nonewprivs
  openidmetadata podcertificatesigner resource-consumer stress`.split(/\s+/),
);

/** The program of Kubernetes' own tests, as far as it is played. */
export const agnhost: Program = {
  names: ["agnhost", "agnhost-2"],
  *run(self) {
    const [, name, ...words] = self.argv;
    // As Go's runtime has it: signals that it does not handle end it, process 1 or not.
    for (const signal of ["TERM", "INT", "QUIT", "HUP"] as const) self.handlers.set(signal, "exit");
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      yield* print(
        self,
        `Usage:\n  app [command]\n\nAvailable Commands:\n${[...subcommands.keys()].map((each) => `  ${each}\n`).join("")}`,
      );
      return 0;
    }
    if (name === "--version") {
      yield* print(self, "app version 2.57\n");
      return 0;
    }
    const found = subcommands.get(name);
    if (!found) {
      if (unplayed.has(name)) {
        yield* complain(self, `kubetroupe plays this container, and not what "${name}" does`);
        return 127;
      }
      yield* writeTo(
        self,
        self.files.get(2),
        `Error: unknown command ${JSON.stringify(name)} for "app"\nRun 'app --help' for usage.\n`,
      );
      return 0;
    }
    const isTester = name === "entrypoint-tester";
    const given = parseFlags(found, isTester ? [] : words);
    if (typeof given === "string") {
      yield* writeTo(self, self.files.get(2), `Error: ${given}\nUsage:\n  app ${name} [flags]\n`);
      return 0;
    }
    return yield* toEnd(found.run(self, given));
  },
};
