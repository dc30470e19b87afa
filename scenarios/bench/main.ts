/** `npm run bench`: measures, and prints each figure beside the budget that the design sets. */
import { parseArgs } from "node:util";
import { present } from "../../actors/kit/present.ts";
import { messageOf } from "../cluster/input_error.ts";
import { compileLate } from "../cluster/late_compilation.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { all } from "./benchmarks/all.ts";
import { apiRequests } from "./benchmarks/api_requests.ts";
import { tableOf } from "./report.ts";

const benchmarks: readonly Benchmark[] = all;
const help = `Usage: npm run -s bench -- [--json] [--quick] [--kubeconfig FILE] [NAME...]

Measures and prints each figure beside its budget; NAMEs are: ${benchmarks.map(({ name }) => name).join(", ")}

  --json             one JSON object instead of a table
  --quick            much less work: shows that it works, the figures say little
  --kubeconfig FILE  measures that cluster's API server instead of one of our own; only api-requests can
`;

// As `troupe up` does.
compileLate();
process.exitCode = await main();

async function main(): Promise<number> {
  const given = parsed();
  if (typeof given === "string") {
    process.stderr.write(`${given}\n`);
    return 2;
  }
  if (given.values.help) {
    process.stdout.write(help);
    return 0;
  }
  const { quick, kubeconfig } = given.values;
  const wanted = benchmarks.filter(({ name }) => given.positionals.length === 0 || given.positionals.includes(name));
  const measurements: Measurement[] = [];
  let hasFailed = false;
  for (const { name, run } of wanted) {
    process.stderr.write(`${name} ...\n`);
    try {
      measurements.push(...(await run({ isQuick: quick === true, ...present({ kubeconfig }) })));
    } catch (error) {
      hasFailed = true;
      process.stderr.write(`${name} failed: ${messageOf(error)}\n`);
    }
  }
  process.stdout.write(given.values.json ? `${JSON.stringify({ measurements })}\n` : tableOf(measurements));
  return hasFailed ? 1 : 0;
}

function parsed() {
  const flag = { type: "boolean" } as const;
  try {
    const given = parseArgs({
      options: { json: flag, quick: flag, help: flag, kubeconfig: { type: "string" } },
      allowPositionals: true,
    });
    const unknown = given.positionals.find((name) => !benchmarks.some((each) => each.name === name));
    const { kubeconfig } = given.values;
    const others = given.positionals.filter((name) => name !== apiRequests.name);
    if (kubeconfig !== undefined && (given.positionals.length === 0 || others.length > 0)) {
      return `Cannot measure the cluster of "${kubeconfig}": only ${apiRequests.name} needs nothing but an API server, name it alone`;
    }
    if (unknown === undefined) return given;
    return `Cannot run benchmark "${unknown}": there is none, name one of: ${benchmarks.map(({ name }) => name).join(", ")}`;
  } catch (error) {
    return messageOf(error);
  }
}
