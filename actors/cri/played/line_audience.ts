import type { StreamClient, StreamServer } from "../container_image.ts";
import type { LogLine } from "../messages.ts";
import type { Container } from "../runtime_node.ts";

/** Who is attached to containers whose output comes in whole lines, and which read nothing. */
export interface LineAudience {
  attach(container: Container, client: StreamClient): StreamServer;
  /** A container has written. One that attends and has no room for it is sent away: real code is not made to wait. */
  wrote(container: Container, line: Pick<LogLine, "stream" | "text">): void;
  /** A container has exited. */
  exited(container: Container): void;
}

/** Nobody attends yet. */
export function lineAudience(): LineAudience {
  const audiences = new Map<Container, Set<StreamClient>>();

  function leave(container: Container, client: StreamClient): void {
    const clients = audiences.get(container);
    if (clients?.delete(client) && clients.size === 0) audiences.delete(container);
  }

  return {
    attach(container, client) {
      const clients = audiences.get(container) ?? new Set();
      audiences.set(container, clients.add(client));
      return deafServer(client, () => leave(container, client));
    },
    wrote(container, { stream, text }) {
      const clients = audiences.get(container);
      if (!clients) return;
      const bytes = Buffer.from(`${text}\n`, "utf8").toString("latin1");
      for (const client of [...clients]) {
        if (bytes.length <= client.room()) client.write(stream, bytes);
        else {
          leave(container, client);
          client.close({ error: "the output of the container is not read as fast as it is written, attach again" });
        }
      }
    },
    exited(container) {
      for (const client of audiences.get(container) ?? []) client.close({ exitCode: 0 });
      audiences.delete(container);
    },
  };
}

/** The end of a process that reads nothing: what is written to it is taken and dropped. */
export function deafServer(client: StreamClient, leave: () => void = () => {}): StreamServer {
  return { input: (bytes) => client.took(bytes.length), end: () => {}, roomAgain: () => {}, leave };
}
