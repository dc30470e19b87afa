import { answer, listenAndServe, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Says that it is a server of git. */
export const fakeGitserver: Subcommand = {
  name: "fake-gitserver",
  *run(self) {
    yield* listenAndServe(self, 8_000, (thread) => answer(thread, "I am a fake git server"));
    return yield* waitForEver();
  },
};
