import { failed, ok, type Result } from "../../../../kit/result.ts";
import { hasFailed } from "../files/errno.ts";
import type { FileTree } from "../files/file_tree.ts";
import { resolvePath } from "../files/paths.ts";
import { type ConfFault, type Directive, parseConf } from "./conf.ts";
import { globNames } from "./include.ts";

/** What a location of a server does with what is asked of it. */
export interface Location {
  readonly prefix: string;
  /** Only that path itself. */
  readonly isExact: boolean;
  readonly root: string;
  /** What takes the place of the prefix. Default: the root, with the prefix behind it. */
  readonly alias: string | undefined;
  readonly index: readonly string[];
  readonly listsFolders: boolean;
  readonly returns: readonly string[] | undefined;
  readonly tries: readonly string[] | undefined;
  readonly passesTo: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly type: string | undefined;
  /** The page that is shown in place of a status. */
  readonly errorPages: ReadonlyMap<number, string>;
}

/** A server of a configuration. */
export interface Site {
  readonly ports: readonly number[];
  readonly names: readonly string[];
  readonly isDefault: boolean;
  readonly locations: readonly Location[];
  readonly otherwise: Location;
}

/** A configuration, as far as it is played. */
export interface Conf {
  readonly sites: readonly Site[];
  readonly isDaemon: boolean;
  /** Directives that do nothing here, which somebody may count on. */
  readonly unplayed: readonly string[];
}

/** What is wrong with which file. */
export interface SiteFault extends ConfFault {
  readonly path: string;
}

/** Directives that change nothing that could be seen here, or that are played. */
const understood = new Set(
  `user worker_processes worker_rlimit_nofile worker_connections error_log access_log pid events http include default_type log_format sendfile
  tcp_nopush tcp_nodelay keepalive_timeout keepalive_requests types types_hash_max_size server_names_hash_bucket_size gzip gzip_types gzip_vary gzip_proxied
  gzip_min_length gzip_comp_level server listen server_name location root alias index autoindex return try_files proxy_pass add_header error_page daemon
  client_max_body_size charset server_tokens master_process multi_accept use proxy_http_version proxy_set_header proxy_read_timeout proxy_connect_timeout
  proxy_send_timeout proxy_buffering proxy_redirect expires etag log_not_found send_timeout client_body_timeout client_header_timeout upstream
  worker_shutdown_timeout reset_timedout_connection resolver absolute_redirect`.split(/\s+/),
);

/** Reads a configuration with all that it includes; `globals` are directives given on the command line. */
export function readConf(tree: FileTree, path: string, globals: string): Result<Conf, SiteFault> {
  const all = withIncludes(tree, path, 0);
  if (!all.ok) return all;
  const given = parseConf(globals.trim() === "" || /[;}]\s*$/.test(globals) ? globals : `${globals};`);
  if (!given.ok) return failed({ path: "command line", ...given.failure });
  const directives = [...given.value, ...all.value];
  const http = blockOf(directives, "http");
  const unplayed = new Set<string>();
  noteUnplayed(directives, unplayed);
  const upstreams = new Map(
    http
      .filter(({ name }) => name === "upstream")
      .map(({ words, block = [] }) => [words[0] ?? "", wordOf(block, "server")]),
  );
  const sites = http
    .filter(({ name }) => name === "server")
    .map(({ block = [] }) => siteOf([...http.filter(isInherited), ...block], block, upstreams));
  return ok({ sites, isDaemon: wordOf(directives, "daemon") !== "off", unplayed: [...unplayed] });
}

const includesMax = 8;

function withIncludes(tree: FileTree, path: string, depth: number): Result<readonly Directive[], SiteFault> {
  const node = tree.find(path);
  if (hasFailed(node) || node.kind !== "file") {
    return failed({ path, text: `open() "${path}" failed (2: No such file or directory)`, line: 0 });
  }
  const parsed = parseConf(node.bytes);
  if (!parsed.ok) return failed({ path, ...parsed.failure });
  return expand(tree, { path, directives: parsed.value, depth });
}

function expand(
  tree: FileTree,
  {
    path,
    directives,
    depth,
  }: { readonly path: string; readonly directives: readonly Directive[]; readonly depth: number },
): Result<readonly Directive[], SiteFault> {
  const found: Directive[] = [];
  for (const directive of directives) {
    if (directive.name === "include" && depth < includesMax) {
      for (const file of globNames(tree, resolvePath("/etc/nginx", directive.words[0] ?? ""))) {
        const inner = withIncludes(tree, file, depth + 1);
        if (!inner.ok) return inner;
        found.push(...inner.value);
      }
      continue;
    }
    const block: Result<readonly Directive[] | undefined, SiteFault> =
      directive.block && directive.name !== "types"
        ? expand(tree, { path, directives: directive.block, depth })
        : ok(undefined);
    if (!block.ok) return block;
    found.push({ ...directive, block: block.value });
  }
  return ok(found);
}

function noteUnplayed(directives: readonly Directive[], unplayed: Set<string>): void {
  for (const { name, words, block } of directives) {
    if (!understood.has(name)) unplayed.add(name);
    if (name === "location" && /^~/.test(words[0] ?? "")) unplayed.add(`location ${words[0]}`);
    if (block) noteUnplayed(block, unplayed);
  }
}

function blockOf(directives: readonly Directive[], name: string): readonly Directive[] {
  return directives.flatMap((each) => (each.name === name ? (each.block ?? []) : []));
}

function lastOf(directives: readonly Directive[], name: string): readonly string[] | undefined {
  return directives.findLast((each) => each.name === name)?.words;
}

function wordOf(directives: readonly Directive[], name: string): string | undefined {
  return lastOf(directives, name)?.[0];
}

const inherited = new Set(["root", "index", "autoindex", "add_header", "error_page", "default_type"]);

function isInherited({ name }: Directive): boolean {
  return inherited.has(name);
}

function siteOf(
  all: readonly Directive[],
  own: readonly Directive[],
  upstreams: ReadonlyMap<string, string | undefined>,
): Site {
  const listens = own.filter(({ name }) => name === "listen").map(({ words }) => words);
  const ports = listens.map(([where = ""]) => Number(/^(?:.*:)?(\d+)$/.exec(where)?.[1] ?? 80));
  const locations = own
    .filter(({ name, words }) => name === "location" && !/^~/.test(words[0] ?? ""))
    .map(({ words, block = [] }) => {
      const [first = "/", second] = words;
      const prefix = second ?? first;
      return locationOf([...all.filter(isInherited), ...block], { prefix, isExact: first === "=", upstreams });
    });
  return {
    ports: [...new Set(ports.length > 0 ? ports : [80])],
    names: own.flatMap(({ name, words }) => (name === "server_name" ? words : [])),
    isDefault: listens.some((words) => words.includes("default_server")),
    // The longest prefix wins, and an exact one before all.
    locations: locations.sort((a, b) => Number(b.isExact) - Number(a.isExact) || b.prefix.length - a.prefix.length),
    otherwise: locationOf(all, { prefix: "/", isExact: false, upstreams }),
  };
}

function locationOf(
  all: readonly Directive[],
  {
    prefix,
    isExact,
    upstreams,
  }: { prefix: string; isExact: boolean; upstreams: ReadonlyMap<string, string | undefined> },
): Location {
  const pass = wordOf(all, "proxy_pass");
  const [, scheme = "", host = "", rest = ""] = /^(http:\/\/)([^/]+)(.*)$/.exec(pass ?? "") ?? [];
  const errorPages = new Map<number, string>();
  for (const { words } of all.filter(({ name }) => name === "error_page")) {
    for (const code of words.slice(0, -1)) errorPages.set(Number(code), words.at(-1) ?? "");
  }
  return {
    ...{ prefix, isExact, errorPages },
    root: resolvePath("/etc/nginx", wordOf(all, "root") ?? "html"),
    alias: wordOf(all, "alias"),
    index: lastOf(all, "index") ?? ["index.html"],
    listsFolders: wordOf(all, "autoindex") === "on",
    returns: lastOf(all, "return"),
    tries: lastOf(all, "try_files"),
    passesTo: pass === undefined ? undefined : `${scheme}${upstreams.get(host) ?? host}${rest}`,
    headers: all.flatMap(({ name, words }) =>
      name === "add_header" ? [[words[0] ?? "", words[1] ?? ""] as const] : [],
    ),
    type: wordOf(all, "default_type"),
  };
}

/** Where a site's configuration is. */
export const confPath = "/etc/nginx/nginx.conf";
