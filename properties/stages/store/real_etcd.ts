import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** An etcd of its own, on a free port of 127.0.0.1, with its data in a folder that goes with it. */
export interface RealEtcd extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** Starts Debian's etcd; undefined where it is not installed. */
export async function startRealEtcd(): Promise<RealEtcd | undefined> {
  const isThere = await run("etcd", ["--version"]).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const host = "127.0.0.1";
  const [port, peer] = [await freePort(host), await freePort(host)];
  const folder = await mkdtemp(join(tmpdir(), "etcd-"));
  const [client, own] = [`http://${host}:${port}`, `http://${host}:${peer}`];
  const args = [
    ...["--data-dir", folder, "--listen-client-urls", client, "--advertise-client-urls", client],
    ...["--listen-peer-urls", own, "--initial-advertise-peer-urls", own, "--initial-cluster", `default=${own}`],
  ];
  const child: ChildProcess = spawn("etcd", args, { stdio: "ignore" });
  return {
    host,
    port,
    async [Symbol.asyncDispose]() {
      const over = once(child, "exit");
      if (child.exitCode === null && child.kill("SIGKILL")) await over;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
