import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const watchSeconds = 60;

/** Objects of one kind as the API has them, and as of when. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly metadata: { readonly resourceVersion: string };
}

async function ask(env: ImageEnv, path: string, init: RequestInit = {}): Promise<Response> {
  const token = await env.files.readText(`${account}/token`);
  const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${token.trim()}` };
  const response = await env.fetch(`https://kubernetes.default.svc${path}`, { ...init, headers });
  if (response.ok) return response;
  const { message = "" } = (await response.json().catch(() => ({}))) as { readonly message?: string };
  throw new Error(`The API answers ${response.status}: ${message}`);
}

/** Lists what the account of the pod may see. */
export async function list<Item>(env: ImageEnv, path: string): Promise<Listed<Item>> {
  return (await (await ask(env, path)).json()) as Listed<Item>;
}

/** What is watched, and since when. */
export interface Watched {
  readonly path: string;
  readonly resourceVersion: string;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Waits until something has changed since a version, or a minute is over. */
export async function awaitChange(env: ImageEnv, { path, resourceVersion, signal }: Watched): Promise<void> {
  const query = new URLSearchParams({ watch: "1", resourceVersion, timeoutSeconds: String(watchSeconds) });
  const { body } = await ask(env, `${path}?${query}`, { signal });
  const reader = body?.getReader();
  await reader?.read();
  await reader?.cancel();
}

/** Writes which addresses an Ingress is reached at. */
export async function writeStatus(env: ImageEnv, path: string, ingress: readonly object[]): Promise<void> {
  await ask(env, `${path}/status`, {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ status: { loadBalancer: { ingress } } }),
  });
}
