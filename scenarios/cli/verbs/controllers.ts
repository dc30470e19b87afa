import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { InputError } from "../../cluster/input_error.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

interface Options {
  readonly kubeconfig?: string;
  readonly watch?: boolean;
}

/** Lists the control loops with what they do. */
export const controllers: Verb = {
  name: "controllers",
  summary: "Lists the control loops of a cluster: their state, queues, plans, writes and last errors",
  examples: [
    ["troupe controllers", "those of the cluster that KUBECONFIG leads to"],
    ["troupe controllers --watch", "again each second, until Ctrl-C"],
  ],
  declare(command: Command) {
    command
      .option("--kubeconfig <file>", "which cluster (default: $KUBECONFIG)")
      .option("--watch", "list them again each second");
  },
  run,
};

const watchMs = 1_000;

async function run({ options, streams }: Invocation<Options>): Promise<number> {
  const path = options.kubeconfig ?? process.env.KUBECONFIG;
  if (!path) throw new InputError("Cannot list controllers: no cluster is named, set KUBECONFIG or give --kubeconfig");
  const { controllerLines } = await import("../controller_lines.ts");
  for (;;) {
    streams.stdout.write(await controllerLines(path));
    if (!options.watch) return exitCodes.good;
    await sleep(watchMs);
    streams.stdout.write("\n");
  }
}
