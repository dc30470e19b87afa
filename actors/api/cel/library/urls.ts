import { type CelFunction, error, isSpecial, noOverload, type UrlParts, type Value } from "../values.ts";

const pattern = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/;

/** Takes a URL apart: an absolute one, or an absolute path. */
function partsOf(text: string): UrlParts | undefined {
  const [, scheme = "", host = "", path = "", query = ""] = pattern.exec(text) ?? [];
  const isWhole = scheme !== "" || text.startsWith("/");
  const isWrong = /[^!-~\u0080-\uffff]/.test(text) || /%(?![0-9A-Fa-f]{2})/.test(path) || /[<>"]/.test(host);
  const [, port] = /:([^\]:]*)$/.exec(host) ?? [];
  if (!isWhole || isWrong || (port !== undefined && !/^\d*$/.test(port))) return undefined;
  return { text, scheme: scheme.toLowerCase(), host, path, query };
}

function ofUrl(of: (url: UrlParts) => Value): CelFunction {
  return ([value]) => (value !== undefined && isSpecial(value) && value.tag === "url" ? of(value.url) : noOverload);
}

function queryOf({ query }: UrlParts): Value {
  const found = new Map<Value, string[]>();
  for (const [name, value] of new URLSearchParams(query)) found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

/** @see https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library */
export const urlFunctions: readonly (readonly [string, CelFunction])[] = [
  [
    "url",
    ([text]) => {
      if (typeof text !== "string") return noOverload;
      const url = partsOf(text);
      return url
        ? { tag: "url", url }
        : error(`URL parse error during conversion from string: parse "${text}": invalid URI`);
    },
  ],
  ["isURL", ([text]) => (typeof text === "string" ? partsOf(text) !== undefined : noOverload)],
  ["getScheme", ofUrl(({ scheme }) => scheme)],
  ["getHost", ofUrl(({ host }) => host.replace(/^[^@]*@/, ""))],
  [
    "getHostname",
    ofUrl(({ host }) =>
      host
        .replace(/^[^@]*@/, "")
        .replace(/:\d*$/, "")
        .replace(/^\[|\]$/g, ""),
    ),
  ],
  ["getPort", ofUrl(({ host }) => /:(\d*)$/.exec(host)?.[1] ?? "")],
  ["getEscapedPath", ofUrl(({ path }) => encodeURI(path).replaceAll("%25", "%"))],
  ["getQuery", ofUrl(queryOf)],
];
