import type { ClusterRole } from "../../../api/kinds/cluster_role.ts";
import { aggregatedRoleOf, allow, allowPaths, clusterRoleOf } from "./rule.ts";

const scalable = "deployments deployments/scale replicasets replicasets/scale";

/**
 * What people are given, and whoever asks anything at all: the roles of the whole cluster that Kubernetes 1.34 makes for
 * them, with its features as they are by default.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
 */
export const userRoles: readonly ClusterRole[] = [
  clusterRoleOf("cluster-admin", [allow("*", "*", "*"), allowPaths("*", "*")]),
  clusterRoleOf("system:discovery", [
    allowPaths("get", "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/"),
  ]),
  clusterRoleOf("system:monitoring", [
    allowPaths("get", "/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*"),
    allow("get", "core", "nodes/metrics"),
  ]),
  clusterRoleOf("system:basic-user", [
    allow("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
    allow("create", "authentication.k8s.io", "selfsubjectreviews"),
  ]),
  clusterRoleOf("system:public-info-viewer", [allowPaths("get", "/healthz /livez /readyz /version /version/")]),
  clusterRoleOf("system:service-account-issuer-discovery", [
    allowPaths(
      "get",
      "/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/",
    ),
  ]),
  aggregatedRoleOf("admin"),
  aggregatedRoleOf("edit", "admin"),
  aggregatedRoleOf("view", "edit"),
  clusterRoleOf(
    "system:aggregate-to-admin",
    [
      allow("create", "authorization.k8s.io", "localsubjectaccessreviews"),
      allow("read write", "rbac.authorization.k8s.io", "roles rolebindings"),
    ],
    "admin",
  ),
  clusterRoleOf(
    "system:aggregate-to-edit",
    [
      allow("read", "core", "pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy"),
      allow("impersonate", "core", "serviceaccounts"),
      allow("write", "core", "pods pods/attach pods/proxy pods/exec pods/portforward"),
      allow("create", "core", "pods/eviction"),
      allow(
        "write",
        "core",
        "replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy persistentvolumeclaims configmaps secrets events",
      ),
      allow("create", "core", "serviceaccounts/token"),
      allow("write", "apps", `statefulsets statefulsets/scale daemonsets deployments/rollback ${scalable}`),
      allow("write", "autoscaling", "horizontalpodautoscalers"),
      allow("write", "batch", "jobs cronjobs"),
      allow(
        "write",
        "extensions",
        `daemonsets deployments/rollback ingresses replicationcontrollers/scale networkpolicies ${scalable}`,
      ),
      allow("write", "policy", "poddisruptionbudgets"),
      allow("write", "networking.k8s.io", "networkpolicies ingresses"),
      allow("read write", "coordination.k8s.io", "leases"),
      allow("write", "resource.k8s.io", "resourceclaims resourceclaimtemplates"),
    ],
    "edit",
  ),
  clusterRoleOf(
    "system:aggregate-to-view",
    [
      allow(
        "read",
        "core",
        "pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status endpoints persistentvolumeclaims persistentvolumeclaims/status configmaps",
      ),
      allow(
        "read",
        "core",
        "limitranges resourcequotas bindings events pods/status resourcequotas/status namespaces/status replicationcontrollers/status pods/log",
      ),
      allow("read", "core", "namespaces"),
      allow("read", "discovery.k8s.io", "endpointslices"),
      allow(
        "read",
        "apps",
        `controllerrevisions statefulsets statefulsets/status statefulsets/scale daemonsets daemonsets/status deployments/status replicasets/status ${scalable}`,
      ),
      allow("read", "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
      allow("read", "batch", "jobs jobs/status cronjobs cronjobs/status"),
      allow(
        "read",
        "extensions",
        `daemonsets daemonsets/status deployments/status ingresses ingresses/status replicasets/status replicationcontrollers/scale networkpolicies ${scalable}`,
      ),
      allow("read", "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
      allow("read", "networking.k8s.io", "networkpolicies ingresses ingresses/status"),
      allow("read", "resource.k8s.io", "resourceclaims resourceclaims/status resourceclaimtemplates"),
    ],
    "view",
  ),
];
