import { formatTime, parseTime } from "./time.ts";

/** On which day a Secret's token was used last, and since which day it is not to be used any more. */
export const legacyTokenLabels = {
  lastUsed: "kubernetes.io/legacy-token-last-used",
  invalidSince: "kubernetes.io/legacy-token-invalid-since",
} as const;

/** Where it is written down since which day it is noted who uses such tokens. */
export const legacyTokenTracking = {
  namespace: "kube-system",
  name: "kube-apiserver-legacy-service-account-token-tracking",
  key: "since",
} as const;

/** The day of a moment, as it is written down: `2026-11-30`. */
export function dayOf(ms: number): string {
  return formatTime(ms).slice(0, 10);
}

/** Whether a text is such a day. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTime(`${text}T00:00:00Z`) !== undefined;
}
