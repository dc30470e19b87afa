/** What tells one provider from another. */
export interface Provider {
  readonly name: string;
  readonly region: string;
  /** Its computers are dealt out to these in turn. */
  readonly zones: readonly string[];
  readonly instanceType: string;
  /** Quantities by resource, of each of its computers. */
  readonly capacity: Readonly<Record<string, string>>;
  /** How long a computer takes from its order until it runs. */
  readonly bootMs: number;
  /** Load balancers have the addresses from `.1` on. */
  readonly balancerNetwork: string;
  /** And of IPv6 those from `::1` on. */
  readonly balancerNetworkIpv6: string;
  readonly ipMode: "VIP" | "Proxy";
  /** The class of claims that its volumes are for. */
  readonly volumeClass: string;
  /** So many volumes can be attached to one of its computers. */
  readonly attachMax: number;
  /** What it says when it is asked too often. */
  readonly throttledText: string;
}
