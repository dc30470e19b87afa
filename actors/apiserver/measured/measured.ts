import type { Step } from "../../../runtime/mod.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { deepFreeze, type Frozen, type KubeObject } from "../../api/types.ts";
import type { Call } from "../requests/call.ts";
import type { Server } from "../server.ts";
import type { Item } from "../storage/item.ts";

/** What is measured when somebody asks, and never stored: a kind, and who answers for it. */
export interface Measured {
  readonly kind: KindDefinition;
  serve(server: Server, call: Call, step: Step): void;
}

/** An object that was made for an answer, as if it had been stored. */
export function answerItem(object: object): Item {
  return { key: "", revision: 0, text: JSON.stringify(object), object: deepFreeze(object) as Frozen<KubeObject> };
}

/** Thousandths of a processor as a quantity. */
export function cpuQuantity(millis: number): string {
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** Bytes as a quantity, whole kibibytes. */
export function memoryQuantity(bytes: number): string {
  let amount = Math.floor(bytes / 1024);
  if (amount === 0) return "0";
  const suffixes = ["Ki", "Mi", "Gi", "Ti"];
  let index = 0;
  for (; amount % 1024 === 0 && index < suffixes.length - 1; index++) amount /= 1024;
  return `${amount}${suffixes[index]}`;
}

/** A span of time as Go writes it: `15.2s`, `1m0s`. */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms) / 1000;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = Math.round((seconds - hours * 3600 - minutes * 60) * 1000) / 1000;
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${rest}s`;
}
