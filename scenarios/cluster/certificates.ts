import { createPrivateKey, generateKeyPair, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { present } from "../../actors/kit/present.ts";
import type { SigningKeys } from "../../actors/signing/signing_device.ts";
import { InputError, messageOf } from "./input_error.ts";
import type { Wanted } from "./issue_certificates.ts";
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
  /** Where they are kept. Default: nowhere. */
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

/** Who would not be good for so long any more is made anew. */
const goodForMs = 30 * 86_400_000;

/**
 * Makes a cluster's credentials. With a `folder` they are kept there, the authority's too: what it signed once is trusted
 * after a restart, and what is still good needs not be made again.
 *
 * @throws InputError when the folder cannot be used, or holds an authority that is broken
 */
export async function clusterCredentials({
  folder,
  serviceIps = serviceIpsDefault,
}: CredentialsOptions = {}): Promise<Credentials> {
  const [authority, frontAuthority] = await Promise.all([
    authorityOf(authorityOfCluster, folder),
    authorityOf(authorityOfFrontProxy, folder),
  ]);
  const [serving, admin, front] = await Promise.all([
    credential(authority, folder, {
      file: "apiserver",
      subject: [{ CN: ["kube-apiserver"] }],
      usage: "serverAuth",
      names: servingNames,
      addresses: [...servingAddresses, ...serviceIps],
    }),
    credential(authority, folder, {
      file: "admin",
      subject: [...adminGroups.map((group) => ({ O: [group] })), { CN: ["kubernetes-admin"] }],
      usage: "clientAuth",
    }),
    credential(frontAuthority, folder, {
      file: "front-proxy-client",
      subject: [{ CN: [frontProxyName] }],
      usage: "clientAuth",
    }),
  ]);
  return { caCert: authority.cert, authority, serving, admin, frontProxy: { ...front, ca: frontAuthority.cert } };
}

/** What the front of the store needs that speaks etcd's protocol, and what its clients show and trust. */
export interface EtcdCredentials {
  readonly caCert: string;
  readonly serving: KeyPair;
  readonly client: KeyPair;
}

/**
 * Makes the credentials of the store's front. Their authority is another one than the cluster's, as in a real cluster:
 * who may ask the API servers for something must not be let into the store by that. All are kept in the folder.
 *
 * @throws InputError when the folder cannot be used, or holds an authority that is broken
 */
export async function etcdCredentials({ folder }: { readonly folder: string }): Promise<EtcdCredentials> {
  const authority = await authorityOf(authorityOfEtcd, folder);
  const [serving, client] = await Promise.all([
    credential(authority, folder, {
      file: "server",
      subject: [{ CN: ["kube-etcd"] }],
      usage: "serverAuth",
      names: ["localhost"],
      addresses: servingAddresses,
    }),
    credential(authority, folder, {
      file: "client",
      subject: [{ CN: ["kube-apiserver-etcd-client"] }],
      usage: "clientAuth",
    }),
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
    const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
    const tokenKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
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

/** The authority of earlier runs; a new one, which is kept, when there is none. */
async function authorityOf({ name, file }: Named, folder: string | undefined): Promise<KeyPair> {
  const found = folder === undefined ? undefined : await pairAt(folder, file);
  if (found?.cert === undefined) {
    const { newAuthority } = await import("./issue_certificates.ts");
    return keepPair(await newAuthority(name), folder, file);
  }
  const { cert, key = "" } = found;
  try {
    const isItsKey = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    if (!isItsKey) throw new Error(`${file}.key is not the key of ${file}.crt`);
    return { cert, key };
  } catch (error) {
    throw new InputError(
      `Cannot use the certificate authority in "${folder}": ${messageOf(error)}, restore ${file}.crt and ${file}.key or remove both`,
      { cause: error },
    );
  }
}

interface Kept extends Wanted {
  /** The name of its files. */
  readonly file: string;
}

/** A credential of earlier runs that is still good; else a new one, which is kept. */
async function credential(authority: KeyPair, folder: string | undefined, wanted: Kept): Promise<KeyPair> {
  const { cert, key } = folder === undefined ? {} : await pairAt(folder, wanted.file);
  if (cert !== undefined && key !== undefined && isGood({ cert, key }, authority, wanted)) return { cert, key };
  const { issueCertificate } = await import("./issue_certificates.ts");
  return keepPair(await issueCertificate(authority, wanted), folder, wanted.file);
}

function isGood(pair: KeyPair, authority: KeyPair, { names = [], addresses = [] }: Kept): boolean {
  try {
    const cert = new X509Certificate(pair.cert);
    const issuer = new X509Certificate(authority.cert);
    return (
      cert.checkIssued(issuer) &&
      cert.verify(issuer.publicKey) &&
      cert.checkPrivateKey(createPrivateKey(pair.key)) &&
      Date.parse(cert.validTo) > Date.now() + goodForMs &&
      names.every((name) => cert.checkHost(name) !== undefined) &&
      addresses.every((address) => cert.checkIP(address) !== undefined)
    );
  } catch {
    return false;
  }
}

async function pairAt(folder: string, file: string): Promise<Partial<KeyPair>> {
  const [cert, key] = await Promise.all([textAt(join(folder, `${file}.crt`)), textAt(join(folder, `${file}.key`))]);
  return present({ cert, key });
}

/** Writes the certificate last: without it there is no pair, and a key that is left over is good for nothing. */
async function keepPair(pair: KeyPair, folder: string | undefined, file: string): Promise<KeyPair> {
  if (folder === undefined) return pair;
  await writeWhole(join(folder, `${file}.key`), pair.key, { mode: secretMode });
  await writeWhole(join(folder, `${file}.crt`), pair.cert);
  return pair;
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new InputError(`Cannot read "${path}": ${messageOf(error)}`, { cause: error });
  }
}
