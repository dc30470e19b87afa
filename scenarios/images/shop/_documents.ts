import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";
import { ask, askFor } from "./_ask.ts";
import { refuse } from "./_refusal.ts";
import { pause } from "./_service.ts";

/** A document of the store. One that is not there has version 0. */
export interface Document<T> {
  readonly key: string;
  readonly version: number;
  readonly value?: T;
}

/** What to write, and over which version; without a value the document is removed. */
export interface Write {
  readonly key: string;
  readonly version: number;
  readonly value?: unknown;
}

const conflictsMax = 20;
const pauseMsMax = 50;

/** Reads a document. */
export async function readDocument<T>(env: ImageEnv, key: string): Promise<Document<T>> {
  const { status, body } = await ask<Document<T>>(env, `GET store/documents/${encodeURIComponent(key)}`);
  return status === 404 ? { key, version: 0 } : body;
}

/** Reads all documents whose keys begin so, in the order of their keys. */
export async function listDocuments<T>(env: ImageEnv, prefix: string): Promise<readonly Required<Document<T>>[]> {
  const query = new URLSearchParams({ prefix });
  const { documents } = await askFor<{ readonly documents: readonly Required<Document<T>>[] }>(
    env,
    `GET store/documents?${query}`,
  );
  return documents;
}

/** Writes all of it, or nothing: false when one of the documents has another version meanwhile. */
export async function writeDocuments(env: ImageEnv, writes: readonly Write[]): Promise<boolean> {
  const { status, body } = await ask<{ readonly error?: string }>(env, "POST store/transactions", { writes });
  if (status < 400) return true;
  return status === 409 ? false : refuse(502, `Cannot write to the store: ${body.error}`);
}

/** Reads, decides and writes again as long as somebody else was faster: until `attempt` gives something. */
export async function untilWritten<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    const result = await attempt();
    if (result !== undefined) return result;
    await pause(Math.random() * pauseMsMax);
  }
  return refuse(503, `Others were faster ${conflictsMax} times, try again`);
}
