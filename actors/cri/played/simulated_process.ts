import type { ProcessExit, StreamClient, StreamServer } from "../container_image.ts";
import { type ImageBehaviour, memorySmallBytes } from "../messages.ts";
import type { ProcessWish } from "../process_wish.ts";
import { type Container, isRunning, type RuntimeNode } from "../runtime_node.ts";
import { exited, wrote } from "./container_life.ts";
import { commandOf, insideOf, playedImage, restingPorts } from "./image_system.ts";
import { installStep } from "./install_step.ts";
import { deafServer } from "./line_audience.ts";
import type { PlayedSystems } from "./played_systems.ts";
import { cannotRun, nothingRuns } from "./unknown_program.ts";

/** Where containers are played. */
export interface PlayedPlace {
  readonly node: RuntimeNode;
  readonly systems: PlayedSystems;
}

/** What is played: a container, and how it behaves. */
export interface Played {
  readonly container: Container;
  readonly behaviour: ImageBehaviour;
  /** Whether anybody has said how its image behaves. */
  readonly isListed: boolean;
}

/** Plays a process from its start on: its command in its system, or what an image's catalogue says. */
export function playProcess(place: PlayedPlace, { container, behaviour, isListed }: Played): void {
  const { node, systems } = place;
  const { config } = container;
  const { exitAfterMs, exitCode = 0 } = behaviour;
  const whileRunning = (delayMs: number, happen: () => void) =>
    node.later(delayMs, () => {
      if (isRunning(node, container)) happen();
    });
  const ports = restingPorts(config);
  const isAwaited = config.isAwaited === true && exitAfterMs === undefined;
  const isOurs = isAwaited && !isListed;
  const wellKnown = config.inside ? undefined : playedImage(config.image);
  // Bitnami's images are called like others that are well known, and have scripts of their own.
  const step = isOurs || (isAwaited && wellKnown) ? installStep(config) : undefined;
  if (step !== undefined) whileRunning(0, () => takeStep(place, container, step));
  else if (ports && systems.rest(container, ports)) {
    // Nothing is to be seen of it before somebody looks.
  } else if (commandOf(config)) whileRunning(0, () => void systems.of(container));
  else if (isOurs) whileRunning(0, () => refuse(place, container));
  else if (!isListed || wellKnown?.takesCalls) systems.takeCalls(container);
  if (exitAfterMs !== undefined) whileRunning(exitAfterMs, () => endWith(place, container, exitCode));
  const { memoryBytesPerSecond = 0 } = behaviour;
  const startedAtMs = node.nowMs();
  const grow = () => {
    // It may have been given more meanwhile.
    const { memoryLimitBytes = 0 } = container.config;
    if (memoryBytesPerSecond === 0 || memoryLimitBytes === 0) return;
    const atMs = startedAtMs + Math.ceil((memoryLimitBytes / memoryBytesPerSecond) * 1000);
    if (atMs > node.nowMs()) whileRunning(atMs - node.nowMs(), grow);
    else end(place, container, { exitCode: 137, reason: "OOMKilled" });
  };
  grow();
  if (memoryBytesPerSecond > 0 || (behaviour.memoryBytes ?? 0) > memorySmallBytes)
    node.push({ type: "memory.taken", container: container.status.container });
}

/** A step of an install that changes nothing here ends well, and says so. */
function takeStep(place: PlayedPlace, container: Container, text: string): void {
  wrote(place.node, container, { stream: "stderr", text });
  endWith(place, container, 0);
}

/** An image of which nobody knows what it does would keep its pod waiting for ever: it fails, and says why. */
function refuse(place: PlayedPlace, container: Container): void {
  const text = cannotRun(container.config);
  wrote(place.node, container, { stream: "stderr", text });
  end(place, container, { exitCode: 127, reason: "Error", message: text });
}

/** Tells who reads the log of a container in which nothing runs that this is so; kept only where somebody reads it. */
export function sayUnknown({ node }: PlayedPlace, { container, behaviour, isListed }: Played): void {
  const { config, status } = container;
  const isIdle = !isListed && behaviour.exitAfterMs === undefined && commandOf(config) === undefined;
  if (!isIdle || container.log || status.startedAtMs === undefined) return;
  const text = nothingRuns(config);
  wrote(node, container, { stream: "stderr", text, atMs: status.startedAtMs });
}

/** Sends a played process the stop signal, and kills it when the time given is over. */
export function stopPlayed(
  place: PlayedPlace,
  { stopMs, stopExitCode = 0 }: ImageBehaviour,
  { container, timeoutMs }: { readonly container: Container; readonly timeoutMs: number },
): void {
  const { node, systems } = place;
  const takesSignals = stopMs === undefined && commandOf(container.config) && !systems.isResting(container);
  const system = takesSignals ? systems.of(container) : undefined;
  if (system) {
    system.signal(insideOf(container.config).stopSignal);
    if (isRunning(node, container)) node.later(timeoutMs, () => endWith(place, container, 137));
    return;
  }
  const [delayMs, code] = (stopMs ?? 0) <= timeoutMs ? [stopMs ?? 0, stopExitCode] : [timeoutMs, 137];
  if (delayMs === 0) endWith(place, container, code);
  else node.later(delayMs, () => endWith(place, container, code));
}

/** What is told where an image has no programs. */
export function noPrograms(program: string): string {
  return `exec: ${JSON.stringify(program)}: executable file not found in $PATH (kubetroupe plays this container, and its image has no programs that can be run)\n`;
}

/** Attaches to the process of a played container, or runs a command in it, with streams. */
export function connectPlayed(
  { systems }: PlayedPlace,
  container: Container,
  { command, ...wish }: ProcessWish,
  client: StreamClient,
): StreamServer {
  const system = systems.of(container);
  if (system) return command ? system.open(command, wish, client) : system.attach(wish, client);
  // Nothing is ever written by a process that does nothing; it is left when it ends.
  if (!command) return systems.attend(container, client);
  client.write("stderr", noPrograms(command[0] ?? ""));
  client.close({ exitCode: 127 });
  return deafServer(client);
}

function endWith(place: PlayedPlace, container: Container, exitCode: number): void {
  end(place, container, { exitCode, reason: exitCode === 0 ? "Completed" : "Error" });
}

function end({ node, systems }: PlayedPlace, container: Container, how: ProcessExit): void {
  systems.forget(container);
  exited(node, container, how);
}
