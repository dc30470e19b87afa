import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { freePort } from "./free_port.ts";

const run = promisify(execFile);

/** A Redis of its own on a free port of 127.0.0.1, which keeps nothing. */
export interface RealRedis extends AsyncDisposable {
  readonly url: string;
}

/** Starts Debian's redis-server; undefined where it is not installed. */
export async function startRealRedis(): Promise<RealRedis | undefined> {
  const isThere = await run("redis-server", ["--version"]).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const host = "127.0.0.1";
  const port = await freePort(host);
  const args = ["--port", String(port), "--bind", host, "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  for await (const part of child.stdout) {
    said += part;
    if (said.includes("Ready to accept connections")) break;
  }
  return {
    url: `redis://${host}:${port}`,
    async [Symbol.asyncDispose]() {
      const over = once(child, "exit");
      if (child.exitCode === null && child.kill("SIGKILL")) await over;
    },
  };
}
