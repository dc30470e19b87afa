/** What a command line of curl asks for. */
export interface CurlOptions {
  readonly urls: readonly string[];
  /** Options without a value, by their long name. */
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly data: readonly { readonly text: string; readonly isFile: boolean }[];
  readonly isJson: boolean;
  /** Addresses that are given for a host and a port. */
  readonly resolve: ReadonlyMap<string, string>;
}

const letters: Readonly<Record<string, string>> = {
  s: "silent",
  S: "show-error",
  o: "output",
  O: "remote-name",
  w: "write-out",
  I: "head",
  i: "include",
  X: "request",
  d: "data",
  H: "header",
  A: "user-agent",
  u: "user",
  k: "insecure",
  L: "location",
  v: "verbose",
  m: "max-time",
  f: "fail",
  G: "get",
  g: "globoff",
  N: "no-buffer",
  V: "version",
  "4": "ipv4",
  j: "junk-session-cookies",
  e: "referer",
  b: "cookie",
  x: "proxy",
  q: "disable",
};
const withValue = new Set(
  `output write-out request data data-raw data-binary data-ascii data-urlencode header user-agent user max-time connect-timeout retry retry-delay
  retry-max-time json resolve cacert cert key referer cookie proxy interface noproxy url limit-rate keepalive-time max-redirs`.split(
    /\s+/,
  ),
);
const withoutValue = new Set(
  `silent show-error remote-name head include insecure location verbose fail fail-with-body get globoff no-buffer version ipv4 retry-connrefused
  retry-all-errors no-progress-meter http1.1 http1.0 http2 compressed junk-session-cookies disable path-as-is tcp-nodelay no-keepalive progress-bar`.split(
    /\s+/,
  ),
);

/** Takes the words of a command line apart; a text: what is wrong with them. */
export function curlOptions(given: readonly string[]): CurlOptions | string {
  const words = [...given];
  const urls: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const headers: [string, string][] = [];
  const data: CurlOptions["data"][number][] = [];
  const resolve = new Map<string, string>();
  let isJson = false;
  const take = (name: string, value: string) => {
    if (name === "header") {
      const [, key = "", text = ""] = /^([^:;]+)[:;]\s*([\s\S]*)$/.exec(value) ?? [];
      if (key !== "") headers.push([key, text]);
    } else if (name === "json" || name.startsWith("data")) {
      isJson ||= name === "json";
      const isFile = value.startsWith("@") && name !== "data-raw" && name !== "data-urlencode";
      data.push({ text: isFile ? value.slice(1) : name === "data-urlencode" ? encoded(value) : value, isFile });
    } else if (name === "resolve") {
      const [host = "", port = "", ip = ""] = value.split(":", 3);
      resolve.set(`${host}:${port}`, ip);
    } else if (name === "url") urls.push(value);
    else values.set(name, value);
  };
  while (words.length > 0) {
    const word = words.shift() ?? "";
    if (!word.startsWith("-") || word === "-") {
      urls.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const name = word.slice(2);
      if (withValue.has(name)) {
        const value = words.shift();
        if (value === undefined) return `option ${word}: requires parameter`;
        take(name, value);
      } else if (withoutValue.has(name)) flags.add(name);
      else return `option ${word}: is unknown`;
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const name = letters[word[at] ?? ""];
      if (name === undefined) return `option ${word}: is unknown`;
      if (!withValue.has(name)) {
        flags.add(name);
        continue;
      }
      const value = word.slice(at + 1) || words.shift();
      if (value === undefined) return `option ${word}: requires parameter`;
      take(name, value);
      break;
    }
  }
  return { urls, flags, values, headers, data, isJson, resolve };
}

function encoded(text: string): string {
  const [, name, value = ""] = /^([^=]*)=([\s\S]*)$/.exec(text) ?? [];
  return name === undefined ? encodeURIComponent(text) : `${name === "" ? "" : `${name}=`}${encodeURIComponent(value)}`;
}
