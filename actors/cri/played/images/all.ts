// Written by `npm run fix`: to add to this list, add a file to this folder.
import { agnhost } from "./agnhost.ts";
import { alpine } from "./alpine.ts";
import { argocd } from "./argocd.ts";
import { artifact } from "./artifact.ts";
import { bash } from "./bash.ts";
import { busybox } from "./busybox.ts";
import { busyboxplus } from "./busyboxplus.ts";
import { certManagerCainjector } from "./cert_manager_cainjector.ts";
import { certManagerController } from "./cert_manager_controller.ts";
import { certManagerStartupapicheck } from "./cert_manager_startupapicheck.ts";
import { certManagerWebhook } from "./cert_manager_webhook.ts";
import { coredns } from "./coredns.ts";
import { curl } from "./curl.ts";
import { debian } from "./debian.ts";
import { dnsutils } from "./dnsutils.ts";
import { echoserver } from "./echoserver.ts";
import { etcd } from "./etcd.ts";
import { helloApp } from "./hello_app.ts";
import { helloFrontend } from "./hello_frontend.ts";
import { helloGoGke } from "./hello_go_gke.ts";
import { helloWorld } from "./hello_world.ts";
import { hpaExample } from "./hpa_example.ts";
import { httpEcho } from "./http_echo.ts";
import { httpd } from "./httpd.ts";
import { ingressNginx } from "./ingress_nginx.ts";
import { kubeWebhookCertgen } from "./kube_webhook_certgen.ts";
import { kubectl } from "./kubectl.ts";
import { kubernetesBootcamp } from "./kubernetes_bootcamp.ts";
import { mariadb } from "./mariadb.ts";
import { memcached } from "./memcached.ts";
import { metallbController } from "./metallb_controller.ts";
import { mysql } from "./mysql.ts";
import { nautilus } from "./nautilus.ts";
import { netshoot } from "./netshoot.ts";
import { nginx } from "./nginx.ts";
import { nonewprivs } from "./nonewprivs.ts";
import { nonroot } from "./nonroot.ts";
import { pause } from "./pause.ts";
import { perl } from "./perl.ts";
import { postgres } from "./postgres.ts";
import { python } from "./python.ts";
import { redis } from "./redis.ts";
import { resourceConsumer } from "./resource_consumer.ts";
import { sampleApiserver } from "./sample_apiserver.ts";
import { serveHostname } from "./serve_hostname.ts";
import { stress } from "./stress.ts";
import { whoami } from "./whoami.ts";
import { wordpress } from "./wordpress.ts";
import { xtrabackup } from "./xtrabackup.ts";

/** All that this folder has, by file name. */
export const all = [
  agnhost,
  alpine,
  argocd,
  artifact,
  bash,
  busybox,
  busyboxplus,
  certManagerCainjector,
  certManagerController,
  certManagerStartupapicheck,
  certManagerWebhook,
  coredns,
  curl,
  debian,
  dnsutils,
  echoserver,
  etcd,
  helloApp,
  helloFrontend,
  helloGoGke,
  helloWorld,
  hpaExample,
  httpEcho,
  httpd,
  ingressNginx,
  kubeWebhookCertgen,
  kubectl,
  kubernetesBootcamp,
  mariadb,
  memcached,
  metallbController,
  mysql,
  nautilus,
  netshoot,
  nginx,
  nonewprivs,
  nonroot,
  pause,
  perl,
  postgres,
  python,
  redis,
  resourceConsumer,
  sampleApiserver,
  serveHostname,
  stress,
  whoami,
  wordpress,
  xtrabackup,
] as const;
