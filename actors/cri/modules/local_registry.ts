import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { failed, ok, type Result } from "../../kit/result.ts";
import { httpClient } from "../../network/http/http_client.ts";
import { type HttpHeader, type HttpResponseHead, headerOf } from "../../network/http/http_message.ts";
import type { ContainerImage, ImageSource, PulledImage } from "../container_image.ts";
import { imageNameOf } from "../image_name.ts";
import type { RegistryLogin } from "../messages.ts";
import { unpackLayers } from "../played/image_layers.ts";
import type { LayeredImage } from "../played/layered_image.ts";
import { type LayeredConfig, layeredInside } from "../played/layered_inside.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import type { SocketOwner } from "../sockets/open_socket.ts";
import type { Sockets } from "../sockets/sockets.ts";

/** What a source of images of the node's own address needs. */
export interface LocalRegistryOptions {
  readonly node: RuntimeNode;
  readonly sockets: Sockets;
  /** Plays an image that was pulled with its files. */
  ofLayers(layered: LayeredImage): ContainerImage;
}

/** What a manifest, or a list of some, says. */
interface Manifest {
  readonly config?: { readonly digest?: string };
  readonly layers?: readonly { readonly digest?: string }[];
  readonly manifests?: readonly {
    readonly digest?: string;
    readonly platform?: { readonly architecture?: string; readonly os?: string };
  }[];
}

/** `refused`: nobody listens there. */
type Failure = { readonly code: "NOT_FOUND" | "UNKNOWN" | "refused"; readonly message: string };
type Then<Value> = (found: Result<Value, Failure>) => void;

const bytesMax = 64 * 1024 * 1024;
const pullMsMax = 60_000;
const redirectsMax = 5;
const accepted = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
].join(", ");

/**
 * Images of a registry at the node's own loopback, as `localhost:5000/pause:testing`: a pod's that has that port of the
 * node, or a Service's node port leads to. Where nobody listens there, it does not speak for such images.
 */
export function localRegistry({ node, sockets, ofLayers }: LocalRegistryOptions): ImageSource {
  return {
    pull({ image, login }, done) {
      const { full } = imageNameOf(image);
      const registry = full.slice(0, full.indexOf("/"));
      const [, host, port = "80"] = /^(localhost|127\.[\d.]+)(?::(\d+))?$/.exec(registry) ?? [];
      if (host === undefined) return done(undefined);
      const path = full.slice(registry.length + 1);
      const [repository = "", which = ""] = path.includes("@") ? path.split("@", 2) : splitTag(path);
      const place = { node, sockets, registry, full, host, port: Number(port), ...(login ? { login } : {}) };
      pullImage(place, { repository, which }, (found) => {
        if (found.ok) return done({ ok: true, image: ofLayers(found.value), pullMs: 0 });
        const { code, message } = found.failure;
        done(code === "refused" ? undefined : ({ ok: false, code, message, pullMs: 0 } satisfies PulledImage));
      });
    },
  };
}

function splitTag(path: string): readonly [string, string] {
  const at = path.lastIndexOf(":");
  return [path.slice(0, at), path.slice(at + 1)];
}

interface Place extends Pick<LocalRegistryOptions, "node" | "sockets"> {
  readonly registry: string;
  readonly full: string;
  readonly host: string;
  readonly port: number;
  readonly login?: RegistryLogin;
}

function pullImage(
  place: Place,
  { repository, which }: { readonly repository: string; readonly which: string },
  then: Then<LayeredImage>,
): void {
  const { full, registry } = place;
  const broken = (why: string) => failed(brokenPull(full, why));
  const ask = (path: string, use: (bytes: Buffer) => void) =>
    get(place, { path: `/v2/${repository}/${path}`, redirects: 0 }, (found) => {
      if (!found.ok) return then(found);
      const [, digest] = /(sha256:[\da-f]+)$/.exec(path) ?? [];
      if (digest !== undefined && digestOf(found.value) !== digest) return then(broken(`unexpected digest of ${path}`));
      use(found.value);
    });
  ask(`manifests/${which}`, (bytes) => {
    const ref = `${registry}/${repository}@${digestOf(bytes)}`;
    const read = (manifest: Manifest) => {
      const { config, layers = [], manifests = [] } = manifest;
      const isOurs = manifests.find(({ platform }) => platform?.os === "linux" && platform.architecture === "amd64");
      if (isOurs?.digest !== undefined) return ask(`manifests/${isOurs.digest}`, (one) => readJson(one, read));
      if (config?.digest === undefined) return then(broken("no match for platform in manifest: not found"));
      const archives: Buffer[] = [];
      const finish = (digest: string) =>
        ask(`blobs/${digest}`, (blob) =>
          readJson<{ readonly config?: LayeredConfig }>(blob, (said) => {
            const image = unpacked(archives, { full, ref, config: said.config ?? {} });
            then(image.ok ? image : broken(image.failure));
          }),
        );
      const next = () => {
        const digest = layers[archives.length]?.digest;
        if (digest === undefined) return finish(config.digest ?? "");
        ask(`blobs/${digest}`, (blob) => {
          archives.push(blob);
          next();
        });
      };
      next();
    };
    const readJson = <Value>(text: Buffer, use: (value: Value) => void) => {
      let value: Value | undefined;
      try {
        value = JSON.parse(text.toString("utf8")) as Value;
      } catch {
        // Said below.
      }
      if (typeof value === "object" && value !== null) use(value);
      else then(broken("invalid character in what the registry said"));
    };
    readJson(bytes, read);
  });
}

function unpacked(
  blobs: readonly Buffer[],
  { full, ref, config }: { readonly full: string; readonly ref: string; readonly config: LayeredConfig },
): Result<LayeredImage, string> {
  const archives: string[] = [];
  for (const blob of blobs) {
    try {
      const isZipped = blob[0] === 0x1f && blob[1] === 0x8b;
      archives.push((isZipped ? gunzipSync(blob, { maxOutputLength: bytesMax }) : blob).toString("latin1"));
    } catch {
      return failed(`its layers are no archives, or more than the ${bytesMax / 1024 ** 2} MiB that kubetroupe unpacks`);
    }
  }
  const files = unpackLayers(archives);
  if (!files.ok) return files;
  const sizeBytes = blobs.reduce((sum, { length }) => sum + length, 0);
  return ok({ full, ref, sizeBytes, inside: layeredInside(files.value, config), files: files.value });
}

function brokenPull(full: string, why: string): Failure {
  return { code: "UNKNOWN", message: `failed to pull and unpack image "${full}": ${why}` };
}

/** What is asked for, and how often it was led elsewhere until now. */
interface Wanted {
  readonly path: string;
  readonly redirects: number;
}

/** Asks a registry; what it refuses is told as containerd tells it. */
function get(place: Place, { path, redirects }: Wanted, then: Then<Buffer>): void {
  const { node, sockets, registry, full, host, port, login } = place;
  let isOver = false;
  let head: HttpResponseHead | undefined;
  let body = "";
  const end = (found: Result<Buffer, Failure>) => {
    if (isOver) return;
    isOver = true;
    then(found);
  };
  const resolveFailed = (why: string) => end(failed(brokenPull(full, `failed to resolve reference "${full}": ${why}`)));
  const succeed = () => {
    const { status = 0, headers = [] } = head ?? {};
    const location = headerOf(headers, "location");
    if (status === 307 && location?.startsWith("/") && redirects < redirectsMax) {
      isOver = true;
      return get(place, { path: location, redirects: redirects + 1 }, then);
    }
    if (status === 200) return end(ok(Buffer.from(body, "latin1")));
    const [, what, which] = /([^/]+)\/([^/]+)$/.exec(path) ?? [];
    if (status === 404) {
      const message = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
      return end(failed({ code: "NOT_FOUND", message }));
    }
    if (status === 401) {
      return resolveFailed(
        `pulling from host ${registry} failed with status code [${what} ${which}]: 401 Unauthorized`,
      );
    }
    resolveFailed(`unexpected status from GET request to http://${registry}${path}: ${status}`);
  };
  const client = httpClient({
    head(come) {
      head = come;
    },
    chunk(data) {
      body += data;
      socket.taken(data.length);
      if (body.length <= bytesMax) return;
      resolveFailed(`http://${registry}${path} is too large`);
      socket.reset();
    },
    end() {
      succeed();
      socket.write("", true);
    },
    failed(message) {
      socket.reset();
      resolveFailed(`failed to do request: Get "http://${registry}${path}": ${message}`);
    },
    write: (data) => socket.write(data, false),
    used: (bytes) => socket.taken(bytes),
  });
  const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  const headers: readonly HttpHeader[] = [["Accept", accepted], ...(basic ? [["Authorization", basic] as const] : [])];
  const owner: SocketOwner = {
    connected: () => client.request({ method: "GET", target: path, host: registry, headers }),
    data(data, isEnd) {
      if (data !== "") client.receive(data);
      if (isEnd) client.receiveEnd();
    },
    drained() {},
    reset: () => resolveFailed(`failed to do request: Get "http://${registry}${path}": EOF`),
    failed: () => end(failed({ code: "refused", message: "" })),
  };
  const socket = sockets.connect({ host, port }, owner);
  node.later(pullMsMax, () => {
    if (isOver) return;
    resolveFailed(`failed to do request: Get "http://${registry}${path}": dial tcp: i/o timeout`);
    socket.reset();
  });
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
