/**
 * `npm run starts`: brings clusters up one after the other in one process, and fails when one does not come up. Beside
 * it a thread computes and other programs' ports come and go, as on a machine that has other work.
 */
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { createCluster } from "../cluster/create_cluster.ts";
import { messageOf } from "../cluster/input_error.ts";
import { median } from "./benchmark.ts";

const help = `Usage: npm run -s starts -- [--runs N] [--host thread|pool] [--calm]

Brings N clusters up one after the other (default 500) under load, and tells how many came up and how long they took

  --calm  no thread computes beside it: for a machine that has load enough
`;
const runsDefault = 500;
const toldEvery = 25;
/** Each of so many ports that the system deals out is held for a while, then let go for another. */
const portsMax = 400;
const portHeldMs = 2_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const flag = { type: "string" } as const;
  const { values } = parseArgs({
    options: { runs: flag, host: flag, calm: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const runs = Number(values.runs ?? runsDefault);
  const host = values.host === "pool" ? "pool" : "thread";
  const stopLoad = values.calm ? async () => 0 : load();
  const stopPorts = takePorts();
  const tookMs: number[] = [];
  const failures: string[] = [];
  let crashes = 0;
  for (let run = 1; run <= runs; run++) {
    const startedMs = performance.now();
    try {
      const topology = { nodes: 3, stores: 3, apiservers: 2, traffic: run % 2 === 0 } as const;
      await using _cluster = await createCluster({ host, port: 0, topology, seed: run, onCrash: () => crashes++ });
      tookMs.push(performance.now() - startedMs);
    } catch (error) {
      failures.push(`start ${run}: ${messageOf(error)}`);
      process.stderr.write(`${failures.at(-1)}\n`);
    }
    if (run % toldEvery === 0) process.stderr.write(`${run} of ${runs}, ${failures.length} failed\n`);
  }
  stopPorts();
  await stopLoad();
  const sorted = tookMs.toSorted((a, b) => a - b).map(Math.round);
  const figures = `median ${Math.round(median(tookMs))} ms, longest ${sorted.at(-1)} ms, ${crashes} crashes`;
  process.stdout.write(`${tookMs.length} of ${runs} starts came up (${host} host): ${figures}\n`);
  return failures.length === 0 ? 0 : 1;
}

/** A thread that computes without end. */
function load(): () => Promise<number> {
  const worker = new Worker("for (;;) Math.sqrt(2);", { eval: true, execArgv: [] });
  return () => worker.terminate();
}

function takePorts(): () => void {
  const held = new Set<ReturnType<typeof createServer>>();
  const timer = setInterval(() => {
    const server = createServer();
    held.add(server);
    server.on("error", () => held.delete(server));
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      setTimeout(() => {
        held.delete(server);
        server.close();
      }, portHeldMs).unref();
    });
  }, portHeldMs / portsMax);
  return () => {
    clearInterval(timer);
    for (const server of held) server.close();
  };
}
