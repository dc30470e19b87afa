import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { yamlToJson } from "../../actors/api/yaml.ts";
import { InputError, messageOf } from "./input_error.ts";

/** Reads from the API of the cluster that a kubeconfig leads to. */
export interface KubeconfigClient {
  /** @throws InputError when the cluster is not there or refuses */
  get<T>(path: string): Promise<T>;
  /** Tells each time that something of a collection was said, at first that it is there; settles when the cluster ends it. */
  watch(path: string, heard: () => void, signal: AbortSignal): Promise<void>;
}

interface Kubeconfig {
  readonly "current-context"?: string;
  readonly contexts?: readonly { readonly name: string; readonly context: { cluster: string; user: string } }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster: Readonly<Record<string, string>> }[];
  readonly users?: readonly { readonly name: string; readonly user: Readonly<Record<string, string>> }[];
}

/** Where a cluster's API is, and what its administrator shows: PEM texts. */
export interface KubeconfigCredentials {
  readonly server: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const timeoutMs = 10_000;

/**
 * Makes a client of a kubeconfig with embedded certificates, as `troupe up` writes it.
 *
 * @throws InputError when the file cannot be read, is not YAML, or names no cluster
 */
export async function kubeconfigClient(path: string): Promise<KubeconfigClient> {
  const { server, ...tls } = await kubeconfigCredentials(path);
  return {
    get: (resource) => fetchJson(new URL(resource, server), tls),
    watch: (collection, heard, signal) => hearOf(new URL(`${collection}?watch=true`, server), { tls, heard, signal }),
  };
}

/**
 * What a kubeconfig with embedded certificates says of its current context.
 *
 * @throws InputError when the file cannot be read, is not YAML, or names no cluster
 */
export async function kubeconfigCredentials(path: string): Promise<KubeconfigCredentials> {
  return credentialsOf(await readConfig(path), path);
}

async function readConfig(path: string): Promise<Kubeconfig> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new InputError(`Cannot read kubeconfig "${path}": ${messageOf(cause)}`, { cause });
  });
  const yaml = yamlToJson(text);
  if (!yaml.ok) throw new InputError(`Cannot read kubeconfig "${path}": it is not YAML: ${yaml.failure}`);
  return (JSON.parse(yaml.value.json) ?? {}) as Kubeconfig;
}

function credentialsOf(config: Kubeconfig, path: string): KubeconfigCredentials {
  const context = config.contexts?.find(({ name }) => name === config["current-context"])?.context;
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context?.user)?.user;
  const { server, "certificate-authority-data": ca = "" } = cluster ?? {};
  const { "client-certificate-data": cert = "", "client-key-data": key = "" } = user ?? {};
  if (!server?.startsWith("https://") || ca === "" || cert === "" || key === "") {
    throw new InputError(
      `Cannot use kubeconfig "${path}": its current context names no https server with embedded certificates, give one that "troupe up" wrote`,
    );
  }
  const decoded = (text: string) => Buffer.from(text, "base64").toString();
  return { server, ca: decoded(ca), cert: decoded(cert), key: decoded(key) };
}

function fetchJson<T>(url: URL, tls: { ca: string; cert: string; key: string }): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new InputError(`Cannot get ${url.pathname} from ${url.origin}: ${reason}`));
    const sent = request(url, { ...tls, timeout: timeoutMs, headers: { accept: "application/json" } }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => {
        const answer = JSON.parse(body) as T & { readonly message?: string };
        if ((response.statusCode ?? 500) < 400) resolve(answer);
        else fail(answer.message ?? `HTTP ${response.statusCode}`);
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
    sent.on("error", (error) => fail(`${error.message}, is the cluster up?`));
    sent.end();
  });
}

interface Hearing {
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  heard(): void;
  readonly signal: AbortSignal;
}

function hearOf(url: URL, { tls, heard, signal }: Hearing): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...tls, signal }, (response) => {
      response.on("data", heard);
      response.on("error", reject);
      response.on("end", resolve);
    });
    sent.on("error", reject);
    sent.end();
  });
}
