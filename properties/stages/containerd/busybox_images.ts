import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { archiveEnd, fillBytes, headerOf } from "../../../actors/cri/played/unix/programs/_tar_format.ts";
import { buildImage } from "../../../scenarios/registry/build_image.ts";
import { imageLayout } from "../../../scenarios/registry/image_layout.ts";
import { placedName, registryClient } from "../../../scenarios/registry/registry_client.ts";

/** Debian's busybox that needs nothing else. */
export const busybox = "/bin/busybox";

/** It finds names as most programs do, which a busybox that needs nothing else cannot. */
const bash = "/bin/bash";

/** The programs that our images need. */
const applets = [
  "cat",
  "dd",
  "echo",
  "false",
  "head",
  "httpd",
  "id",
  "ls",
  "mkdir",
  "nslookup",
  "sh",
  "sleep",
  "stty",
  "timeout",
  "true",
];

/** Images that a registry was given: what runs until it is stopped, and what ends by itself with 3. */
export interface BusyboxImages {
  readonly server: string;
  readonly job: string;
}

/** Builds images of busybox below a folder and pushes them to a registry, `HOST:PORT`. */
export async function pushBusyboxImages(folder: string, registry: string): Promise<BusyboxImages> {
  const root = join(folder, "root");
  await mkdir(join(root, "bin"), { recursive: true });
  for (const name of ["etc", "tmp"]) await mkdir(join(root, name));
  await copyFile(busybox, join(root, "bin/busybox"));
  for (const name of applets) await symlink("busybox", join(root, "bin", name));
  await addProgram(root, bash);
  const layout = imageLayout(join(folder, "layout"));
  const push = async (name: string, script: string) => {
    await writeFile(join(root, "image.json"), JSON.stringify({ Env: ["PATH=/bin"], Cmd: ["sh", "-c", script] }));
    const full = `${registry}/${name}`;
    const { manifest } = await buildImage(root, layout);
    await registryClient({ registry }).push(placedName(full), manifest, { layout, onPart: () => {} });
    return full;
  };
  const server = await push("server:1", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done");
  return { server, job: await push("job:1", "exit 3") };
}

/** Puts a program of this machine into an image, with the libraries that it needs. */
async function addProgram(root: string, program: string): Promise<void> {
  const { stdout } = await promisify(execFile)("ldd", [program]);
  const libraries = [...stdout.matchAll(/(?:=> )?(\/\S+) \(/g)].map(([, path = ""]) => path);
  for (const path of [program, ...libraries]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await copyFile(path, join(root, path));
  }
}

/** An archive as `docker save` writes it, of an image that does nothing: what a sandbox is held open by. */
export async function pauseTar(name: string, program: string): Promise<Buffer> {
  const end = Buffer.from(archiveEnd, "latin1");
  const layer = Buffer.concat([member("bin/busybox", await readFile(program)), end]);
  const rootfs = { type: "layers", diff_ids: [`sha256:${hexOf(layer)}`] };
  const config = { Cmd: ["/bin/busybox", "sleep", "infinity"] };
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const about = Buffer.from(JSON.stringify({ architecture, os: "linux", config, rootfs }));
  const manifest = [{ Config: `${hexOf(about)}.json`, RepoTags: [name], Layers: ["layer.tar"] }];
  return Buffer.concat([
    ...[member(`${hexOf(about)}.json`, about), member("layer.tar", layer)],
    ...[member("manifest.json", Buffer.from(JSON.stringify(manifest))), end],
  ]);
}

function hexOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function member(name: string, data: Buffer): Buffer {
  const header = headerOf({ name, kind: "file", mode: 0o755, sizeBytes: data.length, modifiedMs: 0, target: "" });
  return Buffer.concat([Buffer.from(header, "latin1"), data, Buffer.alloc(fillBytes(data.length))]);
}
