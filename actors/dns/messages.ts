import type { Address } from "../../runtime/mod.ts";
import type { ComponentMessage } from "../client/component.ts";
import type { Datagram } from "../network/datagram.ts";
import type { Packet } from "../network/packet.ts";

/** What is asked: a name as the client wrote it, without the last dot, and the type of the records wanted. */
export interface DnsQuestion {
  readonly name: string;
  /** `A`, `AAAA`, `SRV`, ...; `TYPE65` for one without a name here. */
  readonly type: string;
  /** Default `IN`. */
  readonly class?: string;
}

/** What every record has. */
interface RecordOf<Type extends string, Data> {
  /** Without the last dot. */
  readonly name: string;
  readonly type: Type;
  /** Seconds. */
  readonly ttl: number;
  readonly data: Data;
}

/** The data of an SRV record: where a service's port is found. */
export interface SrvData {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** The data of an SOA record: who is responsible for a zone, and how long a "no" may be remembered (`minimum`). */
export interface SoaData {
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

/** A resource record. */
export type DnsRecord =
  | RecordOf<"A" | "AAAA" | "CNAME" | "PTR" | "NS", string>
  | RecordOf<"TXT", readonly string[]>
  | RecordOf<"MX", { readonly preference: number; readonly exchange: string }>
  | RecordOf<"SRV", SrvData>
  | RecordOf<"SOA", SoaData>;

/** How a query ended, in the words of RFC 1035 and 6895. */
export type Rcode = "NOERROR" | "FORMERR" | "SERVFAIL" | "NXDOMAIN" | "NOTIMP" | "REFUSED" | "BADVERS";

/** The answer to a question. */
export interface DnsReply {
  readonly rcode: Rcode;
  /** The server answers from its own data, not from what it heard. */
  readonly authoritative: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** A question from another actor; the reply is a `DnsReply`, whole: messages have no size limit of a datagram. */
export interface DnsQuery {
  readonly type: "dns.query";
  readonly question: DnsQuestion;
}

/** What the `dns_socket` device is asked. */
export type DnsSocketRequest =
  /** Serves UDP and TCP on that port. */
  | { readonly op: "listen"; readonly host: string; readonly port: number }
  /** Answers the exchange of a `dns.packet`; what does not fit a datagram is cut, and the client comes back by TCP. */
  | { readonly op: "respond"; readonly exchange: number; readonly reply: DnsReply }
  /** Asks another server, by UDP, then by TCP when the answer was cut. */
  | {
      readonly op: "forward";
      readonly upstream: DnsUpstream;
      readonly question: DnsQuestion;
      readonly timeoutMs: number;
    };

/** What the `dns_socket` device answers; `reply` to `forward`. */
export type DnsSocketAnswer =
  | { readonly ok: true; readonly port?: number; readonly reply?: DnsReply }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** What the `dns_socket` device pushes: a well-formed query has come in. */
export interface DnsPacket {
  readonly type: "dns.packet";
  readonly exchange: number;
  readonly transport: "udp" | "tcp";
  readonly question: DnsQuestion;
}

/** All that the DNS server takes beside the API's own. */
export type DnsMessage = ComponentMessage | DnsQuery | DnsPacket | Datagram | Packet;

/** Another DNS server. */
export interface DnsUpstream {
  readonly host: string;
  readonly port: number;
}

/** The input of the DNS server. */
export interface DnsInput {
  readonly servers: readonly Address[];
  /** Default `cluster.local`. */
  readonly clusterDomain?: string;
  /** Its service IPs, one of each family of Services; every pod's resolv.conf names the first. Default 10.96.0.10. */
  readonly clusterIps?: readonly string[];
  /** Where the server itself is reached, behind its service IPs, one of each of those families. Default 192.168.255.10. */
  readonly hostIps?: readonly string[];
  /** Of answers. Default 30, as in the Corefile that kubeadm writes. */
  readonly ttlSeconds?: number;
  /** Of negative answers. Default 5: who asked too early finds what came since. */
  readonly negativeTtlSeconds?: number;
  /**
   * Names of pods (`10-244-0-5.ns.pod.cluster.local`): `insecure` believes any address in the name of an existing
   * namespace, `verified` asks whether there is such a pod. Default `insecure`, as kubeadm's.
   */
  readonly pods?: "disabled" | "insecure" | "verified";
  /** Who is asked for names outside the cluster, in turn. Default: nobody. */
  readonly upstreams?: readonly DnsUpstream[];
  /** How long one upstream has. Default 2,000. */
  readonly upstreamTimeoutMs?: number;
  /** Queries that wait for upstreams at once; more are answered SERVFAIL. Default 1,000. */
  readonly forwardsMax?: number;
  /** What names outside the cluster get when there is no upstream. Default REFUSED. */
  readonly outside?: "REFUSED" | "SERVFAIL";
  /** Serves real UDP and TCP there. Default: only other actors are answered. */
  readonly socket?: { readonly host: string; readonly port: number };
}
