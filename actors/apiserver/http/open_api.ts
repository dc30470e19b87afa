import { bytesText } from "../../api/protobuf_encode.ts";
import type { GroupVersion, Registry } from "../../api/registry.ts";
import { openApiV2, openApiV3, type PartsOf } from "../../api/schema/open_api.ts";
import { encodeOpenApiV2 } from "../../api/schema/open_api_protobuf.ts";
import type { Remote } from "../aggregation/remotes.ts";
import { responseKindOf, subresourcesOf } from "../subresources/_of_kind.ts";
import { hashOf } from "./etag.ts";
import type { MediaType } from "./negotiate.ts";

const partsOf: PartsOf = (kind) =>
  subresourcesOf(kind).map((part) => {
    const { name, verbs, stream } = part;
    return { name, verbs, kind: responseKindOf(kind, part), ...(stream ? { isStream: true } : {}) };
  });

const documents = new WeakMap<object, string>();

/** The text of a document, encoded once: what it is made from never changes. */
function textOf(key: object, make: () => object): string {
  const known = documents.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(make());
  documents.set(key, text);
  return text;
}

/** The document of OpenAPI v2. */
export function openApiV2Text(registry: Registry): string {
  return textOf(registry, () => openApiV2(registry.kinds, partsOf));
}

/** The media type of OpenAPI v2 as protocol buffers; clients ask for it by an older name, which Go refuses to read. */
export const openApiProtobufType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
const protobufTypes: ReadonlySet<string> = new Set([
  openApiProtobufType,
  "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
]);

/** Whether OpenAPI v2 is asked for as protocol buffers. */
export function isOpenApiProtobuf({ type }: MediaType): boolean {
  return protobufTypes.has(type);
}

const messages = new WeakMap<object, string>();

/** The document of OpenAPI v2 as protocol buffers, a character for each byte. */
export function openApiV2Protobuf(registry: Registry): string {
  const known = messages.get(registry);
  if (known !== undefined) return known;
  const text = bytesText(encodeOpenApiV2(openApiV2(registry.kinds, partsOf)));
  messages.set(registry, text);
  return text;
}

/** The document of OpenAPI v3 for one version of a group. */
export function openApiV3Text(groupVersion: GroupVersion): string {
  return textOf(groupVersion, () => openApiV3(groupVersion, partsOf));
}

const hashes = new WeakMap<object, string>();

/** What tells a version's document from what it was and will be. */
export function openApiV3Hash(groupVersion: GroupVersion): string {
  const known = hashes.get(groupVersion);
  if (known !== undefined) return known;
  const hash = hashOf(openApiV3Text(groupVersion));
  hashes.set(groupVersion, hash);
  return hash;
}

/** Where the documents of OpenAPI v3 are: `/openapi/v3`. */
export function openApiV3Index(registry: Registry, remotes: readonly Remote[] = []): object {
  const paths: Record<string, object> = {};
  for (const groupVersion of registry.groupVersions) {
    const path = openApiPath(groupVersion);
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${openApiV3Hash(groupVersion)}` };
  }
  for (const { group, version, documentUrl = "" } of remotes) {
    if (documentUrl === "") continue;
    const path = openApiPath({ group, version });
    const query = documentUrl.includes("?") ? documentUrl.slice(documentUrl.indexOf("?")) : "";
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}${query}` };
  }
  return { paths };
}

/** The part of the path that names a version of a group: `api/v1`, `apis/apps/v1`. */
export function openApiPath({ group, version }: Pick<GroupVersion, "group" | "version">): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}
