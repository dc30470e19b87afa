// Written by `npm run fix`: to add to this list, add a file to this folder.
import { auditProxy } from "./audit_proxy.ts";
import { connect } from "./connect.ts";
import { crdConversionWebhook } from "./crd_conversion_webhook.ts";
import { dnsServerList } from "./dns_server_list.ts";
import { dnsSuffix } from "./dns_suffix.ts";
import { entrypointTester } from "./entrypoint_tester.ts";
import { etcHosts } from "./etc_hosts.ts";
import { externalMetrics } from "./external_metrics.ts";
import { fakeGitserver } from "./fake_gitserver.ts";
import { fakeRegistryServer } from "./fake_registry_server.ts";
import { grpcHealthChecking } from "./grpc_health_checking.ts";
import { guestbook } from "./guestbook.ts";
import { inclusterclient } from "./inclusterclient.ts";
import { liveness } from "./liveness.ts";
import { logsGenerator } from "./logs_generator.ts";
import { mounttest } from "./mounttest.ts";
import { netexec } from "./netexec.ts";
import { nettest } from "./nettest.ts";
import { noSnatTester } from "./no_snat_tester.ts";
import { pause } from "./pause.ts";
import { portForwardTester } from "./port_forward_tester.ts";
import { porter } from "./porter.ts";
import { resourceConsumerController } from "./resource_consumer_controller.ts";
import { serveHostname } from "./serve_hostname.ts";
import { tcpReset } from "./tcp_reset.ts";
import { testServiceAccountIssuerDiscovery } from "./test_service_account_issuer_discovery.ts";
import { testWebserver } from "./test_webserver.ts";
import { webhook } from "./webhook.ts";

/** All that this folder has, by file name. */
export const all = [
  auditProxy,
  connect,
  crdConversionWebhook,
  dnsServerList,
  dnsSuffix,
  entrypointTester,
  etcHosts,
  externalMetrics,
  fakeGitserver,
  fakeRegistryServer,
  grpcHealthChecking,
  guestbook,
  inclusterclient,
  liveness,
  logsGenerator,
  mounttest,
  netexec,
  nettest,
  noSnatTester,
  pause,
  portForwardTester,
  porter,
  resourceConsumerController,
  serveHostname,
  tcpReset,
  testServiceAccountIssuerDiscovery,
  testWebserver,
  webhook,
] as const;
