import type { ImageBehaviour } from "../messages.ts";

const megabyte = 1_000_000;
/** How well-known images behave when the catalogue does not list them; keys have no tag. */
export const commonImages: ReadonlyMap<string, ImageBehaviour> = new Map([
  ["nginx", { sizeBytes: 72 * megabyte }],
  ["httpd", { sizeBytes: 59 * megabyte }],
  ["redis", { sizeBytes: 49 * megabyte }],
  ["postgres", { sizeBytes: 160 * megabyte }],
  ["registry.k8s.io/pause", { sizeBytes: 320_000 }],
  ["pause", { sizeBytes: 320_000 }],
  ["busybox", { sizeBytes: 2 * megabyte }],
  ["alpine", { sizeBytes: 4 * megabyte }],
  ["ubuntu", { sizeBytes: 30 * megabyte }],
  ["debian", { sizeBytes: 49 * megabyte }],
  ["hello-world", { exitAfterMs: 0, sizeBytes: 10_000 }],
]);
