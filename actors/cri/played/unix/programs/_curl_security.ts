import type { TlsFault } from "../../../../network/tls/fault.ts";
import { hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import type { Secured } from "../kernel/connection.ts";
import type { Process } from "../kernel/process.ts";
import type { CurlOptions } from "./_curl_options.ts";

/** Where images keep the authorities that they trust. */
const usualAuthorities = ["/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem"];

/** What is in a file; `undefined` when there is none. */
export function fileText({ kernel, folder }: Process, path: string): string | undefined {
  const node = kernel.host.tree.find(resolvePath(folder, path));
  return !hasFailed(node) && node.kind === "file" ? node.bytes : undefined;
}

/** Whom curl trusts for a URL, or the file of authorities that it cannot read. */
export function curlSecurity(
  self: Process,
  { flags, values }: CurlOptions,
  { hostname }: URL,
): Secured | { readonly unread: string } {
  const given = values.get("cacert") ?? self.env.get("CURL_CA_BUNDLE") ?? self.env.get("SSL_CERT_FILE");
  const trustsAll = flags.has("insecure");
  const serverName = hostname.replace(/^\[|\]$/g, "");
  if (given === undefined) {
    const trusted = usualAuthorities.flatMap((path) => fileText(self, path) ?? []).join("\n");
    return { serverName, trusted, trustsAll };
  }
  const trusted = fileText(self, given);
  return trusted === undefined && !trustsAll ? { unread: given } : { serverName, trusted: trusted ?? "", trustsAll };
}

const advice = `
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.`;

/** What curl says of a server that it does not trust. */
export function untrustedText({ code }: TlsFault, { hostname }: URL): { readonly code: number; readonly text: string } {
  const problem = (text: string) => ({ code: 60, text: `SSL certificate problem: ${text}${advice}` });
  switch (code) {
    case "EPROTO":
      return { code: 35, text: "OpenSSL/3.0.15: error:0A00010B:SSL routines::wrong version number" };
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return {
        code: 60,
        text: `SSL: no alternative certificate subject name matches target host name '${hostname}'${advice}`,
      };
    case "CERT_HAS_EXPIRED":
      return problem("certificate has expired");
    case "CERT_NOT_YET_VALID":
      return problem("certificate is not yet valid");
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return problem("self-signed certificate");
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return problem("self-signed certificate in certificate chain");
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return problem("unable to get local issuer certificate");
  }
}
