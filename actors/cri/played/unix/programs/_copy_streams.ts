import type { Connection } from "../kernel/connection.ts";
import { readSome, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";

/** Writes to a connection what comes from the standard input, and to the standard output what comes from there. */
export function* copyStreams(self: Process, connection: Connection): Running<void> {
  const { argv, env, folder, user, kernel, files } = self;
  kernel.spawn({
    ...{ parent: self, argv, env, folder, user, isThread: true, files: new Map(files) },
    *run(thread) {
      const input = files.get(0);
      for (let bytes = yield* readSome(thread, input); bytes !== ""; bytes = yield* readSome(thread, input))
        yield* writeTo(thread, connection, bytes);
      connection.shut();
      return 0;
    },
  });
  for (let bytes = yield* readSome(self, connection); bytes !== ""; bytes = yield* readSome(self, connection))
    yield* writeTo(self, files.get(1), bytes);
}
