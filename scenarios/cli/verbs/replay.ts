import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Violation } from "../../../properties/engine/invariant.ts";
import type { Performer } from "../../../properties/engine/performers.ts";
import type { RecordedRun } from "../../../properties/engine/record_run.ts";
import type { ReplayFile } from "../../../properties/engine/replay_file.ts";
import type { RunResult } from "../../../properties/engine/run.ts";
import { InputError, messageOf } from "../../cluster/input_error.ts";
import { endWithParent } from "../parent_watch.ts";
import { exitCodes, type Invocation, type Verb, wholeNumber } from "../verb.ts";

interface ReplayOptions {
  readonly json?: true;
  readonly until?: number;
  readonly component?: string;
  readonly object?: string;
  readonly verify?: number;
  readonly html?: string;
}

/** What became of a replay: the same to the last bit, another rule was broken, or only the hash is another. */
const outcomes = {
  reproduced: exitCodes.good,
  otherRule: 3,
  otherHash: 4,
} as const;

const upwards = wholeNumber({ least: 1, most: Number.MAX_SAFE_INTEGER });

/** Performs a saved run again. */
export const replay: Verb = {
  name: "replay",
  summary: "Plays a counterexample again, step by step, to the same hash",
  examples: [
    ["troupe replay counterexample-7-12.json", "tells what happens in the run that troupe check has saved"],
    ["troupe replay FILE --component apiserver/0 --until 5000", "what that one sent and got, up to a step"],
    ["troupe replay FILE --object pod/web-1", "all writes of one object, and the messages that name it"],
    ["troupe replay FILE --html run.html", "a page: lanes, messages, faults, the same run without them beside it"],
    ["troupe replay FILE --verify 50", "plays it 50 times, in all ways of looking, and compares the hashes"],
    ["troupe replay FILE --json", "the result as one JSON object"],
  ],
  declare(command: Command) {
    command
      .argument("<file>", "a file that troupe check wrote")
      .option("--until <step>", "tells step by step, up to this one", upwards)
      .option("--component <address>", "tells only what this component, or what is below it, sends and gets")
      .option("--object <kind/name>", "tells only writes of this object, and messages that name it")
      .option("--verify <n>", "plays it so many times, with and without journal and frozen messages", upwards)
      .option("--html <file>", "writes a page that shows it")
      .option("--json", "prints the result as one JSON object")
      .addHelpText(
        "after",
        "\nExit codes: 0 it is the run in the file, 3 another rule was broken, 4 the hash differs, 2 it was used wrongly",
      );
  },
  run,
};

async function run({ args, options, streams }: Invocation<ReplayOptions>): Promise<number> {
  using _watch = endWithParent();
  const path = args[0] ?? "";
  const file = await readReplay(path);
  const { performerWith } = await import("../../../properties/engine/performers.ts");
  const performer = await performerWith(file.definition.mutation);
  const { until, component, object, verify, html, json } = options;
  const isStepwise = until !== undefined || component !== undefined || object !== undefined;
  const narrated = isStepwise || html !== undefined ? undefined : performer.narrateRun(file.definition);
  const recorded = narrated ? undefined : performer.recordRun(file.definition);
  const { hash, violation } = (narrated ?? recorded) as RunResult;
  const hashes = new Set([hash]);
  for (let index = 1; index < (verify ?? 1); index++) {
    const looking = { freeze: index % 2 === 0, journalMax: index % 4 < 2 ? 0 : 100 };
    hashes.add(performer.performRun(file.definition, looking).hash);
  }
  if (html !== undefined && recorded) await writePage(html, { path, file, performer, run: recorded });
  const { tellSteps } = await import("../../../properties/engine/tell_steps.ts");
  const narration = narrated?.narration ?? (recorded ? tellSteps(recorded, options) : []);
  const isIdentical = hashes.size === 1 && hash === file.hash;
  if (json) streams.stdout.write(`${JSON.stringify({ hash, isIdentical, violation, narration })}\n`);
  else {
    const told = html !== undefined && !isStepwise ? [`Written to ${html}`] : narration;
    streams.stdout.write(`${told.join("\n")}\n${tellVerified(verify, hashes)}hash ${hash}\n`);
  }
  const { code, told } = outcomeOf({ file, hashes, violation });
  if (told !== undefined) streams.stderr.write(`${told}\n`);
  return code;
}

function tellVerified(verify: number | undefined, hashes: ReadonlySet<string>): string {
  return verify === undefined
    ? ""
    : `${verify} times played, ${hashes.size === 1 ? "one hash" : `${hashes.size} hashes`}\n`;
}

interface Played {
  readonly file: ReplayFile;
  readonly hashes: ReadonlySet<string>;
  readonly violation: Violation | undefined;
}

function outcomeOf({ file, hashes, violation }: Played): { readonly code: number; readonly told?: string } {
  if (hashes.size > 1) {
    return { code: outcomes.otherHash, told: `The run is not the same each time: ${[...hashes].join(", ")}` };
  }
  if (hashes.has(file.hash)) return { code: outcomes.reproduced };
  const [was, is] = [file.violation?.property, violation?.property];
  if (is !== undefined && is !== was) {
    const told = `The run was not the one in the file: its hash differs, and it breaks another rule: ${is}`;
    return { code: outcomes.otherRule, told };
  }
  const ending =
    was === undefined ? "" : is === was ? ", and it breaks the same rule" : ", and it breaks no rule any more";
  return {
    code: outcomes.otherHash,
    told: `The run was not the one in the file: its hash differs, the logic has changed since${ending}`,
  };
}

interface Page {
  readonly path: string;
  readonly file: ReplayFile;
  readonly performer: Performer;
  readonly run: RecordedRun;
}

async function writePage(html: string, { path, file, performer, run: played }: Page) {
  const calm = performer.recordRun({ ...file.definition, faults: [] });
  const title = `kubetroupe: ${path.replace(/^.*\//, "")}`;
  const [{ introduce }, { runPage }] = await Promise.all([
    import("../../../properties/engine/narration.ts"),
    import("../../../properties/engine/run_page.ts"),
  ]);
  const introduction = introduce(file.definition);
  const text = runPage({ title, introduction, run: played, calm, violation: played.violation });
  try {
    await writeFile(html, text);
  } catch (error) {
    throw new InputError(`Cannot write the page "${html}": ${messageOf(error)}`, { cause: error });
  }
}

/** What is wrong with the file is the caller's to mend; what fails later is ours. */
async function readReplay(path: string): Promise<ReplayFile> {
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
    return decodeReplay(text, path);
  } catch (error) {
    throw new InputError(messageOf(error), { cause: error });
  }
}
