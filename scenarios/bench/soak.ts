/**
 * `npm run soak`: churns a cluster at a steady rate, prints a line of figures each minute, and says at the end whether
 * memory was flat after the first ten minutes, the disk bounded, and no worker died.
 */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AskError } from "../../runtime/hosts/host.ts";
import { type Cluster, createCluster } from "../cluster/create_cluster.ts";
import { judgeSoak, type SoakFigures, soakHeader, soakLine } from "./soak_report.ts";

const help = `Usage: npm run -s soak -- [--minutes N] [--host thread|pool] [--rate N] [--memory MB]

Creates, changes and deletes pods at 30 requests a second (--rate) for 60 minutes (--minutes) in the thread host. Each
fifth minute all garbage is collected, after the figures were taken, and what lives is told by kind of worker. What all
workers may take (--memory) is 4,096 MB otherwise: then Events have come to their share of the store in ten minutes
`;
const pods = { resource: "pods", namespace: "default" } as const;
const livingMax = 20;
const mebibyte = 1024 * 1024;
const collectedEachMinutes = 5;

process.exitCode = await main();

async function main(): Promise<number> {
  const flag = { type: "string" } as const;
  const { values } = parseArgs({
    options: { minutes: flag, host: flag, rate: flag, memory: flag, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [minutes, rate] = [Number(values.minutes ?? 60), Number(values.rate ?? 30)];
  const host = values.host === "pool" ? "pool" : "thread";
  const dataDir = await mkdtemp(join(tmpdir(), "troupe-soak-"));
  const deaths: string[] = [];
  const figures: SoakFigures[] = [];
  try {
    await using cluster = await createCluster({
      ...{
        host,
        dataDir,
        memoryBytes: Number(values.memory ?? 4_096) * mebibyte,
        onNote: (text) => process.stdout.write(`${text}\n`),
      },
      onCrash: ({ address, reason }) => deaths.push(`${address}: ${reason.split("\n", 1)[0]}`),
    });
    process.stdout.write(`${soakHeader}\n`);
    for (let minute = 1; minute <= minutes; minute++) {
      const { latenciesMs, unanswered } = await churn(cluster, { rate, minute });
      const taken = await measure(cluster, { dataDir, minute, latenciesMs, unanswered, deaths: deaths.length });
      figures.push(taken);
      process.stdout.write(`${soakLine(taken)}\n`);
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  const problems = judgeSoak(figures);
  for (const each of [...deaths, ...problems]) process.stdout.write(`${each}\n`);
  if (problems.length === 0) process.stdout.write("Memory was flat, the disk bounded, and no worker died\n");
  return problems.length === 0 ? 0 : 1;
}

/** What a minute of requests was like: how long a client waited that only reads, and how many got no answer in time. */
interface Churned {
  readonly latenciesMs: readonly number[];
  readonly unanswered: number;
}

/** A minute of requests, and of a client that only reads, twice a second. */
async function churn(cluster: Cluster, { rate, minute }: { rate: number; minute: number }): Promise<Churned> {
  const untilMs = performance.now() + 60_000;
  const latenciesMs: number[] = [];
  const open = new Set<Promise<unknown>>();
  let unanswered = 0;
  for (let sent = 0; performance.now() < untilMs; sent++) {
    const asked = request(cluster, minute * 1_000_000 + sent).catch((error) => {
      if (isTimeout(error)) unanswered++;
    });
    open.add(asked);
    void asked.finally(() => open.delete(asked));
    if (sent % Math.ceil(rate / 2) === 0) {
      const askedMs = performance.now();
      await cluster.api({ verb: "get", resource: "namespaces", name: "default" }).catch(() => {});
      latenciesMs.push(performance.now() - askedMs);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000 / rate));
  }
  await Promise.all(open);
  return { latenciesMs, unanswered };
}

function isTimeout(error: unknown): boolean {
  return error instanceof AskError && error.reason === "timeout";
}

/** How many Events there are; who measures has more patience than who churns. */
async function countEvents(cluster: Cluster, tries = 6): Promise<number> {
  try {
    return (await cluster.api<{ items: readonly unknown[] }>({ verb: "list", resource: "events" })).body.items.length;
  } catch (error) {
    if (tries > 1 && isTimeout(error)) return countEvents(cluster, tries - 1);
    throw error;
  }
}

/** In turn a pod is created, labelled, and the oldest deleted. */
async function request({ api }: Cluster, count: number): Promise<unknown> {
  const nameOf = (at: number) => `churn-${at - (at % 3)}`;
  if (count % 3 === 0) {
    const containers = [{ name: "main", image: "nginx" }];
    return api({
      verb: "create",
      ...pods,
      body: { kind: "Pod", metadata: { name: nameOf(count) }, spec: { containers } },
    });
  }
  if (count % 3 === 2) return api({ verb: "delete", ...pods, name: nameOf(count - 3 * livingMax) });
  const body = { metadata: { labels: { turn: String(count) } } };
  return api({ verb: "patch", ...pods, name: nameOf(count), body, contentType: "application/merge-patch+json" });
}

async function measure(
  cluster: Cluster,
  { dataDir, ...told }: Churned & { readonly dataDir: string; readonly minute: number; readonly deaths: number },
): Promise<SoakFigures> {
  const stats = "stats" in cluster.host ? await cluster.host.stats() : [];
  const leader = await cluster.storeLeader();
  const status = leader === undefined ? undefined : await cluster.host.ask(leader, { type: "store.status" }, 5_000);
  const { liveBytes = 0, historyBytes = 0 } = (status ?? {}) as { liveBytes?: number; historyBytes?: number };
  const sorted = told.latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  const megabytes = (field: "heapUsedBytes" | "heapTotalBytes") =>
    stats.reduce((sum, each) => sum + each[field], 0) / mebibyte;
  return {
    ...{ minute: told.minute, deaths: told.deaths, unanswered: told.unanswered },
    ...{ events: await countEvents(cluster), p50Ms: at(0.5), p99Ms: at(0.99) },
    rssMb: Math.round(process.memoryUsage().rss / mebibyte),
    heapsTotalMb: megabytes("heapTotalBytes"),
    heapsMb: megabytes("heapUsedBytes"),
    storeMb: (liveBytes + historyBytes) / mebibyte,
    diskMb: (await sizeOf(dataDir)) / mebibyte,
    // Last: the figures before it are those of a cluster that nobody tidied up.
    ...(told.minute % collectedEachMinutes === 0 ? { livingMb: await livingByKind(cluster) } : {}),
  };
}

async function livingByKind({ host }: Cluster): Promise<Record<string, number>> {
  const living: Record<string, number> = {};
  for (const { resident, heapUsedBytes } of "stats" in host ? await host.stats({ collects: true }) : []) {
    // Of a manager's controllers each is a kind of its own.
    const kind = resident === undefined ? "shared" : resident.replace(/^manager\/\d+\//, "").replace(/\/.*/, "");
    living[kind] = (living[kind] ?? 0) + heapUsedBytes / mebibyte;
  }
  return living;
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder, { withFileTypes: true })).map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sizeOf(path);
    // A file may be replaced meanwhile.
    return stat(path).then(
      ({ size }) => size,
      () => 0,
    );
  });
  return (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
}
