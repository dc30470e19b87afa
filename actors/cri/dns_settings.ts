/** How a pod's processes find names: as the policy says, and by what is added. */
export interface DnsSettings {
  readonly policy: "ClusterFirst" | "Default" | "None";
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name?: string; readonly value?: string }[];
}
