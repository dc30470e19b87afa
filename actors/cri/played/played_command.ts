import { ok } from "../../kit/result.ts";
import type { ExecOptions } from "../container_image.ts";
import { failedCall } from "../cri_answers.ts";
import type { CriAnswer, ImageBehaviour } from "../messages.ts";
import type { Container } from "../runtime_node.ts";
import { probePlayed, saysProbes } from "./played_probe.ts";
import { noPrograms, type PlayedPlace } from "./simulated_process.ts";

/** A command that is to be run. */
export interface PlayedCommand {
  readonly container: Container;
  readonly options: ExecOptions;
  readonly behaviour: ImageBehaviour;
  /** Whether what is run in the container does what it says. */
  readonly isReal: boolean;
}

type Done = (answer: CriAnswer<"ExecSync">) => void;

/** Runs a command in a played container; one that is a probe finds what the catalogue says where only that knows. */
export function playCommand(place: PlayedPlace, played: PlayedCommand, done: Done) {
  const { container, options, behaviour, isReal } = played;
  const { probe: kind } = options;
  if (kind === undefined) return run(place, { container, options }, (answer) => done(answer));
  const finds = () => probePlayed(place.node, behaviour, { container, kind });
  const found = () => (finds() ? exit(0, "") : exit(1, "command exited with 1"));
  if (!isReal || saysProbes(behaviour)) return done(found());
  run(place, { container, options }, (answer, isUnknown) => done(isUnknown && finds() ? exit(0, "") : answer));
}

function exit(exitCode: number, stdout: string): CriAnswer<"ExecSync"> {
  return ok({ exitCode, stdout, stderr: "" });
}

/** `isUnknown`: its program cannot be played, and what it would have found nobody knows. */
type Ran = (answer: CriAnswer<"ExecSync">, isUnknown: boolean) => void;

function run(
  { node, systems }: PlayedPlace,
  { container, options }: Pick<PlayedCommand, "container" | "options">,
  ran: Ran,
) {
  const { command, timeoutMs } = options;
  const [program = ""] = command;
  const system = systems.of(container);
  if (!system) return ran(ok({ exitCode: 127, stdout: "", stderr: noPrograms(program) }), true);
  let isOver = false;
  const tell: Ran = (answer, isUnknown) => {
    if (isOver) return;
    isOver = true;
    ran(answer, isUnknown);
  };
  const running = system.exec(command, ({ exitCode, stdout, stderr, unknownProgram }) => {
    tell(ok({ exitCode, stdout, stderr }), unknownProgram !== undefined && exitCode !== 0);
  });
  if (isOver) return;
  node.later(timeoutMs, () => {
    if (isOver) return;
    running.kill();
    tell(failedCall("DEADLINE_EXCEEDED", "command timed out: context deadline exceeded"), false);
  });
}
