import { randomUUID } from "node:crypto";
import { type ClientHttp2Session, connect } from "node:http2";
import { Agent, request } from "node:https";
import { createCluster } from "../../cluster/create_cluster.ts";
import { type KubeconfigCredentials, kubeconfigCredentials } from "../../cluster/kubeconfig_client.ts";
import { type Benchmark, type Measurement, median } from "../benchmark.ts";
import { load } from "../load.ts";

const clients = 16;
const padding = "x".repeat(900);
const streamsEach = 100;
const deadlineMs = 120_000;

/**
 * What an API server does for clients on HTTPS with kept connections: writes and reads of pods of 1.5 KB, lists of many,
 * and a thousand watches that are told of each write. The pods name a scheduler that nobody is, so nothing else moves.
 * The client is plain Node in this process; any API server can be measured by its kubeconfig.
 */
export const apiRequests: Benchmark = {
  name: "api-requests",
  async run({ isQuick, kubeconfig }) {
    if (kubeconfig !== undefined) return measured(await kubeconfigCredentials(kubeconfig), isQuick);
    const topology = { nodes: 0, stores: 3, apiservers: 2 } as const;
    await using cluster = await createCluster({ host: "thread", port: 0, topology });
    return await measured(await kubeconfigCredentials(cluster.access?.kubeconfig ?? ""), isQuick);
  },
};

async function measured(credentials: KubeconfigCredentials, isQuick: boolean): Promise<Measurement[]> {
  const { ask, close } = createClient(credentials);
  const namespace = `bench-${randomUUID().slice(0, 8)}`;
  await ask("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  try {
    await until(() => ask("GET", `/api/v1/namespaces/${namespace}/serviceaccounts/default`));
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    return [
      ...(await writesAndReads({ ask, pods, seconds: isQuick ? 1 : 8 })),
      ...(await lists({ ask, pods, count: isQuick ? 100 : 5_000 })),
      ...(await fanOut({ ask, credentials, namespace, watches: isQuick ? 20 : 1_000, writes: isQuick ? 5 : 20 })),
    ];
  } finally {
    await ask("DELETE", `/api/v1/namespaces/${namespace}`);
    close();
  }
}

type Ask = (method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<string>;

/** Sixteen kept connections. */
function createClient({ server, ...tls }: KubeconfigCredentials) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients, ...tls });
  const ask: Ask = (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = { accept: "application/json", "content-type": "application/json" };
      const sent = request(new URL(path, server), { agent, method, headers, timeout: deadlineMs }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          if ((response.statusCode ?? 500) < 400) resolve(text);
          else reject(new Error(`Cannot ${method} ${path}: HTTP ${response.statusCode}: ${text.slice(0, 300)}`));
        });
        response.on("error", reject);
      });
      sent.on("timeout", () => sent.destroy(new Error(`Cannot ${method} ${path}: no answer in ${deadlineMs} ms`)));
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return { ask, close: () => agent.destroy() };
}

async function until(body: () => Promise<unknown>): Promise<void> {
  const untilMs = performance.now() + deadlineMs;
  for (;;) {
    try {
      await body();
      return;
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const pod = (name: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: "bench" }, annotations: { padding } },
  spec: { schedulerName: "nobody", containers: [{ name: "main", image: "nginx" }] },
});

interface Pods {
  readonly ask: Ask;
  /** The path of the pods. */
  readonly pods: string;
}

async function writesAndReads({ ask, pods, seconds }: Pods & { readonly seconds: number }): Promise<Measurement[]> {
  const made: string[] = [];
  const create = async (client: number, count: number) => {
    const name = `pod-${client}-${count}`;
    await ask("POST", pods, pod(name));
    made.push(name);
  };
  const created = await load({ clients, seconds, ask: create });
  const got = await load({
    ...{ clients, seconds },
    ask: (client, count) => ask("GET", `${pods}/${made[(client * 1_009 + count) % made.length]}`),
  });
  const what = `pods of 1.5 KB over HTTPS, ${clients} clients`;
  return [
    { what: `${what}: created`, value: created.perSecond, unit: "/s", better: "more", budget: 2_650 },
    { what: `${what}: created, p99`, value: created.p99Ms, unit: "ms", better: "less" },
    { what: `${what}: got`, value: got.perSecond, unit: "/s", better: "more", budget: 6_500 },
    { what: `${what}: got, p99`, value: got.p99Ms, unit: "ms", better: "less" },
  ];
}

/** Lists so many pods: those that are there, and as many more as are missing. */
async function lists({ ask, pods, count }: Pods & { readonly count: number }): Promise<Measurement[]> {
  const listed = async (limit: string) => JSON.parse(await ask("GET", `${pods}${limit}`)) as { items: unknown[] };
  const missing = count - (await listed("")).items.length;
  const names = Array.from({ length: Math.max(missing, 0) }, (_each, index) => `more-${index}`);
  await Promise.all(
    Array.from({ length: clients }, async (_each, client) => {
      for (let at = client; at < names.length; at += clients) await ask("POST", pods, pod(names[at] ?? ""));
    }),
  );
  const tookMs: number[] = [];
  for (let round = 0; round < 7; round++) {
    const startedMs = performance.now();
    await ask("GET", `${pods}?limit=${count}`);
    tookMs.push(performance.now() - startedMs);
  }
  const what = `a list of ${count.toLocaleString("en")} pods over HTTPS`;
  return [{ what, value: median(tookMs), unit: "ms", better: "less", budget: 195 }];
}

interface FanOut {
  readonly ask: Ask;
  readonly credentials: KubeconfigCredentials;
  readonly namespace: string;
  readonly watches: number;
  readonly writes: number;
}

/** So many watches on HTTP/2, a hundred a connection as Go's client has them, are told of each write. */
async function fanOut({ ask, credentials, namespace, watches, writes }: FanOut): Promise<Measurement[]> {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const sessions: ClientHttp2Session[] = [];
  let heard = 0;
  let open = 0;
  try {
    for (let at = 0; at < watches; at += streamsEach) {
      const session = connect(credentials.server, credentials);
      session.on("error", () => {});
      sessions.push(session);
      for (let stream = at; stream < Math.min(at + streamsEach, watches); stream++) {
        const watch = session.request({
          ":path": `${path}?watch=1&fieldSelector=metadata.name%3Dtold`,
          accept: "application/json",
        });
        watch.on("response", () => open++);
        // One event is one line.
        watch.on("data", (part: Buffer) => {
          for (const byte of part) if (byte === 10) heard++;
        });
        watch.on("error", () => {});
      }
    }
    await reached(() => open, watches);
    const body = (turn: number) => ({ metadata: { name: "told" }, data: { turn: String(turn), padding } });
    await ask("POST", path, body(0));
    await reached(() => heard, watches);
    const startedMs = performance.now();
    for (let turn = 1; turn <= writes; turn++) await ask("PUT", `${path}/told`, body(turn));
    await reached(() => heard, watches * (writes + 1));
    const seconds = (performance.now() - startedMs) / 1_000;
    const what = `a write told to ${watches.toLocaleString("en")} watches over HTTPS: deliveries`;
    return [{ what, value: (watches * writes) / seconds, unit: "/s", better: "more", budget: 20_000 }];
  } finally {
    for (const each of sessions) each.destroy();
  }
}

async function reached(value: () => number, wanted: number): Promise<void> {
  await until(async () => {
    if (value() < wanted) throw new Error(`Cannot see the watches told: ${value()} of ${wanted} arrived`);
  });
}
