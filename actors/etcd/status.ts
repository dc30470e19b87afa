import type { StoreError, StoreErrorCode } from "../store/messages.ts";
import type { EtcdStatus } from "./messages.ts";

/** gRPC's codes, as far as etcd uses them. */
export const codes = {
  invalidArgument: 3,
  notFound: 5,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  unavailable: 14,
  resourceExhausted: 8,
} as const;

/** A refusal in etcd's words; clients tell errors apart by both. */
export function refusal(code: keyof typeof codes, words: string): EtcdStatus {
  return { code: codes[code], details: `etcdserver: ${words}` };
}

const ofStore: { readonly [Code in StoreErrorCode]: EtcdStatus | undefined } = {
  unavailable: refusal("unavailable", "no leader"),
  timeout: refusal("unavailable", "request timed out"),
  compacted: refusal("outOfRange", "mvcc: required revision has been compacted"),
  future: refusal("outOfRange", "mvcc: required revision is a future revision"),
  tooLarge: refusal("invalidArgument", "request is too large"),
  noSpace: refusal("resourceExhausted", "mvcc: database space exceeded"),
  noLease: refusal("notFound", "requested lease not found"),
  leaseExists: refusal("failedPrecondition", "lease already exists"),
  noKey: refusal("invalidArgument", "key not found"),
  refused: undefined,
  sealed: undefined,
};

const notFound = "etcdserver: member not found";

/** What a client is told of an error of the store. */
export function statusOf({ code, message }: StoreError): EtcdStatus {
  const { notFound: missing, failedPrecondition } = codes;
  return ofStore[code] ?? { code: message === notFound ? missing : failedPrecondition, details: message };
}
