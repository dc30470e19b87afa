import type { Invariant } from "../../engine/invariant.ts";
import { dnsAnswersEqualEndpoints } from "../../invariants/dns_answers_equal_endpoints.ts";
import { informersEqualTheStore } from "../../invariants/informers_equal_the_store.ts";
import { policiesAreCarriedOut } from "../../invariants/policies_are_carried_out.ts";
import { proxyRulesEqualSlices } from "../../invariants/proxy_rules_equal_slices.ts";
import { servicesLeadWhereTheySay } from "../../invariants/services_lead_where_they_say.ts";

/** The rules of whole clusters that hold of kube-proxies and the DNS server by themselves. */
export const servicesInvariants: readonly Invariant[] = [
  dnsAnswersEqualEndpoints,
  informersEqualTheStore,
  policiesAreCarriedOut,
  proxyRulesEqualSlices,
  servicesLeadWhereTheySay,
];
