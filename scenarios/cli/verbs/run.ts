import { type Command, Option } from "commander";
import type { HostName } from "../../cluster/create_cluster.ts";
import { createDisplay } from "../display.ts";
import { isGuarded, runGuarded } from "../guard.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { endWithParent } from "../parent_watch.ts";
import { exitCodes, type Invocation, type Streams, type Verb, wholeNumber } from "../verb.ts";

interface RunOptions {
  readonly host: HostName;
  readonly seed: number;
  readonly json?: true;
}

/** Performs a scenario. */
export const run: Verb = {
  name: "run",
  summary: "Performs a scenario and tells it step by step, or lists the scenarios",
  examples: [
    ["troupe run", "lists the scenarios"],
    ["troupe run self-healing", "in simulation: minutes of virtual time in a second"],
    ["troupe run rolling-update --host thread", "the same script in real threads and real time"],
    ["troupe run ./my_scenario.ts --seed 7", "a file that exports one, with other orders of events"],
    ["troupe run scaling --json", "the result as one JSON object"],
  ],
  declare(command: Command) {
    command
      .argument("[scenario]", "its name, or a TypeScript file that exports one")
      .addOption(
        new Option("--host <name>", "where the cluster lives")
          .choices(["simulation", "thread", "pool"])
          .default("simulation"),
      )
      .option("--seed <s>", "of the simulation", wholeNumber({ least: 0, most: 2 ** 32 - 1 }), 1)
      .option("--json", "prints the result as one JSON object");
  },
  run: perform,
};

async function perform({ args, options, streams }: Invocation<RunOptions>): Promise<number> {
  const { host, seed, json } = options;
  const [name] = args;
  if (name === undefined) return list(streams, json === true);
  // A simulation leaves nothing behind that would have to be cleaned up: an interrupt may end the process as it ends any
  // other, at once, and whatever the script does. Nobody could listen while a script loops.
  const isReal = host !== "simulation";
  if (isReal && streams.stdout === process.stdout && !isGuarded()) return await runGuarded();
  using _watch = isReal ? undefined : endWithParent();
  const { findScenario } = await import("../find_scenario.ts");
  const scenario = await findScenario(name);
  const [{ runScenario }, { introduction, createTeller, conclusion }] = await Promise.all([
    import("../../script/run_scenario.ts"),
    import("../tell_scenario.ts"),
  ]);
  using interrupts = isReal ? listenForInterrupts() : undefined;
  const signal = interrupts?.signal;
  // Told on the output itself, but for JSON, which must stay alone there.
  const display = createDisplay(json ? { write: () => {} } : streams.stdout);
  display.note(introduction(scenario, { host, seed }));
  try {
    const result = await runScenario(scenario, {
      host,
      seed,
      ...(signal ? { signal } : {}),
      onEvent: createTeller(display),
    });
    display.end();
    streams.stdout.write(json ? `${JSON.stringify(result)}\n` : conclusion(result));
    return result.isHeld ? exitCodes.good : exitCodes.failed;
  } catch (error) {
    display.end();
    if (signal?.aborted) return exitCodes.interrupted;
    throw error;
  }
}

async function list({ stdout }: Streams, isJson: boolean): Promise<number> {
  const { knownScenarios } = await import("../find_scenario.ts");
  const rows = knownScenarios.map(({ name, summary }) => ({ name, summary }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  const text = rows.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join("");
  stdout.write(isJson ? `${JSON.stringify(rows)}\n` : text);
  return exitCodes.good;
}
