import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { InputError } from "../cluster/input_error.ts";
import { type ContentStore, digestOf, isDigest, type StoredManifest, type Upload } from "./content_store.ts";
import { manifestOf } from "./manifest.ts";
import { answer, answerError, RegistryError } from "./registry_answer.ts";
import type { IsAllowed } from "./registry_users.ts";

/** A registry of images. */
export interface Registry {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Where a registry is, and what it has. */
export interface RegistryOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly content: ContentStore;
  /** Default: everybody may push and pull. */
  readonly isAllowed?: IsAllowed | undefined;
}

const manifestBytesMax = 4 * 1024 * 1024;
const connectionsMax = 512;
const idleMsMax = 60_000;
const pageMax = 1_000;
const indexType = "application/vnd.oci.image.index.v1+json";
const part = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const namePattern = new RegExp(`^${part}(?:/${part})*$`);
/** A repository is a folder, whose name is as long as file systems have them. */
const nameCharsMax = 255;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** A request, taken apart. */
interface Asked {
  readonly content: ContentStore;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly name: string;
  /** What follows the word that says what it is about. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

type Endpoint = (asked: Asked) => Promise<void>;

/**
 * Serves the OCI distribution API, by which `docker`, `skopeo`, `crane` and containerd push and pull.
 *
 * @throws InputError when the port is not free
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function serveRegistry({ host, port, content, isAllowed }: RegistryOptions): Promise<Registry> {
  const server = createServer((request, response) => {
    handle(content, isAllowed, { request, response }).catch((error: Error) => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      // A body that nobody has read ends the connection with it.
      if (hasBody(request) && !request.readableEnded) response.setHeader("Connection", "close");
      answerError(response, error instanceof RegistryError ? error : new RegistryError("UNKNOWN", error.message));
    });
  });
  server.maxConnections = connectionsMax;
  // A large blob takes its time, but somebody has to be sending it.
  server.requestTimeout = 0;
  server.timeout = idleMsMax;
  const bound = await listen(server, { host, port });
  return {
    host,
    port: bound,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const advice = "choose another with --registry-port, or 0 for any free one";
      reject(new InputError(`Cannot serve a registry on ${host}:${port}: ${error.code ?? error.message}, ${advice}`));
    });
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}

async function handle(
  content: ContentStore,
  isAllowed: IsAllowed | undefined,
  { request, response }: Pick<Asked, "request" | "response">,
): Promise<void> {
  const { pathname, query } = placeIn(request.url ?? "/");
  response.setHeader("Docker-Distribution-API-Version", "registry/2.0");
  if (isAllowed && !isAllowed(request.headers.authorization)) {
    throw new RegistryError("UNAUTHORIZED", "authentication required");
  }
  if (pathname === "/v2/" || pathname === "/v2") {
    return answer(response, 200, { headers: { "Content-Type": "application/json" }, body: "{}" });
  }
  const asked = { content, request, response, query };
  if (pathname === "/v2/_catalog") return catalog({ ...asked, name: "", rest: "" });
  const [, name = "", what = "", rest = ""] =
    /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|tags|referrers)\/(.*)$/.exec(pathname) ?? [];
  const endpoint = endpoints[what]?.[request.method ?? ""];
  if (!endpoint) throw new RegistryError("UNSUPPORTED", `the operation is unsupported: ${request.method} ${pathname}`);
  if (!isName(name)) {
    throw new RegistryError("NAME_INVALID", `invalid repository name: ${name}`);
  }
  return endpoint({ ...asked, name, rest });
}

/** Whether a repository may be called so; what may not could be another folder than that of one. */
function isName(text: string): boolean {
  return namePattern.test(text) && encodeURIComponent(text).length <= nameCharsMax;
}

/** What is asked for; nothing but a path is. */
function placeIn(url: string): { readonly pathname: string; readonly query: URLSearchParams } {
  const [path = "", ...rest] = url.split("?");
  try {
    return { pathname: decodeURIComponent(path), query: new URLSearchParams(rest.join("?")) };
  } catch {
    throw new RegistryError("NAME_INVALID", `invalid path: ${path}`);
  }
}

const readBlob: Endpoint = async ({ content, request, response, name, rest: digest }) => {
  assertDigest(digest);
  const size = await content.blobSize(name, digest);
  if (size === undefined) throw new RegistryError("BLOB_UNKNOWN", "blob unknown to registry", { digest });
  const headers = { "Content-Type": "application/octet-stream", "Docker-Content-Digest": digest };
  response.writeHead(200, { ...headers, "Content-Length": size, ETag: `"${digest}"` });
  if (request.method === "HEAD") response.end();
  else await pipeline(content.readBlob(digest), response);
};

const removeBlob: Endpoint = async ({ content, response, name, rest: digest }) => {
  assertDigest(digest);
  if (!(await content.removeBlob(name, digest))) throw new RegistryError("BLOB_UNKNOWN", "blob unknown to registry");
  answer(response, 202);
};

const beginUpload: Endpoint = async ({ content, request, response, name, query }) => {
  const [mount, from, digest] = ["mount", "from", "digest"].map((key) => query.get(key) ?? undefined);
  const isKnown = mount !== undefined && from !== undefined && isDigest(mount) && isName(from);
  if (isKnown && (await content.mountBlob(name, mount, from))) {
    return created(response, `/v2/${name}/blobs/${mount}`, mount);
  }
  const upload = content.beginUpload(name);
  if (!upload) throw new RegistryError("TOOMANYREQUESTS", "too many uploads are under way, end some of them");
  if (digest !== undefined) return finish({ request, response, name }, upload, digest);
  told(response, upload, 202);
};

const writeUpload: Endpoint = async (asked) => {
  const upload = uploadOf(asked);
  assertRange(asked.request, upload);
  await append(asked.request, upload);
  told(asked.response, upload, 202);
};

const finishUpload: Endpoint = async (asked) => {
  const upload = uploadOf(asked);
  assertRange(asked.request, upload);
  return finish(asked, upload, asked.query.get("digest") ?? "");
};

const showUpload: Endpoint = async (asked) => told(asked.response, uploadOf(asked), 204);

const abandonUpload: Endpoint = async (asked) => {
  await uploadOf(asked).abandon();
  answer(asked.response, 204);
};

function uploadOf({ content, name, rest }: Asked): Upload {
  const upload = content.upload(rest);
  if (upload?.repository !== name) throw new RegistryError("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  return upload;
}

/** A piece that says where it begins has to begin where the last one ended. */
function assertRange({ headers }: IncomingMessage, upload: Upload): void {
  const range = headers["content-range"];
  if (range === undefined) return;
  const [, from] = /^(?:bytes )?(\d+)-\d+/.exec(range) ?? [];
  if (Number(from) === upload.sizeBytes()) return;
  throw new RegistryError(
    "BLOB_UPLOAD_INVALID",
    `the piece begins at ${from}, and ${upload.sizeBytes()} bytes are there`,
  );
}

async function append(request: IncomingMessage, upload: Upload): Promise<void> {
  const outcome = await upload.append(request);
  if (outcome === "busy") throw new RegistryError("BLOB_UPLOAD_INVALID", "another piece of it is being written");
  if (outcome === "too large") {
    throw new RegistryError("SIZE_INVALID", "the blob is larger than this registry takes");
  }
}

async function finish(
  { request, response, name }: Pick<Asked, "request" | "response" | "name">,
  upload: Upload,
  digest: string,
): Promise<void> {
  assertDigest(digest);
  await append(request, upload);
  if (!(await upload.finish(digest))) {
    throw new RegistryError("DIGEST_INVALID", "provided digest did not match uploaded content", { digest });
  }
  created(response, `/v2/${name}/blobs/${digest}`, digest);
}

function told(response: ServerResponse, upload: Upload, status: number): void {
  const headers = {
    Location: `/v2/${upload.repository}/blobs/uploads/${upload.id}`,
    Range: `0-${Math.max(0, upload.sizeBytes() - 1)}`,
    "Docker-Upload-UUID": upload.id,
  };
  answer(response, status, { headers });
}

function created(response: ServerResponse, location: string, digest: string): void {
  answer(response, 201, { headers: { Location: location, "Docker-Content-Digest": digest } });
}

const readManifest: Endpoint = async ({ content, response, name, rest: reference }) => {
  assertReference(reference);
  const found = await content.manifest(name, reference);
  if (!found) throw new RegistryError("MANIFEST_UNKNOWN", "manifest unknown", { name, reference });
  const headers = { "Content-Type": found.mediaType, "Docker-Content-Digest": found.digest, ETag: `"${found.digest}"` };
  answer(response, 200, { headers, body: found.bytes });
};

const writeManifest: Endpoint = async ({ content, request, response, name, rest: reference }) => {
  assertReference(reference);
  const bytes = await bodyOf(request);
  const mediaType = request.headers["content-type"] ?? "";
  const { mediaType: own, blobs, manifests, subject } = manifestOf(bytes, mediaType);
  for (const digest of blobs) {
    if ((await content.blobSize(name, digest)) !== undefined) continue;
    throw new RegistryError("MANIFEST_BLOB_UNKNOWN", "manifest blob unknown to registry", { digest });
  }
  for (const digest of manifests) {
    if (await content.manifest(name, digest)) continue;
    throw new RegistryError("MANIFEST_BLOB_UNKNOWN", "manifest references a manifest unknown to registry", { digest });
  }
  if (isDigest(reference) && !isOf(bytes, reference)) {
    throw new RegistryError("DIGEST_INVALID", "provided digest did not match uploaded content", { digest: reference });
  }
  const digest = await content.putManifest(name, reference, { mediaType: own, bytes });
  if (subject !== undefined) response.setHeader("OCI-Subject", subject);
  created(response, `/v2/${name}/manifests/${digest}`, digest);
};

function isOf(bytes: Buffer, digest: string): boolean {
  return digestOf(bytes) === digest;
}

const removeManifest: Endpoint = async ({ content, response, name, rest: reference }) => {
  assertReference(reference);
  if (!(await content.removeManifest(name, reference))) throw new RegistryError("MANIFEST_UNKNOWN", "manifest unknown");
  answer(response, 202);
};

const listTags: Endpoint = async ({ content, response, name, rest, query }) => {
  const tags = rest === "list" ? await content.tags(name) : undefined;
  if (!tags) throw new RegistryError("NAME_UNKNOWN", "repository name not known to registry", { name });
  page({ response, query }, { path: `/v2/${name}/tags/list`, all: tags, body: (some) => ({ name, tags: some }) });
};

const catalog: Endpoint = async ({ content, response, query }) => {
  const all = await content.repositories();
  page({ response, query }, { path: "/v2/_catalog", all, body: (repositories) => ({ repositories }) });
};

interface Page {
  readonly path: string;
  readonly all: readonly string[];
  readonly body: (some: readonly string[]) => object;
}

function page({ response, query }: Pick<Asked, "response" | "query">, { path, all, body }: Page): void {
  const last = query.get("last") ?? "";
  const wanted = Number(query.get("n") ?? pageMax);
  const count = Number.isInteger(wanted) && wanted >= 0 ? Math.min(wanted, pageMax) : pageMax;
  const left = all.filter((each) => each > last);
  const some = left.slice(0, count);
  const more = left.length > some.length && some.length > 0;
  const next = `<${path}?n=${count}&last=${encodeURIComponent(some.at(-1) ?? "")}>; rel="next"`;
  const headers = { "Content-Type": "application/json", ...(more ? { Link: next } : {}) };
  answer(response, 200, { headers, body: JSON.stringify(body(some)) });
}

const listReferrers: Endpoint = async ({ content, response, name, rest: digest, query }) => {
  assertDigest(digest);
  const type = query.get("artifactType");
  const found = (await content.manifests(name)).map((each) => ({
    each,
    about: manifestOf(each.bytes, each.mediaType),
  }));
  const manifests = found
    .filter(({ about }) => about.subject === digest && (type === null || about.artifactType === type))
    .map(({ each, about }) => descriptorOf(each, about));
  if (type !== null) response.setHeader("OCI-Filters-Applied", "artifactType");
  const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
  answer(response, 200, { headers: { "Content-Type": indexType }, body });
};

function descriptorOf({ digest, mediaType, bytes }: StoredManifest, about: ReturnType<typeof manifestOf>) {
  const { artifactType, annotations } = about;
  return { mediaType, digest, size: bytes.length, artifactType, annotations };
}

const endpoints: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
  blobs: { GET: readBlob, HEAD: readBlob, DELETE: removeBlob },
  "blobs/uploads": {
    ...{ POST: beginUpload, PATCH: writeUpload, PUT: finishUpload, GET: showUpload, DELETE: abandonUpload },
  },
  manifests: { GET: readManifest, HEAD: readManifest, PUT: writeManifest, DELETE: removeManifest },
  tags: { GET: listTags },
  referrers: { GET: listReferrers },
};

function assertDigest(digest: string): void {
  if (!isDigest(digest)) throw new RegistryError("DIGEST_INVALID", `invalid digest: ${digest}, sha256 is kept here`);
}

function assertReference(reference: string): void {
  if (reference.includes(":")) assertDigest(reference);
  else if (!tagPattern.test(reference)) throw new RegistryError("MANIFEST_INVALID", `invalid tag: ${reference}`);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const bytes of request as AsyncIterable<Buffer>) {
    size += bytes.length;
    if (size > manifestBytesMax) throw new RegistryError("SIZE_INVALID", "the manifest has more than 4 MiB");
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
