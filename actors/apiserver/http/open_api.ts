import { fnv1a } from "../../api/names.ts";
import type { GroupVersion, Registry } from "../../api/registry.ts";
import { openApiV2, openApiV3 } from "../../api/schema/open_api.ts";

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
  return textOf(registry, () => openApiV2(registry.kinds));
}

/** The document of OpenAPI v3 for one version of a group. */
export function openApiV3Text(groupVersion: GroupVersion): string {
  return textOf(groupVersion, () => openApiV3(groupVersion));
}

/** Where the documents of OpenAPI v3 are: `/openapi/v3`. */
export function openApiV3Index(registry: Registry): object {
  const paths: Record<string, object> = {};
  for (const groupVersion of registry.groupVersions) {
    const path = openApiPath(groupVersion);
    const hash = fnv1a(openApiV3Text(groupVersion)).toString(16).padStart(8, "0").toUpperCase();
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  }
  return { paths };
}

/** The part of the path that names a version of a group: `api/v1`, `apis/apps/v1`. */
export function openApiPath({ group, version }: Pick<GroupVersion, "group" | "version">): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}
