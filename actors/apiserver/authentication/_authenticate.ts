import type { Step } from "../../../runtime/mod.ts";
import { type Status, unauthorized } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import type { Asking, Authenticator, Known } from "./_authenticator.ts";
import { all } from "./all.ts";

/** The authenticators in the order in which they are asked. */
const authenticators: readonly Authenticator[] = [...all].sort((a, b) => a.place - b.place);

/** Takes who asks, or that they are refused. */
type Authenticated = (known: Result<User, Status>, step: Step) => void;

/** Finds out who asks over HTTPS: whoever first knows them says so. */
export function authenticate(asking: Asking, done: Authenticated, step: Step): void {
  askFrom(0, { ...asking, done }, step);
}

function askFrom(at: number, asking: Asking & { readonly done: Authenticated }, step: Step) {
  const { done } = asking;
  const authenticator = authenticators[at];
  if (!authenticator) return done(failed(unauthorized()), step);
  const known: Known = (found, later) => {
    if (!found.ok) done(found, later);
    else if (found.value) done(ok(found.value), later);
    else askFrom(at + 1, asking, later);
  };
  authenticator.authenticate(asking, known, step);
}
