import { print, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { install, playedPackages } from "./_packages.ts";

const reading = "Reading package lists... Done\n";
const lock = "/var/lib/dpkg/lock-frontend";

/** Debian's way to programs that an image does not have, as far as they are played. */
export const apt: Program = {
  names: ["apt-get", "apt"],
  *run(self) {
    const words = self.argv.slice(1).filter((word) => !word.startsWith("-"));
    const [verb, ...wanted] = words;
    if (verb !== undefined && self.user.uid !== 0) {
      yield* say(self, `E: Could not open lock file ${lock} - open (13: Permission denied)`);
      yield* say(self, `E: Unable to acquire the dpkg frontend lock (${lock}), are you root?`);
      return 100;
    }
    switch (verb) {
      case "update":
        yield* print(self, reading);
        yield* say(self, `W: ${playedPackages}`);
        return 0;
      case "install":
        return yield* installAll(self, wanted);
      case "clean":
      case "autoclean":
      case "autoremove":
      case "upgrade":
        return 0;
    }
    yield* say(self, verb === undefined ? "E: No operation specified" : `E: Invalid operation ${verb}`);
    return 100;
  },
};

function* installAll(self: Process, wanted: readonly string[]): Running {
  yield* print(self, `${reading}Building dependency tree... Done\nReading state information... Done\n`);
  const { fresh, there, unknown } = install(self, wanted, "/usr/bin");
  for (const name of unknown) yield* say(self, `E: Unable to locate package ${name}`);
  if (unknown.length > 0) {
    yield* say(self, `W: ${playedPackages}`);
    return 100;
  }
  for (const name of there) yield* print(self, `${name} is already the newest version.\n`);
  if (fresh.length > 0) {
    yield* print(self, `The following NEW packages will be installed:\n  ${fresh.join(" ")}\n`);
  }
  yield* print(self, `0 upgraded, ${fresh.length} newly installed, 0 to remove and 0 not upgraded.\n`);
  for (const name of fresh) yield* print(self, `Setting up ${name} ...\n`);
  return 0;
}

function* say(self: Process, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), `${text}\n`);
}
