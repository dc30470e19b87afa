import { helloText, readHello } from "../../network/tls/hello.ts";

/** What came of what a server has said first. */
export type Greeted =
  | { readonly kind: "part" }
  /** What came behind its greeting. */
  | { readonly kind: "greeted"; readonly rest: string }
  | { readonly kind: "failed"; readonly why: string };

/** The first words of a connection with TLS, as it is played in the cluster's network. */
export interface TlsGreeting {
  readonly hello: string;
  receive(data: string): Greeted;
}

/** Greets a server in a pod. As in Kubernetes whoever answers there is trusted, whatever certificate it shows. */
export function tlsGreeting(): TlsGreeting {
  let bytes = "";
  return {
    hello: helloText({}),
    receive(data) {
      bytes += data;
      const read = readHello(bytes);
      if (read.kind === "part") return read;
      if (read.kind === "other") return { kind: "failed", why: noTls(bytes) };
      const { alert } = read.hello;
      if (alert !== undefined) return { kind: "failed", why: `remote error: tls: ${alert.replaceAll("_", " ")}` };
      return { kind: "greeted", rest: bytes.slice(read.size) };
    },
  };
}

/** As Go's client says it of who speaks no TLS. */
function noTls(bytes: string): string {
  return bytes.startsWith("HTTP/")
    ? "http: server gave HTTP response to HTTPS client"
    : "tls: first record does not look like a TLS handshake";
}
