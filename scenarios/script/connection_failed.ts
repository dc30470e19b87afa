/**
 * A request over the network got no answer, or only a part of one. `eventually` tries again, anywhere else it fails the
 * step, `always` as well: whoever loses a request has lost it.
 */
export class ConnectionFailed extends Error {
  /** As Node says it: `ECONNREFUSED`, `ECONNRESET`, `ETIMEDOUT`; `EPROTO` when what came is no HTTP. */
  readonly code: string;
  constructor(attempt: string, { code, why }: { readonly code: string; readonly why: string }) {
    super(`Cannot ${attempt}: ${code}: ${why}`);
    this.name = "ConnectionFailed";
    this.code = code;
  }
}
