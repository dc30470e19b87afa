import { klog } from "../agnhost/_go.ts";
import { sleepUntil } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "./_ask_api.ts";

const watchSeconds = 60;
const answerMs = (watchSeconds + 10) * 1_000;
const retryMs = 1_000;
/** Changes that come together are looked at together. */
const settleMs = 50;

/** A list that is followed. */
export interface Followed<Item> {
  /** `/api/v1/services`. */
  readonly path: string;
  /** What is said where it cannot be read. */
  readonly plural: string;
  /** No more than their metadata is wanted. Default false. */
  readonly isMetadataOnly?: boolean;
  /** All that there is now. */
  take(items: readonly Item[]): Running<unknown>;
}

interface Listed<Item> {
  readonly items: readonly Item[];
  readonly metadata: { readonly resourceVersion: string };
}

/** Keeps objects of one kind as the API has them, for ever. */
export function* followList<Item>(self: Process, followed: Followed<Item>): Running<never> {
  const { path, plural, take, isMetadataOnly } = followed;
  for (;;) {
    const listed = yield* askApi(self, { path, ...(isMetadataOnly ? { metadataOf: "list" as const } : {}) });
    if (!listed.ok) {
      yield* klog(self, "E", `failed to list ${plural}: ${listed.text}`);
      yield* pause(self, retryMs);
      continue;
    }
    const { items, metadata } = JSON.parse(listed.body) as Listed<Item>;
    yield* take(items);
    const query = `watch=1&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=${watchSeconds}`;
    const isEnough = (body: string) => body.includes("\n");
    const watched = { path: `${path}?${query}`, isEnough, timeoutMs: answerMs };
    yield* askApi(self, { ...watched, ...(isMetadataOnly ? { metadataOf: "object" as const } : {}) });
    yield* pause(self, settleMs);
  }
}

/** Waits so long. */
export function* pause(self: Process, ms: number): Running<void> {
  yield* sleepUntil(self, self.kernel.host.uptimeMs() + ms);
}
