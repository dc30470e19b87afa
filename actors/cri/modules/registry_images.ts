import { createHash } from "node:crypto";
import { imageNameOf } from "../image_name.ts";
import type { RegistryLogin } from "../messages.ts";
import type { FoundImage } from "./image_catalogue.ts";
import type { ImageErrorCode } from "./image_errors.ts";
import type { FoundLayers, ModuleImages } from "./module_images.ts";
import { type Manifest, pullLayers } from "./pull_layers.ts";

/** What an image that is a module is made of, by media types: what it imports of Node, and its code. */
export const moduleTypes = {
  config: "application/vnd.kubetroupe.module.config.v1+json",
  code: "application/vnd.kubetroupe.module.code.v1+javascript",
  manifest: "application/vnd.oci.image.manifest.v1+json",
} as const;

/** The configuration of such an image. */
export interface ModuleConfig {
  /** As `ImageBundle` has them. */
  readonly builtins: Extract<FoundImage, { readonly ok: true }>["bundle"]["builtins"];
}

const manifestBytesMax = 4 * 1024 * 1024;
const blobBytesMax = 64 * 1024 * 1024;
/** Docker's own manifests say the same in other words. */
const manifestTypes = [moduleTypes.manifest, "application/vnd.docker.distribution.manifest.v2+json"].join(", ");
const pullMsMax = 60_000;
/** What is kept of codes that were fetched, for the next pod of theirs; those that run are held by who runs them. */
const keptCharsMax = 64 * 1024 * 1024;

/** What was in the way of a pull. */
class PullError extends Error {
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Images of a registry on this machine, `HOST:PORT`, beside those of a folder, which runs those of them that are modules. Each pull asks the registry; a code that is here still is not fetched again.
 */
export function withRegistry(folder: ModuleImages, registry: string): ModuleImages {
  /** By digest, those last that were asked for last. */
  const codes = new Map<string, string>();

  function keep(code: string, text: string): void {
    codes.delete(code);
    codes.set(code, text);
    let chars = [...codes.values()].reduce((sum, each) => sum + each.length, 0);
    for (const [oldest, { length }] of codes) {
      if (chars <= keptCharsMax) return;
      codes.delete(oldest);
      chars -= length;
    }
  }

  async function pull(reference: string, login: RegistryLogin | undefined): Promise<FoundImage | FoundLayers> {
    const { full } = imageNameOf(reference);
    await folder.load?.();
    const path = full.slice(registry.length + 1);
    const [repository = "", tag] = path.includes("@") ? path.split("@", 2) : splitTag(path);
    const ask = asker(registry, { full, login });
    const manifest = await ask(`${repository}/manifests/${tag}`, manifestBytesMax);
    const digest = digestOf(manifest);
    const { config, layers = [] } = JSON.parse(manifest.toString("utf8")) as Manifest;
    const code = layers.find(({ mediaType }) => mediaType === moduleTypes.code)?.digest;
    const ref = `${registry}/${repository}@${digest}`;
    const blob = async (wanted: string) => {
      const bytes = await ask(`${repository}/blobs/${wanted}`, blobBytesMax);
      if (digestOf(bytes) === wanted) return bytes;
      throw new PullError("broken", `failed to pull and unpack image "${full}": unexpected digest of blob ${wanted}`);
    };
    if (config?.mediaType !== moduleTypes.config || config.digest === undefined || code === undefined) {
      const found = await pullLayers({ config, layers }, { full, ref, blob });
      if (found.ok) return { ok: true, full, ref, layered: found.value };
      throw new PullError("broken", `failed to pull and unpack image "${full}": ${found.failure}`);
    }
    const { builtins } = JSON.parse((await blob(config.digest)).toString("utf8")) as ModuleConfig;
    const text = codes.get(code) ?? (await blob(code)).toString("utf8");
    keep(code, text);
    const sizeBytes = Buffer.byteLength(text);
    const bundle = { digest, sizeBytes, code: text, simulatedCode: "", hasDefault: true, builtins };
    return { ok: true, full, ref, bundle };
  }

  return {
    ...folder,
    find(reference, done, login) {
      if (!imageNameOf(reference).full.startsWith(`${registry}/`)) return folder.find(reference, done, login);
      pull(reference, login).then(done, (error: Error) => {
        const code = error instanceof PullError ? error.code : "broken";
        done({ ok: false, code, message: error.message });
      });
    },
  };
}

function splitTag(path: string): readonly [string, string] {
  const at = path.lastIndexOf(":");
  return [path.slice(0, at), path.slice(at + 1)];
}

/** Asks a registry; what it refuses is told as containerd tells it. */
function asker(
  registry: string,
  { full, login }: { readonly full: string; readonly login: RegistryLogin | undefined },
): (path: string, bytesMax: number) => Promise<Buffer> {
  const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  const headers = { Accept: manifestTypes, ...(basic ? { Authorization: basic } : {}) };
  const failed = (code: ImageErrorCode, why: string) =>
    new PullError(code, `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${why}`);
  return async (path, bytesMax) => {
    const url = `http://${registry}/v2/${path}`;
    let response: Response;
    try {
      response = await fetch(url, { headers, signal: AbortSignal.timeout(pullMsMax) });
    } catch (error) {
      const { cause, message } = error as Error;
      throw failed("broken", `failed to do request: Get "${url}": ${(cause as Error | undefined)?.message ?? message}`);
    }
    if (response.status === 404) throw failed("notFound", `${full}: not found`);
    if (response.status === 401) {
      const [, what, which] = /([^/]+)\/([^/]+)$/.exec(path) ?? [];
      throw failed(
        "broken",
        `pulling from host ${registry} failed with status code [${what} ${which}]: 401 Unauthorized`,
      );
    }
    if (!response.ok) throw failed("broken", `unexpected status from GET request to ${url}: ${response.status}`);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response.body ?? []) {
      bytes += part.length;
      if (bytes > bytesMax) throw failed("broken", `${url} is too large`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
