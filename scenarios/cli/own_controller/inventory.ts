import { type Admin, pathOf } from "./admin.ts";

/** What there is in the end: of each object what it is called, and what its maker said of it. */
export type Inventory = ReadonlyMap<string, readonly string[]>;

interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generateName?: string;
    readonly labels?: object;
    readonly deletionTimestamp?: string;
  };
  readonly [field: string]: unknown;
}

/** Given by the cluster, and not by who made an object. */
const givenFields: ReadonlySet<string> = new Set(
  ["clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort", "uid", "nodeName", "volumeName"].concat([
    "resourceVersion",
    "creationTimestamp",
    "generation",
  ]),
);
const systemNamespaces = /^kube-/;

/** Takes stock of these resources, as plans name them. */
export async function takeInventory(admin: Admin, resources: readonly string[]): Promise<Inventory> {
  const found = new Map<string, string[]>();
  for (const name of resources) {
    const resource = await admin.resource(name);
    if (!resource) continue;
    const { body } = await admin.ask("GET", pathOf({ resource }));
    for (const { metadata, apiVersion: _version, kind: _kind, status: _status, ...said } of (body.items ??
      []) as Listed[]) {
      if (systemNamespaces.test(metadata.namespace ?? "") || metadata.name === "kube-root-ca.crt") continue;
      const called = metadata.generateName ? `${metadata.generateName}*` : metadata.name;
      const key = `${name} ${metadata.namespace ? `${metadata.namespace}/` : ""}${called}`;
      const text = plainText({ labels: metadata.labels, ...said });
      found.set(key, [...(found.get(key) ?? []), text].sort());
    }
  }
  return found;
}

/** What two runs agree on; of what they do not, only that it is there. */
export function common(a: Inventory, b: Inventory): Inventory {
  const both = [...a].flatMap(([key, texts]): [string, readonly string[]][] => {
    const others = b.get(key);
    if (others?.length !== texts.length) return [];
    return [[key, texts.map((text, index) => (text === others[index] ? text : ""))]];
  });
  return new Map(both);
}

/** How an end differs from the one that was expected; undefined when it does not. */
export function difference(expected: Inventory, found: Inventory): string | undefined {
  for (const [key, texts] of expected) {
    const own = found.get(key) ?? [];
    if (own.length < texts.length)
      return own.length === 0 ? `${key} is missing` : `only ${own.length} of ${texts.length} ${key}`;
    if (own.length > texts.length) return `${own.length} instead of ${texts.length} ${key}`;
    const changed = texts.findIndex((text, index) => text !== "" && text !== own[index]);
    if (changed >= 0) return `${key} is not as in the quiet run: ${own[changed]} instead of ${texts[changed]}`;
  }
  const extra = [...found.keys()].find((key) => !expected.has(key));
  return extra === undefined ? undefined : `${extra} is there, and was not in the quiet run`;
}

function plainText(value: unknown): string {
  const text = JSON.stringify(value, (key, each: unknown) => {
    if (givenFields.has(key)) return undefined;
    const isFields = typeof each === "object" && each !== null && !Array.isArray(each);
    return isFields ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each;
  });
  return text.replaceAll(/kube-api-access-\w{5}/g, "kube-api-access-*");
}
