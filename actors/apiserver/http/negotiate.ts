import type { Representation } from "../requests/call.ts";

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

/** Whether a media type is served as JSON; other encodings are not offered. */
export function isJson({ type }: MediaType): boolean {
  return type === "application/json" || type === "application/*" || type === "*/*";
}

/** How a resource is to be shown, by the first of the accepted types that can be; undefined when none can. */
export function representationOf(
  accept: string | undefined,
  query: Readonly<Record<string, string>>,
): Representation | undefined {
  for (const media of parseAccept(accept)) {
    if (!isJson(media)) continue;
    const { as = "", g = "", v = "" } = media.parameters;
    if (as === "") return "object";
    if (as !== "Table" || g !== "meta.k8s.io" || (v !== "v1" && v !== "v1beta1")) continue;
    const include = query.includeObject;
    return { includeObject: include === "None" || include === "Object" ? include : "Metadata" };
  }
  return undefined;
}
