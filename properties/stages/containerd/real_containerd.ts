import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { criClient } from "../../../actors/cri/containerd/cri_client.ts";
import { busybox, pauseTar } from "./busybox_images.ts";

const run = promisify(execFile);

/** A containerd of its own, in a temporary folder that goes with it. */
export interface RealContainerd extends AsyncDisposable {
  /** The path of its socket. */
  readonly socket: string;
  /** What the addresses of its sandboxes begin with: `10.213.4.`. */
  readonly ipPrefix: string;
}

/** Why there is none, in a sentence. */
export interface NoContainerd {
  readonly why: string;
}

const pauseImage = "troupe.test/pause:1";
const debianPackages = ["containerd", "runc", "containernetworking-plugins", "busybox-static"];
const pluginFolder = "/usr/lib/cni";
const programs = ["containerd", "ctr", "runc", "busybox"];
const startMsMax = 20_000;
const pauseMs = 50;

/** Starts Debian's containerd, installed where that can be done; or says why none is here. */
export async function startContainerd(): Promise<RealContainerd | NoContainerd> {
  const why = await obstacle();
  if (why !== undefined) return { why };
  const folder = await mkdtemp(join(tmpdir(), "containerd-"));
  const socket = join(folder, "containerd.sock");
  const bridge = `troupe${process.pid}`;
  // Which address is given is not asked: one that nobody else in this machine is likely to use is drawn by the process.
  const ipPrefix = `10.${200 + (process.pid % 50)}.${(process.pid >> 6) % 250}.`;
  const forwarding = "/proc/sys/net/ipv4/ip_forward";
  const wasForwarding = await readFile(forwarding, "utf8");
  await configure(folder, { socket, bridge, ipPrefix });
  const child = spawn("containerd", ["--config", join(folder, "config.toml")], { stdio: "ignore" });
  const containerd: RealContainerd = {
    socket,
    ipPrefix,
    async [Symbol.asyncDispose]() {
      await removeSandboxes(socket);
      await stop(child);
      await endShims(socket);
      await unmount(folder);
      await rm(folder, { recursive: true, force: true });
      await run("ip", ["link", "delete", bridge]).catch(() => {});
      await writeFile(forwarding, wasForwarding).catch(() => {});
    },
  };
  const failure = await prepare(socket, folder).catch((error: Error) => error.message);
  if (failure === undefined) return containerd;
  await containerd[Symbol.asyncDispose]();
  return { why: `Debian's containerd does not run containers on this machine: ${failure}` };
}

/** Why no containerd can be started here, if so. */
async function obstacle(): Promise<string | undefined> {
  if (process.platform !== "linux") return `this machine runs ${process.platform}, and containerd needs Linux`;
  if (process.getuid?.() !== 0) return "this user is not root, which containerd has to be";
  if ((await missingPrograms()).length === 0) return undefined;
  const isDebian = await readFile("/etc/debian_version").then(
    () => true,
    () => false,
  );
  const missing = (await missingPrograms()).join(", ");
  if (!isDebian) return `${missing} are not installed, and this is no Debian on which they could be`;
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...debianPackages];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const failed = await run("apt-get", install, { env })
    .catch(() => run("apt-get", ["update", "-qq"]).then(() => run("apt-get", install, { env })))
    .then(
      () => undefined,
      (error: Error) => error.message.split("\n", 1)[0],
    );
  const left = await missingPrograms();
  if (left.length === 0) return undefined;
  return `${left.join(", ")} cannot be installed: ${failed ?? "apt-get did not bring them"}`;
}

async function missingPrograms(): Promise<readonly string[]> {
  const found = await Promise.all(
    programs.map((program) =>
      run("sh", ["-c", `command -v ${program}`]).then(
        () => [],
        () => [program],
      ),
    ),
  );
  const hasPlugins = await readdir(pluginFolder).then(
    (names) => names.includes("bridge") && names.includes("host-local"),
    () => false,
  );
  return [...found.flat(), ...(hasPlugins ? [] : ["the network plugins"])];
}

async function configure(
  folder: string,
  { socket, bridge, ipPrefix }: { readonly socket: string; readonly bridge: string; readonly ipPrefix: string },
): Promise<void> {
  const cni = join(folder, "cni");
  await mkdir(cni);
  const ipam = { type: "host-local", dataDir: join(folder, "ipam"), ranges: [[{ subnet: `${ipPrefix}0/24` }]] };
  const plugins = [{ type: "bridge", bridge, isGateway: true, ipMasq: false, ipam }];
  await writeFile(join(cni, "10-bridge.conflist"), JSON.stringify({ cniVersion: "0.4.0", name: bridge, plugins }));
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  await writeFile(
    join(folder, "config.toml"),
    `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "${socket}"
[ttrpc]
  address = "${socket}.ttrpc"
[${cri}]
  sandbox_image = "${pauseImage}"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  disable_apparmor = true
  restrict_oom_score_adj = true
[${cri}.containerd]
  snapshotter = "native"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false
  Root = "${folder}/runc"
[${cri}.cni]
  bin_dir = "${pluginFolder}"
  conf_dir = "${cni}"
`,
  );
}

/** Waits until it serves, gives it its images, and has it run something without any of our code. */
async function prepare(socket: string, folder: string): Promise<undefined> {
  const client = criClient(socket);
  const until = Date.now() + startMsMax;
  while (!(await client.call("Version", {}, 1_000)).ok) {
    if (Date.now() > until) throw new Error(`it does not serve within ${startMsMax / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  client.close();
  const tar = join(folder, "images.tar");
  await writeFile(tar, await pauseTar(pauseImage, busybox));
  const ctr = (...args: readonly string[]) => run("ctr", ["-a", socket, "-n", "k8s.io", ...args]);
  await ctr("images", "import", "--snapshotter", "native", tar);
  await ctr("run", "--rm", "--snapshotter", "native", pauseImage, "probe", "/bin/busybox", "true");
  return undefined;
}

async function removeSandboxes(socket: string): Promise<void> {
  const client = criClient(socket);
  const listed = await client.call("ListPodSandbox", {}, 5_000);
  for (const { id } of listed.ok ? listed.value.items : []) {
    await client.call("StopPodSandbox", { pod_sandbox_id: id }, 20_000);
    await client.call("RemovePodSandbox", { pod_sandbox_id: id }, 20_000);
  }
  client.close();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  child.kill("SIGTERM");
  await over;
  clearTimeout(late);
}

/** Processes that a containerd leaves behind name its socket. */
async function endShims(socket: string): Promise<void> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const words = (await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (words[0]?.includes("containerd-shim") && words.includes(socket)) process.kill(Number(name), "SIGKILL");
  }
}

async function unmount(folder: string): Promise<void> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  const paths = mounts.split("\n").map((line) => line.split(" ")[1] ?? "");
  for (const path of paths.filter((each) => each.startsWith(`${folder}/`)).reverse()) {
    await run("umount", ["--lazy", path]).catch(() => {});
  }
}
