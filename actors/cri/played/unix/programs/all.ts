// Written by `npm run fix`: to add to this list, add a file to this folder.
import { agnhost } from "./agnhost.ts";
import { apk } from "./apk.ts";
import { apt } from "./apt.ts";
import { argocd } from "./argocd.ts";
import { awk } from "./awk.ts";
import { baseName } from "./base_name.ts";
import { cat } from "./cat.ts";
import { certManager } from "./cert_manager.ts";
import { chmod } from "./chmod.ts";
import { chown } from "./chown.ts";
import { chroot } from "./chroot.ts";
import { clear } from "./clear.ts";
import { comm } from "./comm.ts";
import { consumeCpu } from "./consume_cpu.ts";
import { coredns } from "./coredns.ts";
import { cp } from "./cp.ts";
import { curl } from "./curl.ts";
import { cut } from "./cut.ts";
import { date } from "./date.ts";
import { dd } from "./dd.ts";
import { df } from "./df.ts";
import { diff } from "./diff.ts";
import { dig } from "./dig.ts";
import { digest } from "./digest.ts";
import { dockerEntrypoint } from "./docker_entrypoint.ts";
import { du } from "./du.ts";
import { echo } from "./echo.ts";
import { encodeBase64 } from "./encode_base64.ts";
import { env } from "./env.ts";
import { etcd } from "./etcd.ts";
import { exampleServers } from "./example_servers.ts";
import { expr } from "./expr.ts";
import { fileSize } from "./file_size.ts";
import { find } from "./find.ts";
import { findmnt } from "./findmnt.ts";
import { fold } from "./fold.ts";
import { free } from "./free.ts";
import { getent } from "./getent.ts";
import { grep } from "./grep.ts";
import { gzip } from "./gzip.ts";
import { head } from "./head.ts";
import { hexdump } from "./hexdump.ts";
import { hostname } from "./hostname.ts";
import { httpd } from "./httpd.ts";
import { id } from "./id.ts";
import { ifconfig } from "./ifconfig.ts";
import { ip } from "./ip.ts";
import { kill } from "./kill.ts";
import { kubeWebhookCertgen } from "./kube_webhook_certgen.ts";
import { kubectl } from "./kubectl.ts";
import { ln } from "./ln.ts";
import { ls } from "./ls.ts";
import { memcached } from "./memcached.ts";
import { metallbController } from "./metallb_controller.ts";
import { mkdir } from "./mkdir.ts";
import { mktemp } from "./mktemp.ts";
import { mount } from "./mount.ts";
import { mountpoint } from "./mountpoint.ts";
import { mv } from "./mv.ts";
import { mysql } from "./mysql.ts";
import { mysqladmin } from "./mysqladmin.ts";
import { mysqld } from "./mysqld.ts";
import { nc } from "./nc.ts";
import { netstat } from "./netstat.ts";
import { nginx } from "./nginx.ts";
import { nginxIngressController } from "./nginx_ingress_controller.ts";
import { nnp } from "./nnp.ts";
import { nohup } from "./nohup.ts";
import { nproc } from "./nproc.ts";
import { nsenter } from "./nsenter.ts";
import { nslookup } from "./nslookup.ts";
import { od } from "./od.ts";
import { pause } from "./pause.ts";
import { perl } from "./perl.ts";
import { pgIsready } from "./pg_isready.ts";
import { pidof } from "./pidof.ts";
import { ping } from "./ping.ts";
import { printenv } from "./printenv.ts";
import { printf } from "./printf.ts";
import { ps } from "./ps.ts";
import { pwd } from "./pwd.ts";
import { python } from "./python.ts";
import { readlink } from "./readlink.ts";
import { realPath } from "./real_path.ts";
import { rearrange } from "./rearrange.ts";
import { redisCli } from "./redis_cli.ts";
import { redisServer } from "./redis_server.ts";
import { resourceConsumer } from "./resource_consumer.ts";
import { rm } from "./rm.ts";
import { rmdir } from "./rmdir.ts";
import { sampleApiserver } from "./sample_apiserver.ts";
import { sed } from "./sed.ts";
import { seq } from "./seq.ts";
import { server } from "./server.ts";
import { sh } from "./sh.ts";
import { sleep } from "./sleep.ts";
import { sort } from "./sort.ts";
import { startWith } from "./start_with.ts";
import { stat } from "./stat.ts";
import { stress } from "./stress.ts";
import { strings } from "./strings.ts";
import { stty } from "./stty.ts";
import { sync } from "./sync.ts";
import { sysctl } from "./sysctl.ts";
import { tail } from "./tail.ts";
import { tar } from "./tar.ts";
import { tee } from "./tee.ts";
import { telnet } from "./telnet.ts";
import { test } from "./test.ts";
import { timeout } from "./timeout.ts";
import { top } from "./top.ts";
import { touch } from "./touch.ts";
import { tr } from "./tr.ts";
import { trueAndFalse } from "./true_and_false.ts";
import { tty } from "./tty.ts";
import { umount } from "./umount.ts";
import { uname } from "./uname.ts";
import { uniq } from "./uniq.ts";
import { uptime } from "./uptime.ts";
import { watch } from "./watch.ts";
import { wc } from "./wc.ts";
import { webhookStandIn } from "./webhook_stand_in.ts";
import { wget } from "./wget.ts";
import { which } from "./which.ts";
import { whoami } from "./whoami.ts";
import { wordpress } from "./wordpress.ts";
import { xargs } from "./xargs.ts";
import { xtrabackup } from "./xtrabackup.ts";
import { yes } from "./yes.ts";

/** All that this folder has, by file name. */
export const all = [
  agnhost,
  apk,
  apt,
  argocd,
  awk,
  baseName,
  cat,
  certManager,
  chmod,
  chown,
  chroot,
  clear,
  comm,
  consumeCpu,
  coredns,
  cp,
  curl,
  cut,
  date,
  dd,
  df,
  diff,
  dig,
  digest,
  dockerEntrypoint,
  du,
  echo,
  encodeBase64,
  env,
  etcd,
  exampleServers,
  expr,
  fileSize,
  find,
  findmnt,
  fold,
  free,
  getent,
  grep,
  gzip,
  head,
  hexdump,
  hostname,
  httpd,
  id,
  ifconfig,
  ip,
  kill,
  kubeWebhookCertgen,
  kubectl,
  ln,
  ls,
  memcached,
  metallbController,
  mkdir,
  mktemp,
  mount,
  mountpoint,
  mv,
  mysql,
  mysqladmin,
  mysqld,
  nc,
  netstat,
  nginx,
  nginxIngressController,
  nnp,
  nohup,
  nproc,
  nsenter,
  nslookup,
  od,
  pause,
  perl,
  pgIsready,
  pidof,
  ping,
  printenv,
  printf,
  ps,
  pwd,
  python,
  readlink,
  realPath,
  rearrange,
  redisCli,
  redisServer,
  resourceConsumer,
  rm,
  rmdir,
  sampleApiserver,
  sed,
  seq,
  server,
  sh,
  sleep,
  sort,
  startWith,
  stat,
  stress,
  strings,
  stty,
  sync,
  sysctl,
  tail,
  tar,
  tee,
  telnet,
  test,
  timeout,
  top,
  touch,
  tr,
  trueAndFalse,
  tty,
  umount,
  uname,
  uniq,
  uptime,
  watch,
  wc,
  webhookStandIn,
  wget,
  which,
  whoami,
  wordpress,
  xargs,
  xtrabackup,
  yes,
] as const;
