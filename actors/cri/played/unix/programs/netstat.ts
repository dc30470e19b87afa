import { print } from "../kernel/io.ts";
import type { OpenSocket } from "../kernel/open_file.ts";
import type { Process, Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Lists where processes of the pod listen, and whom those of the container are connected with. */
export const netstat: Program = {
  names: ["netstat"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "tulnpaWexr");
    const isAll = flags.has("a");
    const kinds = ["t", "u"].filter((kind) => flags.has(kind) || !(flags.has("t") || flags.has("u")));
    yield* print(
      self,
      `Active Internet connections (${isAll ? "servers and established" : flags.has("l") ? "only servers" : "w/o servers"})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${flags.has("p") ? "PID/Program name" : ""}\n`,
    );
    const { ip, ips } = self.kernel.host.network;
    const hasIpv6 = ips.some((each) => each.includes(":"));
    for (const { socket, owner } of [...ownSockets(self), ...foreignSockets(self)]) {
      const { protocol, port, remote } = socket;
      if (!kinds.includes(protocol === "tcp" ? "t" : "u")) continue;
      const listens = remote === undefined;
      if (!(isAll || listens === flags.has("l"))) continue;
      // Who listens does so at both families, where there are two.
      const any = hasIpv6 ? "::" : "0.0.0.0";
      const own = ips.find((each) => each.includes(":") === remote?.ip.includes(":")) ?? ip;
      const local = `${listens ? any : own}:${port}`;
      const other = remote ? `${remote.ip}:${remote.port}` : `${any}:*`;
      const state = protocol === "udp" ? "" : listens ? "LISTEN" : "ESTABLISHED";
      const whose = flags.has("p") ? owner : "";
      yield* print(
        self,
        `${protocol}        0      0 ${local.padEnd(23)} ${other.padEnd(23)} ${state.padEnd(11)} ${whose}\n`,
      );
    }
    return 0;
  },
};

interface Seen {
  readonly socket: OpenSocket;
  /** Its process and what that runs; `-` where nobody here sees it. */
  readonly owner: string;
}

/** The sockets of the container's processes, each once. */
function ownSockets(self: Process): Seen[] {
  const found = new Map<object, Seen>();
  for (const { pid, argv, files } of self.kernel.processes.values()) {
    const owner = `${pid}/${(argv.join(" ").split("/").at(-1) ?? "").slice(0, 18)}`;
    for (const file of files.values()) {
      if (file.socket && !found.has(file)) found.set(file, { socket: file.socket, owner });
    }
  }
  return [...found.values()];
}

/** What listens in other containers of the pod: they have one network. */
function foreignSockets(self: Process): Seen[] {
  const own = ownSockets(self).map(({ socket }) => socket);
  const isOwn = ({ protocol, port }: OpenSocket) =>
    own.some((each) => each.remote === undefined && each.protocol === protocol && each.port === port);
  return self.kernel.host.network.listening().flatMap((socket) => (isOwn(socket) ? [] : [{ socket, owner: "-" }]));
}
