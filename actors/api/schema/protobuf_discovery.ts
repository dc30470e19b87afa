/**
 * The messages of the documents in which a server says what it serves. They are no kinds: nobody sends them to a server.
 *
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/generated.proto
 */
import type { Either, Message, MessageField } from "./protobuf_schema.ts";
import type { FieldType } from "./schema.ts";

const text: FieldType = { tag: "scalar", scalar: "string" };
const texts: FieldType = { tag: "list", item: text };

function field(name: string, type: FieldType, either?: Either): MessageField {
  return { name, type, keepsZero: true, ...(either === undefined ? {} : { either }) };
}

/** Messages that are in others, by the names that only those others use. */
const parts: Readonly<Record<string, Message>> = {
  "discovery.GroupVersion": new Map([
    [1, field("groupVersion", text)],
    [2, field("version", text)],
  ]),
  "discovery.ServerAddress": new Map([
    [1, field("clientCIDR", text)],
    [2, field("serverAddress", text)],
  ]),
  "discovery.APIResource": new Map([
    [1, field("name", text)],
    [2, field("namespaced", { tag: "scalar", scalar: "boolean" })],
    [3, field("kind", text)],
    [4, field("verbs", texts, "wrapped")],
    [5, field("shortNames", texts)],
    [6, field("singularName", text)],
    [7, field("categories", texts)],
    [8, field("group", text)],
    [9, field("version", text)],
    [10, field("storageVersionHash", text)],
  ]),
  "discovery.APIGroup": new Map([
    [1, field("name", text)],
    [2, field("versions", listOf("GroupVersion"))],
    [3, field("preferredVersion", { tag: "reference", definition: "discovery.GroupVersion" })],
    [4, field("serverAddressByClientCIDRs", listOf("ServerAddress"))],
  ]),
};

function listOf(part: string): FieldType {
  return { tag: "list", item: { tag: "reference", definition: `discovery.${part}` } };
}

/** A part of such a document. */
export function discoveryPart(name: string): Message | undefined {
  return Object.hasOwn(parts, name) ? parts[name] : undefined;
}

/** The documents by their kinds. */
export const discoveryMessages: ReadonlyMap<string, Message> = new Map<string, Message>([
  [
    "APIVersions",
    new Map([
      [1, field("versions", texts)],
      [2, field("serverAddressByClientCIDRs", listOf("ServerAddress"))],
    ]),
  ],
  ["APIGroup", parts["discovery.APIGroup"] ?? new Map()],
  ["APIGroupList", new Map([[1, field("groups", listOf("APIGroup"))]])],
  [
    "APIResourceList",
    new Map([
      [1, field("groupVersion", text)],
      [2, field("resources", listOf("APIResource"))],
    ]),
  ],
]);
