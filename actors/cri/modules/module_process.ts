import { ok } from "../../kit/result.ts";
import type { Trust } from "../../network/tls/fault.ts";
import type { ExecOptions, ProcessWatcher } from "../container_image.ts";
import { containerName } from "../container_permissions.ts";
import type { Usage } from "../container_usage.ts";
import { failedCall } from "../cri_answers.ts";
import { type ContainerConfig, type CriAnswer, memorySmallBytes } from "../messages.ts";
import type { Container, RuntimeNode } from "../runtime_node.ts";
import type { Sockets } from "../sockets/sockets.ts";
import type { ImageBundle } from "./image_bundle.ts";
import { type ModuleFiles, moduleFiles } from "./module_files.ts";
import type { ModuleOutput, ModuleRunner } from "./module_runner.ts";
import { createFetching } from "./sockets/fetching.ts";
import { createServing } from "./sockets/serving.ts";

/** A module that runs in a container. */
export interface ModuleProcess {
  stop(timeoutMs: number): void;
  /** Ends it; its watcher is told nothing more. */
  destroy(): void;
  usage(): Usage;
  exec(options: ExecOptions, done: (answer: CriAnswer<"ExecSync">) => void): void;
}

/** What a module's process needs of its node. */
export interface ModulePlace {
  readonly node: RuntimeNode;
  readonly sockets: Sockets;
  readonly trust: Trust;
  readonly runner: ModuleRunner;
  /** How long a connection takes at least to carry on what was written. */
  readonly carryMs: number;
}

const portDefault = 8080;
/** What a module takes in memory before it has told. */
const moduleMemoryBytes = 8 * 1024 * 1024;

/** What a module's process is started with. */
export interface ModuleProcessStart {
  readonly image: ImageBundle;
  readonly container: Container;
  readonly watcher: ProcessWatcher;
}

/** Runs a module as the process of a container. */
export function moduleProcess(place: ModulePlace, { image, container, watcher }: ModuleProcessStart): ModuleProcess {
  const { node, sockets, runner, carryMs, trust } = place;
  const { config } = container;
  const { pod, sandbox: id } = container.sandbox.status;
  const sandbox = pod.hostNetwork ? undefined : id;
  const execs = new Map<number, (answer: CriAnswer<"ExecSync">) => void>();
  const listening: (() => void)[] = [];
  let execIds = 0;
  let memoryBytes = moduleMemoryBytes;
  let isOver = false;

  const nextMoment = (body: () => void) => {
    if (carryMs === 0) return body();
    later(carryMs, body);
  };
  const tell: typeof running.tell = (input) => (isOver ? undefined : running.tell(input));
  const later = (delayMs: number, body: () => void) => node.later(delayMs, () => (isOver ? undefined : body()));
  const serving = createServing({ tell, atEnd: node.atEnd, nextMoment, later });
  const files = moduleFiles(node, container);
  const fetching = createFetching({
    tell,
    nextMoment,
    judge: (shown, name) => trust.judge({ shown, name, trusted: authorities(files, config), atMs: node.host.wallMs() }),
    connect: (host, port, owner) =>
      sockets.connect({ ...(sandbox === undefined ? {} : { sandbox }), host, port }, owner),
  });

  function close(): void {
    isOver = true;
    for (const stop of listening.splice(0)) stop();
    serving.close();
    fetching.close();
    for (const done of execs.values()) done(failedCall("UNKNOWN", "failed to exec in container: container has exited"));
    execs.clear();
  }

  function listen() {
    for (const port of portsOf(config)) {
      const stop = sockets.listen(sandbox, port, serving.accept);
      if (stop) {
        listening.push(stop);
        continue;
      }
      watcher.wrote("stderr", `Error: listen EADDRINUSE: address already in use :::${port}`);
      running.dispose();
      close();
      return watcher.exited({ exitCode: 1, reason: "Error" });
    }
  }

  function hear(output: ModuleOutput) {
    if (isOver) return;
    switch (output.type) {
      case "listening":
        return listen();
      case "log":
        return watcher.wrote(output.stream, output.line);
      case "exec.end": {
        const { exitCode, stdout, stderr } = output;
        execs.get(output.id)?.(ok({ exitCode, stdout, stderr }));
        execs.delete(output.id);
        return;
      }
      case "exit":
        close();
        return watcher.exited({ exitCode: output.code, reason: output.reason });
      case "file.read":
      case "file.list":
      case "file.remove":
      case "file.write": {
        const answer = files.answer(output);
        return nextMoment(() => tell(answer));
      }
      case "usage":
        if (memoryBytes <= memorySmallBytes && output.memoryBytes > memorySmallBytes)
          node.push({ type: "memory.taken", container: container.status.container });
        memoryBytes = output.memoryBytes;
        return;
      case "hung":
        return;
      case "fetch":
      case "fetch.body":
      case "fetch.body.end":
      case "fetch.answer.taken":
      case "fetch.abort":
        return fetching.ask(output);
      default:
        return serving.answer(output);
    }
  }

  const running = runner.start(
    {
      image,
      vars: config.env,
      args: config.args,
      hostname: config.env.HOSTNAME ?? pod.name,
      name: containerName(pod, config.name),
      ...(config.permissions === undefined ? {} : { permissions: config.permissions }),
      ...(config.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: config.memoryLimitBytes }),
    },
    hear,
  );

  return {
    usage: () => ({ cpuMs: running.cpuMs(), memoryBytes, ...files.written() }),
    stop(timeoutMs) {
      tell({ type: "signal", name: "SIGTERM" });
      if (isOver) return;
      node.later(timeoutMs, () => (isOver ? undefined : running.kill()));
    },
    destroy() {
      if (isOver) return;
      running.dispose();
      close();
    },
    exec({ command, timeoutMs }, done) {
      const id = ++execIds;
      execs.set(id, done);
      tell({ type: "exec", id, command });
      if (!execs.has(id)) return;
      node.later(timeoutMs, () => {
        if (execs.delete(id)) done(failedCall("DEADLINE_EXCEEDED", "command timed out: context deadline exceeded"));
      });
    },
  };
}

const accountAuthority = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/** Whom a module trusts: nobody that it was not told of. */
function authorities(files: ModuleFiles, { env }: ContainerConfig): string {
  return files.read(env.NODE_EXTRA_CA_CERTS ?? accountAuthority) ?? "";
}

function portsOf({ ports = [], env }: ContainerConfig): Iterable<number> {
  if (ports.length > 0) return new Set(ports);
  const port = Number(env.PORT);
  return [Number.isInteger(port) && port > 0 && port < 65_536 ? port : portDefault];
}
