import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { load, loadAll } from "js-yaml";
import type { KubeObject } from "../../../actors/api/types.ts";
import { InputError, messageOf } from "../../cluster/input_error.ts";

/** An answer of the API: its HTTP status and what was in it. */
export interface AdminAnswer {
  readonly code: number;
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire, looked at field by field
  readonly body: any;
}

/** A resource as discovery tells it. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  readonly singularName?: string;
}

/** Where an object is, or a list of them. */
export interface ObjectPlace {
  readonly resource: Pick<ApiResource, "group" | "version" | "name" | "namespaced">;
  readonly namespace?: string;
  readonly name?: string;
}

/** The cluster's administrator, as trials need one. */
export interface Admin {
  readonly kubeconfig: string;
  /** Whom the cluster's clients must trust. */
  readonly ca: string;
  ask(method: string, path: string, body?: object, contentType?: string): Promise<AdminAnswer>;
  /** The resource of a name as kubectl takes it: `pods`, `deploy`, `widgets.example.com`; undefined when there is none. */
  resource(name: string): Promise<ApiResource | undefined>;
  /** Applies objects, server side, in their order; a kind that was just defined is waited for. */
  apply(objects: readonly KubeObject[]): Promise<void>;
  remove(objects: readonly KubeObject[]): Promise<void>;
  close(): void;
}

const timeoutMs = 60_000;
const kindWaitMs = 30_000;
const lookEveryMs = 50;

/** Reads the objects of a file, in YAML or JSON. */
export async function objectsOf(path: string): Promise<readonly KubeObject[]> {
  try {
    const objects = loadAll(await readFile(path, "utf8")) as (KubeObject & { items?: KubeObject[] })[];
    return objects.filter(Boolean).flatMap((each) => (each.kind === "List" ? (each.items ?? []) : [each]));
  } catch (error) {
    throw new InputError(`Cannot read objects from "${path}": ${messageOf(error)}`, { cause: error });
  }
}

/** The administrator whose kubeconfig is at this path, as clusters of ours write it. */
export async function adminOf(kubeconfig: string): Promise<Admin> {
  const config = load(await readFile(kubeconfig, "utf8")) as {
    readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
    readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
  };
  const decoded = (text = "") => Buffer.from(text, "base64").toString();
  const { server = "", "certificate-authority-data": ca } = config.clusters[0].cluster;
  const { "client-certificate-data": cert, "client-key-data": key } = config.users[0].user;
  const agent = new Agent({ keepAlive: true, ca: decoded(ca), cert: decoded(cert), key: decoded(key) });
  const ask: Admin["ask"] = (method, path, body, contentType = "application/json") =>
    new Promise((resolve, reject) => {
      const headers = { accept: "application/json", ...(body ? { "content-type": contentType } : {}) };
      const sent = request(new URL(path, server), { method, agent, headers, timeout: timeoutMs }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ code: response.statusCode ?? 0, body: parsed(text) }));
      });
      sent.on("timeout", () => sent.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
      sent.on("error", reject);
      sent.end(body ? JSON.stringify(body) : undefined);
    });
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  return adminOver({ kubeconfig, ca: decoded(ca), ask, wait, close: () => agent.destroy() });
}

/** What an administrator is made of: a way to ask, and time that passes. */
export interface AdminGround extends Pick<Admin, "kubeconfig" | "ca" | "ask" | "close"> {
  wait(ms: number): Promise<void>;
}

/** The administrator who asks so. */
export function adminOver({ ask, wait, ...ground }: AdminGround): Admin {
  let known: readonly ApiResource[] = [];

  async function find(fits: (each: ApiResource) => boolean): Promise<ApiResource | undefined> {
    const found = known.find(fits);
    if (found) return found;
    known = await discover(ask);
    return known.find(fits);
  }

  async function placeOf({ apiVersion, kind, metadata }: KubeObject): Promise<ObjectPlace> {
    const [version, group = ""] = (apiVersion ?? "v1").split("/").reverse() as [string, string?];
    const fits = (each: ApiResource) => each.group === group && each.kind === kind;
    let resource = await find(fits);
    for (let waitedMs = 0; !resource && waitedMs < kindWaitMs; waitedMs += lookEveryMs) {
      await wait(lookEveryMs);
      resource = await find(fits);
    }
    if (!resource) throw new InputError(`Cannot apply ${kind} "${metadata.name}": no kind "${kind}" in ${apiVersion}`);
    const namespace = resource.namespaced ? (metadata.namespace ?? "default") : undefined;
    const { name = "" } = metadata;
    return { resource: { ...resource, version }, name, ...(namespace === undefined ? {} : { namespace }) };
  }

  return {
    ...ground,
    ask,
    resource: (name) => find((each) => namesOf(each).includes(name.toLowerCase())),
    async apply(objects) {
      for (const object of objects) {
        const path = `${pathOf(await placeOf(object))}?fieldManager=kubetroupe&force=true`;
        const { code, body } = await ask("PATCH", path, object, "application/apply-patch+yaml");
        if (code >= 400) throw new InputError(`Cannot apply ${object.kind} "${object.metadata.name}": ${body.message}`);
      }
    },
    async remove(objects) {
      for (const object of objects.toReversed()) await ask("DELETE", pathOf(await placeOf(object)));
    },
  };
}

function namesOf({ name, singularName, kind, group, shortNames = [] }: ApiResource): readonly string[] {
  return [name, singularName ?? "", kind.toLowerCase(), ...shortNames, `${name}.${group}`];
}

/** The path of an object or of a list. */
export function pathOf({ resource, namespace, name }: ObjectPlace): string {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const inside = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `${root}${inside}/${resource.name}${name === undefined ? "" : `/${name}`}`;
}

async function discover(ask: Admin["ask"]): Promise<readonly ApiResource[]> {
  const { body: groups } = await ask("GET", "/apis");
  const versions: readonly string[] = (groups.groups ?? []).map(
    (each: { readonly preferredVersion: { readonly groupVersion: string } }) => each.preferredVersion.groupVersion,
  );
  const paths = ["/api/v1", ...versions.map((each) => `/apis/${each}`)];
  const lists = await Promise.all(paths.map((path) => ask("GET", path)));
  return lists.flatMap(({ body }) => {
    const [version = "v1", group = ""] = String(body.groupVersion ?? "v1")
      .split("/")
      .reverse();
    const resources = (body.resources ?? []) as readonly ApiResource[];
    return resources.filter(({ name }) => !name.includes("/")).map((each) => ({ ...each, group, version }));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
