import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { createDisplay } from "../display.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { listenersOf } from "../queue.ts";
import { exitCodes, type Invocation, type Verb, wholeNumber } from "../verb.ts";

interface WorkerVerbOptions {
  readonly queue: string;
  readonly workers?: number;
}

/** Performs runs of campaigns that other machines have begun. */
export const worker: Verb = {
  name: "worker",
  summary: 'Performs what "troupe check --queue" puts into a queue, until it is stopped',
  examples: [
    ["troupe worker --queue redis://10.0.0.5:6379", "as many runs side by side as this machine has cores"],
    ["troupe worker --queue redis://user:password@host:6379 --workers 4", "four at a time"],
  ],
  declare,
  run,
};

function declare(command: Command) {
  command
    .requiredOption("--queue <url>", "the Redis that runs are taken from: redis://host:port")
    .option(
      "--workers <n>",
      `runs side by side (default: ${availableParallelism()})`,
      wholeNumber({ least: 1, most: 512 }),
    );
}

async function run({ options, streams }: Invocation<WorkerVerbOptions>): Promise<number> {
  const others = await listenersOf(options.queue);
  const { shownUrl } = await import("../../../properties/engine/shown_url.ts");
  const queue = shownUrl(options.queue);
  if (others > 0) streams.stderr.write(`${others} more listen to ${queue}\n`);
  using interrupts = listenForInterrupts();
  const display = createDisplay(streams.stderr);
  const { serveQueue } = await import("../../../properties/engine/search_queue.ts");
  let [done, found] = [0, 0];
  const show = () => {
    const rules = found === 0 ? "no rule broken" : `${found} broke a rule`;
    display.set("runs", `${done} runs done for ${queue}, ${rules}`, { isFinal: false });
  };
  show();
  await serveQueue({
    ...{ url: options.queue, signal: interrupts.signal },
    ...(options.workers === undefined ? {} : { threads: options.workers }),
    onDone(results) {
      done += results.length;
      found += results.filter((each) => each.found).length;
      show();
    },
  });
  display.end();
  streams.stdout.write(`${done} runs done, ${found} broke a rule\n`);
  return exitCodes.good;
}
