import type { HttpsAnswer } from "../../../runtime/mod.ts";

type Failure = Extract<HttpsAnswer, { readonly ok: false }>;

const x509 = "tls: failed to verify certificate: x509:";
const unknownAuthority = `${x509} certificate signed by unknown authority`;

/** Why nobody answered, as Kubernetes' own client, which is written in Go, would say it. */
export function failureText(
  { code, message }: Failure,
  { host, port }: { readonly host: string; readonly port: number },
) {
  const place = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  switch (code) {
    case "ETIMEDOUT":
      return "context deadline exceeded";
    case "ECONNREFUSED":
      return `dial tcp ${place}: connect: connection refused`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `dial tcp: lookup ${host}: no such host`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `dial tcp ${place}: connect: no route to host`;
    case "ECONNRESET":
      return "EOF";
    case "EMSGSIZE":
      return "http: response body too large";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "CERT_SIGNATURE_FAILURE":
      return unknownAuthority;
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return `${x509} certificate has expired or is not yet valid`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `${x509} ${message}`;
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return "http: server gave HTTP response to HTTPS client";
    default:
      return message;
  }
}
