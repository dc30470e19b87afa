import type { NetMessage, Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import type { TokenVerifier } from "../tokens/verify_token.ts";

/** What an HTTP request shows of who asks: its headers, and the certificate of the connection. */
export type Credentials = Pick<
  Extract<NetMessage, { readonly type: "net.request" }>,
  "headers" | "peer" | "isPeerRefused"
>;

/** Somebody who asks, and what of the server there is to find out who it is. */
export interface Asking {
  readonly shown: Credentials;
  readonly server: TokenVerifier;
}

/** Who it is; `undefined`: nothing is shown that this authenticator knows of. A failure refuses the request. */
export type Known = (known: Result<User | undefined, Status>, step: Step) => void;

/** One of those who find out who asks, at once or in a later step. */
export interface Authenticator {
  readonly name: string;
  /** Who has the lower place is asked first; the first that knows somebody decides. */
  readonly place: number;
  authenticate(asking: Asking, known: Known, step: Step): void;
}
