import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { decodeMessage, encodeMessage } from "../../../actors/etcd/protocol/codec.ts";
import type { Given } from "../../../actors/etcd/protocol/schema.ts";
import { startRealEtcd } from "../../../properties/stages/store/real_etcd.ts";
import { etcdCredentials } from "../../cluster/certificates.ts";
import { createCluster, type EtcdAccess } from "../../cluster/create_cluster.ts";
import type { Benchmark, Measurement } from "../benchmark.ts";
import { type LoadSeen, load } from "../load.ts";

const valueBytes = 1_500;
const clientsEach = 16;
const putPath = "/etcdserverpb.KV/Put";

/**
 * Durable writes through etcd's own protocol with mutual TLS, of one client and many: our store's three replicas, and
 * beside them a real etcd of three members on the same disk where Debian's `etcd-server` is installed. Each is asked by
 * the same client; what it costs counts on both sides.
 */
export const storeWrites: Benchmark = {
  name: "store-writes",
  async run({ isQuick }) {
    const topology = { nodes: 0, stores: 3, apiservers: 1 } as const;
    await using cluster = await createCluster({ host: "thread", port: 0, etcdPort: 0, topology });
    if (!cluster.etcd) throw new Error("Cannot measure the store's writes: it is not served by etcd's protocol");
    const ours = await doorOf(cluster.etcd);
    await using reference = await realEtcd();
    const measurements: Measurement[] = [];
    for (const clients of [1, 16, 64, 256]) {
      const about = { clients, seconds: isQuick ? 1 : 6 };
      const seen = reference && (await writes(reference.door, about));
      measurements.push(...told(clients, await writes(ours, about), seen));
    }
    return measurements;
  },
};

/** Where a store is asked, and with what. */
interface Door {
  readonly host: string;
  readonly ports: readonly number[];
  readonly ca: Buffer;
  readonly key: Buffer;
  readonly cert: Buffer;
}

async function doorOf({ host, port, caCert, key, cert }: EtcdAccess): Promise<Door> {
  return { host, ports: [port], ca: await readFile(caCert), key: await readFile(key), cert: await readFile(cert) };
}

/** A real etcd of three members with certificates of its own; undefined where none is installed. */
async function realEtcd() {
  const folder = await mkdtemp(join(tmpdir(), "etcd-pki-"));
  const { caCert, serving, client } = await etcdCredentials({ folder });
  const tls = { cert: join(folder, "serving.crt"), key: join(folder, "serving.key"), clientCa: join(folder, "ca.crt") };
  await writeFile(tls.cert, serving.cert);
  await writeFile(tls.key, serving.key, { mode: 0o600 });
  const etcd = await startRealEtcd({ members: 3, tls });
  const remove = () => rm(folder, { recursive: true, force: true });
  if (!etcd) return void (await remove());
  const [ca, key, cert] = [Buffer.from(caCert), Buffer.from(client.key), Buffer.from(client.cert)];
  return {
    door: { host: etcd.host, ports: etcd.ports, ca, key, cert } satisfies Door,
    async [Symbol.asyncDispose]() {
      await etcd[Symbol.asyncDispose]();
      await remove();
    },
  };
}

interface About {
  readonly clients: number;
  readonly seconds: number;
}

/** Lays the load on a store, with a connection for sixteen clients. */
async function writes({ host, ports, ca, key, cert }: Door, { clients, seconds }: About): Promise<LoadSeen> {
  const connections = Array.from({ length: Math.max(Math.ceil(clients / clientsEach), 1) }, (_each, index) => {
    const options = { "grpc.use_local_subchannel_pool": 1, "grpc.ssl_target_name_override": "localhost" };
    return new Client(`${host}:${ports[index % ports.length]}`, credentials.createSsl(ca, key, cert), options);
  });
  const value = "x".repeat(valueBytes);
  try {
    return await load({
      ...{ clients, seconds },
      ask: (client, count) =>
        put(connections[client % connections.length], { key: `/bench/${client}/${count % 1_000}`, value }),
    });
  } finally {
    for (const each of connections) each.close();
  }
}

function put(connection: Client | undefined, message: Given<"PutRequest">): Promise<void> {
  const written = (given: Given<"PutRequest">) => Buffer.from(encodeMessage("PutRequest", given));
  const read = (bytes: Buffer) => decodeMessage("PutResponse", bytes);
  return new Promise((resolve, reject) => {
    connection?.makeUnaryRequest(putPath, written, read, message, { deadline: Date.now() + 30_000 }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

function told(clients: number, ours: LoadSeen, reference: LoadSeen | undefined): Measurement[] {
  const what = `durable writes of 1.5 KB, 3 replicas, clients: ${clients}`;
  const own: Measurement[] = [
    { what, value: ours.perSecond, unit: "/s", better: "more" },
    { what: `${what}: p99`, value: ours.p99Ms, unit: "ms", better: "less" },
  ];
  if (!reference) return own;
  const beside = (rate: number, late: number): Measurement[] => [
    { what: `${what}: of a real etcd's rate`, value: rate, unit: "times", better: "more", budget: 2 },
    { what: `${what}: of a real etcd's p99`, value: late, unit: "times", better: "less", budget: 0.5 },
  ];
  return [
    ...own,
    { what: `${what}: a real etcd`, value: reference.perSecond, unit: "/s", better: "more" },
    ...beside(ours.perSecond / reference.perSecond, ours.p99Ms / reference.p99Ms),
  ];
}
