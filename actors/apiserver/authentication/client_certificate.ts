import { unauthorized } from "../../api/status.ts";
import { failed, ok } from "../../kit/result.ts";
import type { Authenticator } from "./_authenticator.ts";

/** The verified certificate's common name, its organizations as groups. One that is not valid is refused. */
export const clientCertificate: Authenticator = {
  name: "ClientCertificate",
  place: 10,
  authenticate({ shown: { peer, isPeerRefused } }, known, step) {
    if (peer?.commonName) {
      return known(ok({ name: peer.commonName, groups: [...peer.organizations, "system:authenticated"] }), step);
    }
    known(isPeerRefused ? failed(unauthorized()) : ok(undefined), step);
  },
};
