import type { Step } from "../../../runtime/mod.ts";
import { encodeBase64 } from "../../api/base64.ts";
import { secretRules as secret } from "../../api/kinds/secret.ts";
import { serviceAccountRules as serviceAccount } from "../../api/kinds/service_account.ts";
import { legacyTokenLabels } from "../../api/legacy_tokens.ts";
import { type LegacyClaims, serviceAccountGroups, serviceAccountUser } from "../../api/service_account_names.ts";
import type { Secret, ServiceAccount } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import { lookUp, type Shelves } from "./look_up.ts";
import { noteUse } from "./note_use.ts";

const accountClaims = "kubernetes.io/serviceaccount";

/** A Secret's token, and what it is held against. */
export interface LegacyToken {
  readonly claims: LegacyClaims;
  readonly token: string;
  readonly shelves: Shelves;
}

/**
 * Whose token it is that a Secret keeps: it is good as long as the Secret has it, and its account is there.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
 */
export function judgeLegacy(
  { claims, token, shelves }: LegacyToken,
  step: Step,
  done: (found: Result<User, string>, step: Step) => void,
) {
  const namespace = claims[`${accountClaims}/namespace`];
  const secretName = claims[`${accountClaims}/secret.name`];
  const name = claims[`${accountClaims}/service-account.name`];
  const uid = claims[`${accountClaims}/service-account.uid`];
  if (claims.sub !== serviceAccountUser(namespace, name)) return done(failed("sub claim is invalid"), step);
  const data = encodeBase64(token);
  const holdsIt = (object: { readonly data?: Readonly<Record<string, string>> }) => object.data?.token === data;
  lookUp<Secret>(
    shelves,
    {
      kind: secret,
      namespace,
      name: secretName,
      isRight: holdsIt,
      done: (found, later) => {
        const kept = found.ok ? found.value : undefined;
        if (!kept || kept.metadata.deletionTimestamp) {
          return done(failed("service account token has been invalidated"), later);
        }
        if (!holdsIt(kept)) return done(failed("service account token does not match server's copy"), later);
        if (kept.metadata.labels?.[legacyTokenLabels.invalidSince]) {
          const of = `the token in secret ${namespace}/${secretName} for service account ${namespace}/${name}`;
          const instead = "Use tokens from the TokenRequest API or manually created secret-based tokens";
          const still = `remove the '${legacyTokenLabels.invalidSince}' label from the secret to temporarily allow use of this token`;
          return done(failed(`${of} has been marked invalid. ${instead}, or ${still}`), later);
        }
        const isRight = ({ metadata }: { readonly metadata: { readonly uid?: string } }) => metadata.uid === uid;
        lookUp<ServiceAccount>(
          shelves,
          {
            kind: serviceAccount,
            namespace,
            name,
            isRight,
            done: (account, last) => {
              const there = account.ok ? account.value : undefined;
              if (!there) return done(failed(`serviceaccounts "${name}" not found`), last);
              if (!isRight(there)) {
                const found = there.metadata.uid ?? "";
                return done(failed(`service account UID (${found}) does not match claim (${uid})`), last);
              }
              noteUse(shelves, kept, last);
              const groups = [...serviceAccountGroups(namespace), "system:authenticated"];
              done(ok({ name: serviceAccountUser(namespace, name), uid, groups }), last);
            },
          },
          later,
        );
      },
    },
    step,
  );
}
