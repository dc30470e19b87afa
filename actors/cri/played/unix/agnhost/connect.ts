import { hostPort } from "../../../../network/ip.ts";
import { connectTo, hasNotConnected, keepFile } from "../kernel/connection.ts";
import { openDatagrams, receive } from "../kernel/datagrams.ts";
import { writeTo } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Running } from "../kernel/process.ts";
import { parseDuration } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Tries to reach a port, and says in one word why it could not. */
export const connect: Subcommand = {
  name: "connect",
  flags: { timeout: "0s", protocol: "tcp", "udp-data": "hostname", "sctp-data": "hostname" },
  *run(self, given) {
    const [destination = ""] = given.rest;
    const [, host, port] = /^(.*):(\d+)$/.exec(destination) ?? [];
    const protocol = given.text("protocol");
    if (protocol !== "tcp" && protocol !== "udp" && protocol !== "") {
      const why = protocol === "sctp" ? "UNKNOWN: kubetroupe carries no SCTP" : "Unsupported protocol";
      return yield* fail(self, why);
    }
    if (host === undefined) return yield* fail(self, `UNKNOWN: address ${destination}: missing port in address`);
    const found = yield* addressesOf(self, host.replace(/^\[|\]$/g, ""));
    if (!found.ok) return yield* fail(self, `DNS: lookup ${host}: no such host`);
    const timeoutMs = parseDuration(given.text("timeout")) || Number.POSITIVE_INFINITY;
    const target = { ip: found.addresses[0] ?? "", port: Number(port) };
    if (protocol === "udp") return yield* overUdp(self, { target, timeoutMs, text: given.text("udp-data") });
    const outcome = yield* connectTo(self, target, timeoutMs);
    if (!hasNotConnected(outcome)) {
      keepFile(self, outcome);
      return 0;
    }
    if (outcome.error === "ETIMEDOUT") return yield* fail(self, "TIMEOUT");
    if (outcome.error === "ECONNREFUSED") return yield* fail(self, "REFUSED");
    return yield* fail(self, `OTHER: dial tcp ${destination}: connect: no route to host`);
  },
};

function* fail(self: Process, text: string): Running {
  yield* writeTo(self, self.files.get(2), `${text}\n`);
  return 1;
}

interface Udp {
  readonly target: { readonly ip: string; readonly port: number };
  readonly timeoutMs: number;
  readonly text: string;
}

function* overUdp(self: Process, { target, timeoutMs, text }: Udp): Running {
  const file = openDatagrams(self);
  if (!file) return yield* fail(self, "OTHER: no port is free");
  file.send(`${text}\n`, target);
  const got = yield* receive(self, file, self.kernel.host.uptimeMs() + timeoutMs);
  const way = `read udp ${hostPort({ ip: self.kernel.host.network.ip, port: file.port })}->${hostPort(target)}`;
  if (got === "late") return yield* fail(self, `TIMEOUT: ${way}: i/o timeout`);
  if (got === "refused") return yield* fail(self, `REFUSED: ${way}: read: connection refused`);
  return 0;
}
