import type { Step } from "../../../runtime/mod.ts";
import { serviceAccountRules as serviceAccount } from "../../api/kinds/service_account.ts";
import type { ServiceAccount } from "../../api/types.ts";
import { ok } from "../../kit/result.ts";
import { type Looked, lookUp, type Shelves } from "./look_up.ts";

/** Who waits for an account that is not there yet. */
interface Wait {
  readonly namespace: string;
  readonly done: Looked<ServiceAccount>;
  tries: number;
}

/** All that wait. */
export type AccountWaits = Set<Wait>;

/** Where accounts are looked for, and who waits for one. */
export interface AccountFinder extends Shelves {
  readonly accountWaits: AccountWaits;
}

/** The account that each namespace is given. */
export const defaultAccount = "default";
/** The timer by which those who wait look again. */
export const accountsTimer = "accounts";

/** Kubernetes looks ten times, 100 to 200 ms apart. */
const triesMax = 10;
const retryMs = 150;

/**
 * Finds an account, for a pod that is to run as it. A namespace is given its default account a moment after it was
 * made: a pod waits for that one.
 */
export function findAccount(
  server: AccountFinder,
  {
    namespace,
    name,
    done,
  }: { readonly namespace: string; readonly name: string; readonly done: Looked<ServiceAccount> },
  step: Step,
): void {
  lookUp<ServiceAccount>(
    server,
    {
      kind: serviceAccount,
      namespace,
      name,
      done: (found, later) => {
        if (name !== defaultAccount || !found.ok || found.value) return done(found, later);
        if (server.accountWaits.size === 0) later.timer(accountsTimer, retryMs);
        server.accountWaits.add({ namespace, done, tries: 1 });
      },
    },
    step,
  );
}

/** Looks again for all that wait: for the timer `accounts`. */
export function retryAccounts(server: AccountFinder, step: Step): void {
  const { accountWaits } = server;
  const waits = [...accountWaits];
  accountWaits.clear();
  for (const wait of waits) {
    const { namespace, done } = wait;
    lookUp<ServiceAccount>(
      server,
      {
        kind: serviceAccount,
        namespace,
        name: defaultAccount,
        done: (found, later) => {
          wait.tries++;
          if (!found.ok || found.value) return done(found, later);
          if (wait.tries >= triesMax) return done(ok(undefined), later);
          if (accountWaits.size === 0) later.timer(accountsTimer, retryMs);
          accountWaits.add(wait);
        },
      },
      step,
    );
  }
}
