import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SigningKeys } from "../../actors/signing/signing_device.ts";
import { InputError, messageOf } from "./input_error.ts";
import { type CertificateOptions, makeCertificate } from "./make_certificate.ts";
import { secretMode, writeWhole } from "./write_whole.ts";

/** A certificate and its private key, as PEM texts. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** All that the HTTPS side of a cluster needs to trust and be trusted. */
export interface Credentials {
  /** The certificate of the authority that signs for servers and clients. */
  readonly caCert: string;
  /** The authority itself: it signs what clients ask for by CertificateSigningRequests. */
  readonly authority: KeyPair;
  /** What API servers show. */
  readonly serving: KeyPair;
  /** What the cluster's administrator shows. */
  readonly admin: KeyPair;
  /** What API servers show to those whom they pass requests on to, and the certificate of the authority that signed it. */
  readonly frontProxy: KeyPair & { readonly ca: string };
}

/** Under these names and addresses API servers are reached. */
const servingNames = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];
const servingAddresses = ["127.0.0.1", "::1"];
const serviceIpsDefault = ["10.96.0.1"];

/** What credentials are made of. */
export interface CredentialsOptions {
  /** Where the authority is kept. Default: nowhere. */
  readonly folder?: string;
  /** The service IPs of the API. Default 10.96.0.1. */
  readonly serviceIps?: readonly string[];
}
/** Whom servers of further APIs believe who asks. */
const frontProxyName = "front-proxy-client";
/** Both groups are cluster administrators: the first whatever its bindings say, the second by kubeadm's binding. */
const adminGroups = ["system:masters", "kubeadm:cluster-admins"];

/** An authority's name, and that of its files. */
interface Named {
  readonly name: string;
  readonly file: string;
}
const authorityOfCluster: Named = { name: "kubernetes", file: "ca" };
const authorityOfEtcd: Named = { name: "etcd-ca", file: "ca" };
const authorityOfFrontProxy: Named = { name: "front-proxy-ca", file: "front-proxy-ca" };

const namedCurve = "P-256";
const dayMs = 86_400_000;
const validMs = 3650 * dayMs;
/** Clocks of clients may be slow. */
const backdatedMs = dayMs;

interface Authority {
  readonly cert: string;
  readonly key: KeyObject;
}

/**
 * Makes a cluster's credentials. With a `folder` the authority is kept there: what it signed once is trusted after a
 * restart too.
 *
 * @throws InputError when the folder cannot be used, or holds an authority that is broken
 */
export async function clusterCredentials({
  folder,
  serviceIps = serviceIpsDefault,
}: CredentialsOptions = {}): Promise<Credentials> {
  const [authority, frontAuthority] = await Promise.all(
    [authorityOfCluster, authorityOfFrontProxy].map((named) =>
      folder === undefined ? newAuthority(named) : keptAuthority(named, folder),
    ) as [Promise<Authority>, Promise<Authority>],
  );
  const [serving, admin, front] = await Promise.all([
    signed(authority, {
      subject: { commonName: "kube-apiserver" },
      usage: "serverAuth",
      dnsNames: servingNames,
      ips: [...servingAddresses, ...serviceIps],
    }),
    signed(authority, {
      subject: { organizations: adminGroups, commonName: "kubernetes-admin" },
      usage: "clientAuth",
    }),
    signed(frontAuthority, { subject: { commonName: frontProxyName }, usage: "clientAuth" }),
  ]);
  const { cert, key } = authority;
  const frontProxy = { ...front, ca: frontAuthority.cert };
  return { caCert: cert, authority: { cert, key: pemOf(key) }, serving, admin, frontProxy };
}

/** What the front of the store needs that speaks etcd's protocol, and what its clients show and trust. */
export interface EtcdCredentials {
  readonly caCert: string;
  readonly serving: KeyPair;
  readonly client: KeyPair;
}

/**
 * Makes the credentials of the store's front. Their authority is another one than the cluster's, as in a real cluster:
 * who may ask the API servers for something must not be let into the store by that. It is kept in the folder.
 *
 * @throws InputError when the folder cannot be used, or holds an authority that is broken
 */
export async function etcdCredentials({ folder }: { readonly folder: string }): Promise<EtcdCredentials> {
  const authority = await keptAuthority(authorityOfEtcd, folder);
  const [serving, client] = await Promise.all([
    signed(authority, {
      subject: { commonName: "kube-etcd" },
      usage: "serverAuth",
      dnsNames: ["localhost"],
      ips: servingAddresses,
    }),
    signed(authority, { subject: { commonName: "kube-apiserver-etcd-client" }, usage: "clientAuth" }),
  ]);
  return { caCert: authority.cert, serving, client };
}

/**
 * The key that signs the tokens of service accounts. With a `folder` it is kept there, in `sa.key`, so that tokens are
 * good after a restart too.
 *
 * @throws InputError when the folder cannot be used, or holds a key that is broken
 */
export async function tokenKeys({ folder }: { readonly folder?: string } = {}): Promise<SigningKeys> {
  const path = folder === undefined ? undefined : join(folder, "sa.key");
  const kept = path === undefined ? undefined : await textAt(path);
  if (kept === undefined) {
    const tokenKey = pemOf((await newKeys()).privateKey);
    if (path !== undefined) await writeWhole(path, tokenKey, { mode: secretMode });
    return { tokenKey };
  }
  try {
    createPrivateKey(kept);
    return { tokenKey: kept };
  } catch (error) {
    throw new InputError(`Cannot use the key of tokens in "${path}": ${messageOf(error)}, restore it or remove it`, {
      cause: error,
    });
  }
}

async function newAuthority({ name }: Named): Promise<Authority> {
  const { publicKey, privateKey: key } = await newKeys();
  const cert = await makeCertificate({ subject: { commonName: name }, publicKey, ...validity() }, { key });
  return { cert, key };
}

/** The authority of earlier runs; a new one, which is kept, when there is none. */
async function keptAuthority(named: Named, folder: string): Promise<Authority> {
  const [certPath, keyPath] = [join(folder, `${named.file}.crt`), join(folder, `${named.file}.key`)];
  const [cert, key] = await Promise.all([textAt(certPath), textAt(keyPath)]);
  if (cert === undefined) {
    const authority = await newAuthority(named);
    // The certificate last: without it there is no authority, and a key that is left over signs for nobody.
    await writeWhole(keyPath, pemOf(authority.key), { mode: secretMode });
    await writeWhole(certPath, authority.cert);
    return authority;
  }
  try {
    return { cert: new X509Certificate(cert).toString().trimEnd(), key: keyFrom(key ?? "") };
  } catch (error) {
    throw new InputError(
      `Cannot use the certificate authority in "${folder}": ${messageOf(error)}, restore ${named.file}.crt and ${named.file}.key or remove both`,
      { cause: error },
    );
  }
}

async function signed(
  authority: Authority,
  options: Omit<CertificateOptions, "publicKey" | "notBeforeMs" | "notAfterMs">,
): Promise<KeyPair> {
  const { publicKey, privateKey } = await newKeys();
  const issuer = { cert: new X509Certificate(authority.cert), key: authority.key };
  return { cert: await makeCertificate({ ...options, publicKey, ...validity() }, issuer), key: pemOf(privateKey) };
}

function newKeys() {
  return promisify(generateKeyPair)("ec", { namedCurve });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** @throws Error when it is no private key, or none of the curve that signatures are made by */
function keyFrom(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  const curve = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType;
  if (curve !== "prime256v1") throw new Error(`its key is of "${curve}", it has to be of ${namedCurve}`);
  return key;
}

function validity() {
  const now = Date.now();
  return { notBeforeMs: now - backdatedMs, notAfterMs: now + validMs };
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new InputError(`Cannot read "${path}": ${messageOf(error)}`, { cause: error });
  }
}
