import { ownValue } from "../../../../api/types.ts";
import { statusTexts } from "../../../../network/http/status_texts.ts";
import { hasFailed } from "../files/errno.ts";
import type { RegularFile } from "../files/file_node.ts";
import type { FileTree } from "../files/file_tree.ts";
import { resolvePath } from "../files/paths.ts";
import { contentType } from "./content_types.ts";
import type { Location, Site } from "./site.ts";

/** What is asked of a server. */
export interface Asked {
  readonly method: string;
  /** Decoded, without what is behind `?`. */
  readonly path: string;
  readonly query: string;
  readonly header: (name: string) => string | undefined;
}

/** What a server gives. */
export interface Given {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** A line for the log of errors. */
  readonly error?: string;
  /** Somebody else is asked. */
  readonly passesTo?: string;
}

/** What an answer depends on beside the question. */
export interface AnswerPlace {
  readonly tree: FileTree;
  readonly site: Site;
  /** `nginx/1.27.5`. */
  readonly server: string;
}

/** Where nginx's words are not the standard's. */
const errorTitles: Readonly<Record<number, string>> = {
  405: "Not Allowed",
  408: "Request Time-out",
  413: "Request Entity Too Large",
  414: "Request-URI Too Large",
  416: "Requested Range Not Satisfiable",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};

/** The page that says what went wrong. */
export function errorPage(status: number, server: string): string {
  const title = `${status} ${errorTitles[status] ?? statusTexts.get(status) ?? ""}`.trim();
  return [
    "<html>",
    `<head><title>${title}</title></head>`,
    "<body>",
    `<center><h1>${title}</h1></center>`,
    `<hr><center>${server}</center>`,
    "</body>",
    "</html>",
    "",
  ].join("\r\n");
}

/** The server that a request is for: the one with that name, else the first of the port. */
export function siteFor(sites: readonly Site[], port: number, host: string): Site | undefined {
  const here = sites.filter(({ ports }) => ports.includes(port));
  const name = host.replace(/:\d+$/, "");
  return here.find(({ names }) => names.includes(name)) ?? here.find(({ isDefault }) => isDefault) ?? here[0];
}

/** Answers what is asked of a site, from its files. */
export function answer(place: AnswerPlace, asked: Asked): Given {
  const { locations, otherwise } = place.site;
  const found = locations.find(({ prefix, isExact }) =>
    isExact ? asked.path === prefix : asked.path.startsWith(prefix),
  );
  const location = found ?? otherwise;
  const given = fromLocation(place, asked, location);
  const shown = given.status >= 300 && given.body === "" ? location.errorPages.get(given.status) : undefined;
  if (shown?.startsWith("/")) {
    const other = locations.find(({ prefix, isExact }) => (isExact ? shown === prefix : shown.startsWith(prefix)));
    const file = fileOf(place.tree, pathIn(other ?? otherwise, shown));
    if (file) return withHeaders({ ...given, ...pageOf(file, shown, location), status: given.status }, location);
  }
  return withHeaders(finished(given, place.server), location);
}

function finished(given: Given, server: string): Given {
  const { status, body, headers } = given;
  const isBare = status < 300 || status === 304 || body !== "" || given.passesTo !== undefined;
  return isBare
    ? given
    : { ...given, body: errorPage(status, server), headers: [["Content-Type", "text/html"], ...headers] };
}

function withHeaders(given: Given, { headers }: Location): Given {
  const isUsual = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(given.status);
  return isUsual && headers.length > 0 ? { ...given, headers: [...given.headers, ...headers] } : given;
}

const nothing = { headers: [], body: "" } as const;

function fromLocation(place: AnswerPlace, asked: Asked, location: Location): Given {
  const { returns, passesTo, tries } = location;
  if (returns) return returned(returns, asked, location);
  if (passesTo !== undefined) return { status: 502, ...nothing, passesTo: passTarget(location, passesTo, asked) };
  if (asked.method !== "GET" && asked.method !== "HEAD") return { status: 405, ...nothing };
  if (!tries) return fromFiles(place, asked, location);
  for (const each of tries.slice(0, -1)) {
    const path = filled(each, asked);
    const node = place.tree.find(pathIn(location, path));
    if (!hasFailed(node) && (node.kind === "folder") === path.endsWith("/"))
      return fromFiles(place, { ...asked, path }, location);
  }
  const last = filled(tries.at(-1) ?? "", asked);
  if (last.startsWith("=")) return { status: Number(last.slice(1)), ...nothing };
  return fromFiles(place, { ...asked, path: last.replace(/\?.*$/, "") }, location);
}

function filled(text: string, { path, query, header }: Asked): string {
  const values: Readonly<Record<string, string>> = {
    uri: path,
    document_uri: path,
    request_uri: query === "" ? path : `${path}?${query}`,
    args: query,
    is_args: query === "" ? "" : "?",
    host: (header("host") ?? "").replace(/:\d+$/, ""),
    http_host: header("host") ?? "",
    scheme: "http",
  };
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_whole, braced: string, plain: string) => {
    const name = braced ?? plain;
    return (
      ownValue(values, name) ?? (name.startsWith("http_") ? (header(name.slice(5).replaceAll("_", "-")) ?? "") : "")
    );
  });
}

function returned(words: readonly string[], asked: Asked, { type }: Location): Given {
  const [first = "", second] = words;
  const status = /^\d+$/.test(first) ? Number(first) : 302;
  const text = filled((/^\d+$/.test(first) ? second : first) ?? "", asked);
  if ([301, 302, 303, 307, 308].includes(status)) return { status, ...nothing, headers: [["Location", text]] };
  const headers = [["Content-Type", type ?? "application/octet-stream"]] as const;
  return text === "" ? { status, ...nothing } : { status, headers, body: text };
}

function passTarget({ prefix }: Location, to: string, { path, query }: Asked): string {
  const [, origin = "", base = ""] = /^(http:\/\/[^/]+)(.*)$/.exec(to) ?? [];
  const behind = base === "" ? path : base + path.slice(prefix.length);
  return `${origin}${behind}${query === "" ? "" : `?${query}`}`;
}

function pathIn({ root, alias, prefix }: Location, path: string): string {
  return alias === undefined
    ? resolvePath("/", root + path)
    : resolvePath("/", `${alias}/${path.slice(prefix.length)}`);
}

function fileOf(tree: FileTree, path: string): RegularFile | undefined {
  const node = tree.find(path);
  return !hasFailed(node) && node.kind === "file" ? node : undefined;
}

function pageOf(file: RegularFile, path: string, { type }: Location): Pick<Given, "headers" | "body"> {
  return { body: file.bytes, headers: [["Content-Type", contentType(path, type ?? "application/octet-stream")]] };
}

function fromFiles({ tree }: AnswerPlace, asked: Asked, location: Location): Given {
  const path = pathIn(location, asked.path);
  const node = tree.find(path);
  const shown = asked.path.endsWith("/") && path !== "/" ? `${path}/` : path;
  if (hasFailed(node) || (node.kind !== "folder" && asked.path.endsWith("/"))) {
    return { status: 404, ...nothing, error: `open() "${shown}" failed (2: No such file or directory)` };
  }
  if (node.kind === "folder") return fromFolder({ tree, path }, asked, location);
  if (node.kind !== "file") return { status: 403, ...nothing, error: `"${path}" is not a regular file` };
  return fromFile(node, { ...asked, path }, location);
}

function fromFolder(
  { tree, path }: { readonly tree: FileTree; readonly path: string },
  asked: Asked,
  location: Location,
): Given {
  if (!asked.path.endsWith("/")) {
    const to = `http://${asked.header("host") ?? "localhost"}${asked.path}/`;
    return { status: 301, ...nothing, headers: [["Location", to]] };
  }
  for (const name of location.index) {
    const file = fileOf(tree, resolvePath(path, name));
    if (file) return fromFile(file, { ...asked, path: name }, location);
  }
  if (!location.listsFolders) {
    return { status: 403, ...nothing, error: `directory index of "${path}/" is forbidden` };
  }
  const node = tree.find(path);
  const entries =
    hasFailed(node) || node.kind !== "folder" ? [] : [...node.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const links = entries.map(([name, { kind }]) => `${name}${kind === "folder" ? "/" : ""}`);
  const list = ["../", ...links].map((name) => `<a href="${name}">${name}</a>\r\n`).join("");
  const title = `Index of ${asked.path}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre>${list}</pre><hr></body>\r\n</html>\r\n`;
  return { status: 200, headers: [["Content-Type", "text/html"]], body };
}

function fromFile(file: RegularFile, { path, header }: Asked, location: Location): Given {
  const etag = `"${Math.floor(file.modifiedMs / 1000).toString(16)}-${file.bytes.length.toString(16)}"`;
  const modified = new Date(file.modifiedMs).toUTCString();
  const stamps = [
    ["Last-Modified", modified],
    ["ETag", etag],
  ] as const;
  const known = header("if-none-match");
  const isKnown = known === undefined ? header("if-modified-since") === modified : known === etag || known === "*";
  if (isKnown) return { status: 304, headers: stamps, body: "" };
  const { body, headers } = pageOf(file, path, location);
  return { status: 200, body, headers: [...headers, ...stamps, ["Accept-Ranges", "bytes"]] };
}
