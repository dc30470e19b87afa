import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { archiveEnd, fillBytes, headerOf, type Member } from "../../../actors/cri/played/unix/programs/_tar_format.ts";

/** An image to be made of busybox. */
export interface MadeImage {
  readonly name: string;
  readonly command: readonly string[];
}

/** The programs that our images need. */
const applets = ["cat", "echo", "false", "head", "httpd", "id", "ls", "mkdir", "sh", "sleep", "true"];

/** An archive of images as `docker save` writes it: one layer, with a busybox that is all of their programs. */
export async function imagesTar(busybox: string, images: readonly MadeImage[]): Promise<Buffer> {
  const links = applets.map((name) => member(`bin/${name}`, "link", { target: "busybox" }));
  const layer = Buffer.concat([
    ...[member("bin/", "folder"), member("etc/", "folder"), member("tmp/", "folder")],
    ...[member("bin/busybox", "file", { data: await readFile(busybox) }), ...links],
    Buffer.from(archiveEnd, "latin1"),
  ]);
  const diff = createHash("sha256").update(layer).digest("hex");
  const configs = images.map(({ command }) => {
    const config = { Env: ["PATH=/bin"], Cmd: command };
    const rootfs = { type: "layers", diff_ids: [`sha256:${diff}`] };
    return Buffer.from(JSON.stringify({ architecture: architecture(), os: "linux", config, rootfs }));
  });
  const nameOf = (config: Buffer) => `${createHash("sha256").update(config).digest("hex")}.json`;
  const manifest = images.map(({ name }, at) => ({
    ...{ Config: nameOf(configs[at] as Buffer), RepoTags: [name], Layers: ["layer.tar"] },
  }));
  return Buffer.concat([
    ...configs.map((config) => member(nameOf(config), "file", { data: config })),
    member("layer.tar", "file", { data: layer }),
    member("manifest.json", "file", { data: Buffer.from(JSON.stringify(manifest)) }),
    Buffer.from(archiveEnd, "latin1"),
  ]);
}

function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}

function member(
  name: string,
  kind: Member["kind"],
  { data = Buffer.alloc(0), target = "" }: { readonly data?: Buffer; readonly target?: string } = {},
): Buffer {
  const header = headerOf({ name, kind, mode: 0o755, sizeBytes: data.length, modifiedMs: 0, target });
  return Buffer.concat([Buffer.from(header, "latin1"), data, Buffer.alloc(fillBytes(data.length))]);
}
