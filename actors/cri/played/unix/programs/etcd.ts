import { answer, fatal, go, log, problem, waitForEver } from "../agnhost/_go.ts";
import { parseFlags } from "../agnhost/_subcommand.ts";
import { accept, type Connection, keepFile, listenAt } from "../kernel/connection.ts";
import { readSome, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { serveHealth } from "./_serve_grpc.ts";
import { converse, type Request, type Response, startThread } from "./_serve_http.ts";

const usualUrl = "http://localhost:2379";
const flags = {
  ...{ name: "default", "data-dir": "", "wal-dir": "", "log-level": "info", "snapshot-count": 0 },
  ...{ "listen-client-urls": usualUrl, "advertise-client-urls": usualUrl, "listen-peer-urls": "" },
  ...{ "initial-advertise-peer-urls": "", "initial-cluster": "", "initial-cluster-state": "new" },
  ...{ "initial-cluster-token": "", "listen-metrics-urls": "", "quota-backend-bytes": 0 },
};

/** A store in a pod, which is not played: it listens, and says that it is well. */
export const etcd: Program = {
  names: ["etcd"],
  *run(self) {
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "exit");
    const given = parseFlags({ name: "etcd", flags, run: () => 0 }, self.argv.slice(1));
    if (typeof given === "string") {
      yield* writeTo(self, self.files.get(2), `etcd: ${given}\n`);
      return 2;
    }
    const [url = ""] = given.text("listen-client-urls").split(",");
    if (!URL.canParse(url) || new URL(url).protocol !== "http:") {
      return yield* fatal(self, "kubetroupe plays this store at a plain URL of HTTP only: --listen-client-urls");
    }
    yield* log(self, "kubetroupe plays this store: it listens, and keeps nothing");
    const listener = listenAt(self, Number(new URL(url).port || 80));
    if (!listener) return yield* fatal(self, `listen tcp ${new URL(url).host}: bind: address already in use`);
    keepFile(self, listener);
    go(self, function* (thread) {
      for (;;) {
        const connection = yield* accept(listener);
        startThread(thread, connection, (each) => speak(each, connection));
      }
    });
    return yield* waitForEver();
  },
};

/** HTTP, and of gRPC its protocol of health, at one port, as the first bytes of a connection are. */
function* speak(self: Process, connection: Connection): Running<void> {
  const first = yield* readSome(self, connection);
  const healthOf = (service: string) => (service === "" ? "SERVING" : undefined);
  if (first.startsWith("PRI ")) return yield* serveHealth(self, connection, { healthOf, first });
  let unread: string | undefined = first;
  const read = (bytesMax: number) => {
    const bytes = unread ?? connection.read(bytesMax);
    unread = undefined;
    return bytes;
  };
  yield* converse(self, { ...connection, read }, serve);
}

function serve(self: Process, { url }: Request): Response {
  const headers = [["Content-Type", "application/json"]] as const;
  if (url.pathname === "/health") return answer(self, '{"health":"true","reason":""}', { headers });
  if (url.pathname === "/version") {
    return answer(self, '{"etcdserver":"3.6.4","etcdcluster":"3.6.0","storage":"3.6.0"}', { headers });
  }
  return problem(self, "kubetroupe plays this store, and not what it keeps", 501);
}
