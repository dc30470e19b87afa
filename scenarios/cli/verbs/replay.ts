import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { InputError, messageOf } from "../../cluster/input_error.ts";
import { endWithParent } from "../parent_watch.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

/** Performs a saved run again. */
export const replay: Verb = {
  name: "replay",
  summary: "Plays a counterexample again, step by step, to the same hash",
  examples: [
    ["troupe replay counterexample-7-12.json", "tells what happens in the run that troupe check has saved"],
    ["troupe replay counterexample-7-12.json --json", "the same as one JSON object"],
  ],
  declare(command: Command) {
    command
      .argument("<file>", "a file that troupe check wrote")
      .option("--json", "prints the result as one JSON object");
  },
  run,
};

async function run({ args, options, streams }: Invocation<{ readonly json?: true }>): Promise<number> {
  using _watch = endWithParent();
  const path = args[0] ?? "";
  await assertReplayable(path);
  const { replayFile } = await import("../../../properties/engine/campaign.ts");
  const result = await replayFile(path);
  const { hash, narration, violation, isIdentical } = result;
  if (options.json) streams.stdout.write(`${JSON.stringify({ hash, isIdentical, violation, narration })}\n`);
  else streams.stdout.write(`${narration.join("\n")}\nhash ${hash}\n`);
  if (!isIdentical) {
    streams.stderr.write("The run was not the one in the file: its hash differs, the logic has changed since\n");
  }
  return violation === undefined && isIdentical ? exitCodes.good : exitCodes.failed;
}

/** What is wrong with the file is the caller's to mend; what fails later is ours. */
async function assertReplayable(path: string) {
  const { decodeReplay } = await import("../../../properties/engine/replay_file.ts");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const why = isMissing ? "there is no such file" : messageOf(error);
    throw new InputError(`Cannot replay ${path}: ${why}, give one that "troupe check" wrote`, { cause: error });
  }
  try {
    decodeReplay(text, path);
  } catch (error) {
    throw new InputError(messageOf(error), { cause: error });
  }
}
