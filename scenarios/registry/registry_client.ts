import { InputError } from "../cluster/input_error.ts";
import type { Descriptor, ImageLayout } from "./image_layout.ts";

/** An image's name, taken apart. */
export interface PlacedName {
  /** `127.0.0.1:5000`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** How a registry is spoken with. */
export interface RegistryClientOptions {
  readonly registry: string;
  /** `name:password`. Default: nobody. */
  readonly user?: string | undefined;
}

/** What becomes of a part of an image that is pushed. */
export interface PushedPart extends Pick<Descriptor, "digest" | "size"> {
  readonly state: "there already" | "pushed";
}

/** Of a list as long as this the rest is left out: who answers with pages for ever is no registry. */
const listedMax = 100_000;
const hostPattern = /^(localhost|[\w-]+(\.[\w-]+)+|[\w.-]+:\d+)(:\d+)?$/;

/**
 * Takes the name of an image apart.
 *
 * @throws InputError when it does not begin with a registry
 */
export function placedName(name: string): PlacedName {
  const slash = name.indexOf("/");
  const registry = name.slice(0, Math.max(0, slash));
  const [, repository, tag = "latest"] = /^([^:@]+)(?::([\w][\w.-]{0,127}))?$/.exec(name.slice(slash + 1)) ?? [];
  if (!hostPattern.test(registry) || repository === undefined) {
    throw new InputError(
      `Cannot use ${JSON.stringify(name)}: it does not begin with a registry, give one such as 127.0.0.1:5000/shop/cart:1`,
    );
  }
  return { registry, repository, tag };
}

/** A client of a registry: by HTTP on this machine, else by HTTPS. */
export function registryClient({ registry, user }: RegistryClientOptions) {
  const isNear = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(registry);
  const base = `${isNear ? "http" : "https"}://${registry}`;
  const login = user === undefined ? {} : { Authorization: `Basic ${Buffer.from(user).toString("base64")}` };

  async function ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, base);
    try {
      return await fetch(url, { ...init, method, headers: { ...login, ...init.headers } });
    } catch (error) {
      const { cause, message } = error as Error;
      throw new InputError(`Cannot ask the registry at ${base}: ${(cause as Error | undefined)?.message ?? message}`);
    }
  }

  async function must(method: string, path: string, init?: RequestInit): Promise<Response> {
    const response = await ask(method, path, init);
    if (response.ok) return response;
    const text = (await response.text()).slice(0, 500);
    const advice = response.status === 401 ? ", give --user name:password" : "";
    throw new InputError(`Cannot ${method} ${base}${path}: the registry answers ${response.status} ${text}${advice}`);
  }

  /** All pages of a list. Some registries say `null` where there is nothing. */
  async function all(path: string, key: "repositories" | "tags"): Promise<readonly string[]> {
    const found: string[] = [];
    for (let next: string | undefined = path; next !== undefined && found.length < listedMax; ) {
      const page: Response = await must("GET", next);
      const { [key]: some } = (await page.json()) as Readonly<Partial<Record<typeof key, readonly string[] | null>>>;
      found.push(...(some ?? []));
      const [, link] = /<([^>]+)>;\s*rel="?next"?/.exec(page.headers.get("link") ?? "") ?? [];
      const url: URL | undefined = link === undefined ? undefined : new URL(link, new URL(next, base));
      next = url && url.pathname + url.search;
    }
    return found;
  }

  async function pushBlob(repository: string, part: Descriptor, layout: ImageLayout): Promise<PushedPart> {
    const { digest, size } = part;
    const known = await ask("HEAD", `/v2/${repository}/blobs/${digest}`);
    if (known.ok) return { digest, size, state: "there already" };
    const begun = await must("POST", `/v2/${repository}/blobs/uploads/`);
    const location = new URL(begun.headers.get("location") ?? "", base);
    location.searchParams.set("digest", digest);
    const headers = { "Content-Type": "application/octet-stream" };
    const body = new Uint8Array(await layout.read(digest));
    await must("PUT", location.pathname + location.search, { headers, body });
    return { digest, size, state: "pushed" };
  }

  return {
    /** Pushes an image, part by part. */
    async push({ repository, tag }: PlacedName, manifest: Descriptor, given: PushOptions): Promise<void> {
      const { layout, onPart } = given;
      const bytes = await layout.read(manifest.digest);
      const { config, layers } = JSON.parse(bytes.toString("utf8")) as {
        readonly config: Descriptor;
        readonly layers: readonly Descriptor[];
      };
      for (const part of [...layers, config]) onPart(await pushBlob(repository, part, layout));
      const headers = { "Content-Type": manifest.mediaType };
      await must("PUT", `/v2/${repository}/manifests/${tag}`, { headers, body: new Uint8Array(bytes) });
    },
    /** All images of the registry: names with tags, and digests. */
    async list(): Promise<readonly { readonly name: string; readonly tag: string; readonly digest: string }[]> {
      const found: { name: string; tag: string; digest: string }[] = [];
      for (const name of await all("/v2/_catalog", "repositories")) {
        for (const tag of await all(`/v2/${name}/tags/list`, "tags")) {
          const head = await must("HEAD", `/v2/${name}/manifests/${tag}`);
          found.push({ name, tag, digest: head.headers.get("docker-content-digest") ?? "" });
        }
      }
      return found;
    },
  };
}

/** Where the parts of an image are, and who is told of each. */
export interface PushOptions {
  readonly layout: ImageLayout;
  readonly onPart: (part: PushedPart) => void;
}
