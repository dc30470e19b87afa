import { badRequest, notAcceptable, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { isTrue } from "../requests/query.ts";
import { type Encoding, mediaTypes, type Representation } from "../requests/representation.ts";

/** One media type that a client accepts, with its parameters. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The media types of an Accept header, as the client prefers them. */
export function parseAccept(header: string | undefined): MediaType[] {
  if (!header?.trim()) return [{ type: "*/*", parameters: {} }];
  const types = header.split(",").map((entry): MediaType => {
    const [type = "", ...parameters] = entry.split(";").map((part) => part.trim());
    const pairs = parameters.map((each): [string, string] => {
      const at = each.indexOf("=");
      return at < 0 ? [each, ""] : [each.slice(0, at), each.slice(at + 1)];
    });
    return { type: type.toLowerCase(), parameters: Object.fromEntries(pairs) };
  });
  const weight = ({ parameters }: MediaType) => Number(parameters.q ?? 1);
  // The sort is stable: equal weights keep the client's order.
  return types.sort((a, b) => weight(b) - weight(a));
}

const offered = Object.values(mediaTypes);
const offeredAsStream = [mediaTypes.json, mediaTypes.protobuf].map((type) => `${type};stream=watch`);

/** The encodings that a media type stands for, the best one first. */
function encodingsOf({ type }: MediaType): readonly Encoding[] {
  if (type === "*/*" || type === "application/*") return ["json", "yaml", "protobuf"];
  if (type === mediaTypes.json) return ["json"];
  if (type === mediaTypes.yaml) return ["yaml"];
  return type === mediaTypes.protobuf ? ["protobuf"] : [];
}

/** Whether a media type is served as JSON. */
export function isJson(media: MediaType): boolean {
  return encodingsOf(media)[0] === "json";
}

/** How an object is to be shown, and in which form. */
export interface Offer {
  readonly representation: Representation;
  readonly encoding: Encoding;
}

/** What decides of what can be offered. */
export interface Endpoint {
  readonly query: Readonly<Record<string, string>>;
  /** Whether objects have a form in protocol buffers: custom resources have none. Default true. */
  readonly hasProtobuf?: boolean;
  /** Whether objects are shown in tables: the answers to reviews are not. Default true. */
  readonly hasTables?: boolean;
  /** Whether the answer is a stream of events. Default false. */
  readonly isWatch?: boolean;
}

/** How a resource is to be shown, by the first of the accepted types that can be, or why it cannot. */
export function representationOf(accept: string | undefined, endpoint: Endpoint): Result<Offer, Status> {
  for (const media of parseAccept(accept)) {
    for (const encoding of encodingsOf(media)) {
      const representation = shapeOf(media, encoding, endpoint);
      if (representation === undefined) continue;
      // As Kubernetes does, which looks for a form first, and only then whether it has a stream of it.
      if (endpoint.isWatch && encoding === "yaml") return failed(notAcceptable(offeredAsStream));
      const wrong = tableOptionsError(representation, endpoint);
      return wrong ? failed(wrong) : ok({ representation, encoding });
    }
  }
  return failed(notAcceptable(endpoint.isWatch ? offeredAsStream : offered));
}

function shapeOf(
  { parameters }: MediaType,
  encoding: Encoding,
  { query, hasProtobuf = true, hasTables = true, isWatch = false }: Endpoint,
): Representation | undefined {
  const { as, g, v, stream } = parameters;
  if (stream && (stream !== "watch" || encoding === "yaml")) return undefined;
  if (as === undefined && g === undefined && v === undefined) {
    return encoding === "protobuf" && !hasProtobuf ? undefined : "object";
  }
  if (g !== "meta.k8s.io" || (v !== "v1" && v !== "v1beta1")) return undefined;
  if (as === "PartialObjectMetadata") return { shape: "partial", isList: false, version: v };
  if (as === "PartialObjectMetadataList") return { shape: "partial", isList: true, version: v };
  if (as !== "Table" || encoding === "protobuf" || !hasTables || (isWatch && isListed(query))) return undefined;
  const include = query.includeObject;
  const includeObject = include === "None" || include === "Object" ? include : "Metadata";
  return { shape: "table", includeObject, version: v };
}

/** Whether a watch is one that begins as a list does, which says by a bookmark where that ends: a table has no such row. */
function isListed({ sendInitialEvents, allowWatchBookmarks }: Endpoint["query"]): boolean {
  return isTrue(sendInitialEvents) && isTrue(allowWatchBookmarks);
}

const includes: ReadonlySet<string> = new Set(["", "None", "Metadata", "Object"]);

function tableOptionsError(representation: Representation, { query }: Endpoint): Status | undefined {
  if (representation === "object" || representation.shape !== "table") return undefined;
  const { includeObject = "" } = query;
  if (includes.has(includeObject)) return undefined;
  const wrong = `includeObject: Invalid value: ${JSON.stringify(includeObject)}`;
  return badRequest(
    `Unable to convert to Table as requested: ${wrong}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** In which form a client is told what is wrong, or what is no resource: JSON where it wants none that there is. */
export function encodingOf(accept: string | undefined): Encoding {
  const offer = representationOf(accept, { query: {} });
  if (offer.ok && offer.value.representation === "object") return offer.value.encoding;
  for (const media of parseAccept(accept)) {
    const [encoding] = encodingsOf(media);
    if (encoding !== undefined && media.parameters.as === undefined) return encoding;
  }
  return "json";
}
