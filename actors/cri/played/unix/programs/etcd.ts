import { answer, fatal, listenAndServe, log, problem, waitForEver } from "../agnhost/_go.ts";
import { parseFlags } from "../agnhost/_subcommand.ts";
import { writeTo } from "../kernel/io.ts";
import type { Process, Program } from "../kernel/process.ts";
import type { Request, Response } from "./_serve_http.ts";

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
    yield* listenAndServe(self, Number(new URL(url).port || 80), serve);
    return yield* waitForEver();
  },
};

function serve(self: Process, { url }: Request): Response {
  const headers = [["Content-Type", "application/json"]] as const;
  if (url.pathname === "/health") return answer(self, '{"health":"true","reason":""}', { headers });
  if (url.pathname === "/version") {
    return answer(self, '{"etcdserver":"3.6.4","etcdcluster":"3.6.0","storage":"3.6.0"}', { headers });
  }
  return problem(self, "kubetroupe plays this store, and not what it keeps", 501);
}
