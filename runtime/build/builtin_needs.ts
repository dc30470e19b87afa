import type { PermissionName } from "../core/permissions.ts";

/** What it takes to import one of Node's own modules; those that are not named here only compute. */
export const builtinNeeds: Readonly<Record<string, readonly PermissionName[]>> = {
  net: ["net"],
  http: ["net"],
  http2: ["net"],
  https: ["net"],
  tls: ["net"],
  dgram: ["net"],
  dns: ["net"],
  inspector: ["net"],
  _http_agent: ["net"],
  _http_client: ["net"],
  _http_server: ["net"],
  _tls_wrap: ["net"],
  fs: ["read", "write"],
  sqlite: ["read", "write"],
  wasi: ["read", "write"],
  child_process: ["run"],
  worker_threads: ["run"],
  cluster: ["run"],
  module: ["run"],
  vm: ["run"],
  repl: ["run"],
  process: ["env", "sys"],
  os: ["sys"],
  v8: ["sys"],
};
