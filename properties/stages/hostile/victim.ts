import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { yamlToJson } from "../../../actors/api/yaml.ts";
import type { Credentials, Target } from "./target.ts";

/** A cluster in a process of its own, which is attacked. */
export interface Victim extends AsyncDisposable {
  readonly target: Target;
  /** Whether its process is still there. */
  isAlive(): boolean;
  /** What the process has in memory, in bytes. */
  residentBytes(): Promise<number>;
  /** Ends it as `kill -9` does. */
  kill(): void;
  /** What it printed last, for whoever has to find out why it died. */
  lastWords(): string;
}

const command = fileURLToPath(new URL("../../../scenarios/cli/troupe.mjs", import.meta.url));
const wordsCharsMax = 4_000;

/** Starts a cluster by the command that users have; resolves when it is up. */
export async function startVictim(options: readonly string[] = []): Promise<Victim> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-hostile-"));
  const kubeconfig = join(folder, "kubeconfig");
  const child = spawn(process.execPath, [command, "up", "--port", "0", "--kubeconfig", kubeconfig, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece) => {
      words = (words + piece).slice(-wordsCharsMax);
    });
  }
  const dispose = async () => {
    if (isAlive(child)) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  };
  while (!words.includes("KUBECONFIG=")) {
    if (!isAlive(child)) {
      await dispose();
      throw new Error(`Cannot attack a cluster: it did not come up: ${words}`);
    }
    await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  }
  return {
    target: await readTarget(kubeconfig),
    isAlive: () => isAlive(child),
    residentBytes: () => residentBytes(child.pid ?? 0),
    kill: () => void child.kill("SIGKILL"),
    lastWords: () => words,
    [Symbol.asyncDispose]: dispose,
  };
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

async function readTarget(path: string): Promise<Target> {
  const yaml = yamlToJson(await readFile(path, "utf8"));
  if (!yaml.ok) throw new Error(`Cannot read ${path}: ${yaml.failure}`);
  const { clusters, users } = JSON.parse(yaml.value.json);
  const { server, "certificate-authority-data": ca } = clusters[0].cluster;
  const { "client-certificate-data": cert, "client-key-data": key } = users[0].user;
  const decoded = (text: string) => Buffer.from(text, "base64").toString();
  const credentials: Credentials = { cert: decoded(cert), key: decoded(key) };
  const { hostname, port } = new URL(server);
  return { host: hostname, port: Number(port), ca: decoded(ca), credentials };
}
