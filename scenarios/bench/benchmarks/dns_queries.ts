import { createSocket } from "node:dgram";
import { encodeQuery } from "../../../actors/network/dns/wire.ts";
import { createCluster } from "../../cluster/create_cluster.ts";
import { type Benchmark, secondsOf } from "../benchmark.ts";

const host = "127.0.0.1";
const name = "kubernetes.default.svc.cluster.local";
/** Queries that are under way at once. */
const window = 64;
const retryMs = 500;

/** Questions over UDP on the loopback to the DNS server of a cluster, one client that keeps a window full. */
export const dnsQueries: Benchmark = {
  name: "dns-queries",
  async run({ isQuick }) {
    const count = isQuick ? 2_000 : 100_000;
    const topology = { nodes: 1, stores: 1, apiservers: 1 } as const;
    await using cluster = await createCluster({ host: "thread", topology, dnsPort: 0 });
    const port = cluster.dns?.port ?? 0;
    await askMany(port, 1_000);
    const seconds = await secondsOf(() => askMany(port, count));
    return [
      { what: "DNS queries over UDP loopback, one server thread", value: count / seconds, unit: "/s", better: "more" },
    ];
  },
};

/** Asks so many times; a datagram that is lost is sent again, as a resolver does. */
function askMany(port: number, count: number): Promise<void> {
  const socket = createSocket("udp4");
  const underWay = new Set<number>();
  let [sent, answered] = [0, 0];
  const ask = (id: number) => socket.send(encodeQuery(id, { name, type: "A" }), port, host);
  const next = () => {
    const id = sent++ & 0xffff;
    underWay.add(id);
    ask(id);
  };
  const again = setInterval(() => underWay.forEach(ask), retryMs);
  return new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.on("message", (bytes) => {
      if (!underWay.delete(bytes.readUInt16BE(0))) return;
      if (++answered === count) resolve();
      else if (sent < count) next();
    });
    while (sent < Math.min(window, count)) next();
  }).finally(() => {
    clearInterval(again);
    socket.close();
  });
}
