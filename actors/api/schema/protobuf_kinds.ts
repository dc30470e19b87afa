/**
 * Which message the objects of a kind are, by what they say of themselves.
 */
import { discoveryMessages } from "./protobuf_discovery.ts";
import { type Message, messageOf } from "./protobuf_schema.ts";
import { definitionOf } from "./schema.ts";

/** A version and a kind, as objects name theirs. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

const meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/** Where the definitions of a group are that are not where most are: below the first label of the group. */
const packages: Readonly<Record<string, string>> = {
  "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
  "apiregistration.k8s.io": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
};

/** What is shown of an object when only its metadata is wanted. */
const partial: Message = new Map([
  [1, { name: "metadata", type: { tag: "reference", definition: `${meta}ObjectMeta` }, keepsZero: false }],
]);

/** The message of a kind; undefined when it has none. */
export function messageOfKind({ apiVersion, kind }: TypeMeta): Message | undefined {
  // Every group has its own options of a delete, and all are the same.
  if (kind === "DeleteOptions") return messageOf(`${meta}DeleteOptions`);
  const document = discoveryMessages.get(kind);
  if (document !== undefined && (apiVersion === "v1" || apiVersion === "")) return document;
  if (apiVersion === "v1" && kind === "Status") return messageOf(`${meta}Status`);
  if (apiVersion.startsWith("meta.k8s.io/")) return kind === "PartialObjectMetadata" ? partial : undefined;
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  const place = packages[group] ?? `io.k8s.api.${slash < 0 ? "core" : (group.split(".")[0] ?? "")}`;
  const name = `${place}.${version}.${kind}`;
  // Only kinds say of themselves what they are.
  return definitionOf(name)?.fields.has("apiVersion") ? messageOf(name) : undefined;
}

/** The message of the items of a list; undefined when the kind is no list's. */
export function listedMessage({ apiVersion, kind }: TypeMeta): Message | undefined {
  return kind.endsWith("List") ? messageOfKind({ apiVersion, kind: kind.slice(0, -"List".length) }) : undefined;
}
