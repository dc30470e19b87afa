/** The API refused a request, or nobody answered it. `eventually` tries again, anywhere else it fails the step. */
export class RequestFailed extends Error {
  /** The HTTP status code; 0 when nobody answered. */
  readonly code: number;
  /** Kubernetes' own: `NotFound`, `Conflict`; `Unanswered` when nobody answered, and a write may have been done. */
  readonly reason: string;
  /** Whether nobody was there to tell: it says nothing of the objects. */
  readonly isUnanswered: boolean;
  /** Whether the request itself is wrong, and will be the next time. */
  readonly isMistake: boolean;
  constructor(attempt: string, { code, reason, message }: { code: number; reason: string; message: string }) {
    super(`Cannot ${attempt}: ${reason}: ${message}`);
    this.name = "RequestFailed";
    this.code = code;
    this.reason = reason;
    this.isUnanswered = code === 0 || code === 429 || code >= 500;
    this.isMistake = code === 400 || code === 415 || code === 422;
  }
}
