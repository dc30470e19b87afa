import type { Address } from "../core/actor.ts";
import type { Permissions } from "../core/permissions.ts";

/** A child as data: what to start, under which name, and what to do when it ends. */
export interface ChildSpec {
  /** The last part of its address. */
  readonly name: string;
  /** Where it lives, when that is not below its parent. */
  readonly address?: Address;
  /** The `kind` of its actor definition. */
  readonly kind: string;
  readonly input: unknown;
  /** `permanent` is always restarted, `transient` only after a crash, `temporary` never. Default `permanent`. */
  readonly restart?: "permanent" | "transient" | "temporary";
  /** More restarts than this within `windowMs` escalate: the parent crashes. Default 5. */
  readonly restartsMax?: number;
  /** Default 60,000. */
  readonly windowMs?: number;
  /** How long it may take to stop in good order before it is ended. Default 5,000. */
  readonly shutdownMs?: number;
  /** Narrows what the definition asks for. Default: all that the definition asks for. */
  readonly permissions?: Permissions;
  /** The heap limit of its worker in the thread host. Default: the host's. */
  readonly heapMaxMb?: number;
  /**
   * In the thread host, actors of one kind that name the same share a worker, and a crash of that worker is a crash of
   * them all: for what is many and idles. Default: a worker of its own.
   */
  readonly sharedWorker?: string;
}
