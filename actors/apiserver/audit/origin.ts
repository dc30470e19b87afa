import type { User } from "../messages.ts";

/** Where a request has come from, as far as that is told. */
export interface Origin {
  readonly auditId: string;
  readonly uri: string;
  readonly userAgent?: string;
  readonly sourceIp?: string;
  /** Who acts as another. */
  readonly impersonator?: User;
}
