import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { InputError, messageOf } from "../cluster/input_error.ts";
import { exitCodes, type Streams, type Verb } from "./verb.ts";
import { all } from "./verbs/all.ts";

const verbs: readonly Verb[] = all;

/** Runs one command line; the result is the exit code. */
export async function runLine(line: readonly string[], streams: Streams): Promise<number> {
  const dashes = line.indexOf("--");
  const own = dashes === -1 ? line : line.slice(0, dashes);
  const command = dashes === -1 ? undefined : line.slice(dashes + 1);
  let code: number = exitCodes.good;
  try {
    const program = programOf(command, streams, (verbCode) => {
      code = verbCode;
    });
    if (own.length === 0) {
      program.outputHelp({ error: true });
      return exitCodes.misused;
    }
    await program.parseAsync(own as string[], { from: "user" });
    return code;
  } catch (error) {
    return codeOf(error, streams);
  }
}

function programOf(command: readonly string[] | undefined, streams: Streams, done: (code: number) => void): Command {
  const program = new Command("troupe")
    .description("A whole Kubernetes cluster performed by actors: run it, break it, replay the break from a seed")
    .version(packageJson.version, "--version", "Prints the version")
    .helpCommand(false)
    .exitOverride()
    .helpOption("-h, --help", "prints this")
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: (text, write) => write(`${oneLine(text)}\n`),
    })
    .addHelpText(
      "after",
      "\nEach verb has --help, with examples\nExit codes: 0 all is well, 1 a property was broken, 2 it was used wrongly",
    );
  for (const verb of verbs) {
    const sub = program
      .command(verb.name)
      .description(verb.summary)
      .allowExcessArguments(false)
      .addHelpText("after", () => examplesOf(verb));
    if (verb.takesCommand) sub.usage("[options] [-- CMD ARGS...]");
    verb.declare(sub);
    sub.action(async () => {
      if (command && !verb.takesCommand)
        throw new InputError(`Cannot run a command after "--": ${verb.name} takes none`);
      if (command?.length === 0) throw new InputError('Cannot run a command after "--": none was given');
      done(await verb.run({ args: sub.args, options: sub.opts() as never, command, streams }));
    });
  }
  return program;
}

function examplesOf({ examples }: Verb): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  return ["", "Examples:", ...examples.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`)].join("\n");
}

/** Bad input gets one line; what is our own mistake gets its stack, for the report. */
function codeOf(error: unknown, { stderr }: Streams): number {
  // Commander has written its own line; asking for help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.misused;
  if (error instanceof InputError) {
    stderr.write(`${oneLine(error.message)}\n`);
    return exitCodes.misused;
  }
  const isTold = process.env.TROUPE_DEBUG !== undefined && error instanceof Error;
  stderr.write(`${isTold ? error.stack : oneLine(messageOf(error))}\n`);
  return exitCodes.failed;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}
