import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../free_port.ts";

const run = promisify(execFile);

/** An etcd of its own, on free ports of 127.0.0.1, with its data in a folder that goes with it. */
export interface RealEtcd extends AsyncDisposable {
  /** Where its first member listens. */
  readonly host: string;
  readonly port: number;
  /** Where each member listens. */
  readonly ports: readonly number[];
}

export interface RealEtcdOptions {
  /** Default 1. */
  readonly members?: number;
  /** A file of its database that its one member begins with, for which `etcdctl` is needed. Default: with nothing. */
  readonly snapshot?: string;
  /** Paths of PEM files: what members serve clients with, and whom they let in. Default: plain TCP, for anybody. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa: string };
}

const host = "127.0.0.1";

/** Starts Debian's etcd; undefined where it is not installed. */
export async function startRealEtcd({
  members = 1,
  snapshot,
  tls,
}: RealEtcdOptions = {}): Promise<RealEtcd | undefined> {
  const isThere = await run("etcd", ["--version"]).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "etcd-"));
  const places = await Promise.all(
    Array.from({ length: members }, async (_each, index) => ({
      ...{ name: `member-${index}`, port: await freePort(host), peer: `http://${host}:${await freePort(host)}` },
    })),
  );
  const all = places.map(({ name, peer }) => `${name}=${peer}`).join(",");
  const secured = tls
    ? ["--cert-file", tls.cert, "--key-file", tls.key, "--trusted-ca-file", tls.clientCa, "--client-cert-auth"]
    : [];
  const first = places[0];
  if (snapshot !== undefined && first) {
    const cluster = ["--name", first.name, "--initial-cluster", all, "--initial-advertise-peer-urls", first.peer];
    const args = ["snapshot", "restore", snapshot, "--data-dir", join(folder, first.name), ...cluster];
    await run("etcdctl", args, { env: { ...process.env, ETCDCTL_API: "3" } });
  }
  const children = places.map(({ name, port, peer }) => {
    const client = `${tls ? "https" : "http"}://${host}:${port}`;
    const args = [
      ...["--name", name, "--data-dir", join(folder, name), "--initial-cluster", all],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, ...secured],
    ];
    return spawn("etcd", args, { stdio: "ignore" });
  });
  const ports = places.map(({ port }) => port);
  return {
    host,
    port: ports[0] ?? 0,
    ports,
    async [Symbol.asyncDispose]() {
      await Promise.all(children.map(ended));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const over = once(child, "exit");
  if (child.exitCode === null && child.kill("SIGKILL")) await over;
}
