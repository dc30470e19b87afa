import { print, writeTo } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { install, playedPackages } from "./_packages.ts";

/** Alpine's way to programs that an image does not have, as far as they are played. */
export const apk: Program = {
  names: ["apk"],
  *run(self) {
    const [verb, ...wanted] = self.argv.slice(1).filter((word) => !word.startsWith("-"));
    const say = (text: string) => writeTo(self, self.files.get(2), `${text}\n`);
    if (verb === "update" || verb === "upgrade") {
      yield* say(`WARNING: ${playedPackages}`);
      return 0;
    }
    if (verb !== "add") {
      yield* say(`ERROR: '${verb ?? ""}' is not an apk command that is played here, it has add and update`);
      return 1;
    }
    if (self.user.uid !== 0) {
      yield* say(
        "ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied",
      );
      return 99;
    }
    const { fresh, unknown } = install(self, wanted, "/usr/bin");
    if (unknown.length > 0) {
      yield* say("ERROR: unable to select packages:");
      for (const name of unknown) yield* say(`  ${name} (no such package):\n    required by: world[${name}]`);
      yield* say(`WARNING: ${playedPackages}`);
      return unknown.length;
    }
    for (const [index, name] of fresh.entries()) {
      yield* print(self, `(${index + 1}/${fresh.length}) Installing ${name}\n`);
    }
    yield* print(self, "OK\n");
    return 0;
  },
};
