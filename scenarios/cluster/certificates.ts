import { createPrivateKey, KeyObject, randomBytes, webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SigningKeys } from "../../actors/signing/signing_device.ts";
import { InputError, messageOf } from "./input_error.ts";
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

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
const validMs = 3650 * dayMs;
/** Clocks of clients may be slow. */
const backdatedMs = dayMs;

type X509 = typeof import("@peculiar/x509");
type Keys = webcrypto.CryptoKeyPair;

interface Authority {
  readonly cert: string;
  readonly key: webcrypto.CryptoKey;
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
  const x509 = await loadX509();
  const [authority, frontAuthority] = await Promise.all(
    [authorityOfCluster, authorityOfFrontProxy].map((named) =>
      folder === undefined ? newAuthority(x509, named) : keptAuthority(x509, named, folder),
    ) as [Promise<Authority>, Promise<Authority>],
  );
  const { ExtendedKeyUsage } = x509;
  const [serving, admin, front] = await Promise.all([
    signed(x509, authority, {
      subject: [{ CN: ["kube-apiserver"] }],
      usage: ExtendedKeyUsage.serverAuth,
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          ...servingNames.map((value) => ({ type: "dns" as const, value })),
          ...[...servingAddresses, ...serviceIps].map((value) => ({ type: "ip" as const, value })),
        ]),
      ],
    }),
    signed(x509, authority, {
      subject: [...adminGroups.map((group) => ({ O: [group] })), { CN: ["kubernetes-admin"] }],
      usage: ExtendedKeyUsage.clientAuth,
      extensions: [],
    }),
    signed(x509, frontAuthority, {
      subject: [{ CN: [frontProxyName] }],
      usage: ExtendedKeyUsage.clientAuth,
      extensions: [],
    }),
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
  const x509 = await loadX509();
  const authority = await keptAuthority(x509, authorityOfEtcd, folder);
  const { ExtendedKeyUsage } = x509;
  const names = servingAddresses.map((value) => ({ type: "ip" as const, value }));
  const [serving, client] = await Promise.all([
    signed(x509, authority, {
      subject: [{ CN: ["kube-etcd"] }],
      usage: ExtendedKeyUsage.serverAuth,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }, ...names])],
    }),
    signed(x509, authority, {
      subject: [{ CN: ["kube-apiserver-etcd-client"] }],
      usage: ExtendedKeyUsage.clientAuth,
      extensions: [],
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

/**
 * Loaded only when certificates are wanted: it takes longer than making them. The library's container of classes
 * refuses to load without metadata reflection, where it looks for what its classes have not got.
 */
async function loadX509(): Promise<X509> {
  if (!("getMetadata" in Reflect)) {
    const nothing = () => undefined;
    Object.assign(Reflect, { getMetadata: nothing, getOwnMetadata: nothing, defineMetadata: nothing });
  }
  return await import("@peculiar/x509");
}

async function newAuthority(x509: X509, { name }: Named): Promise<Authority> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: cert.toString("pem"), key: keys.privateKey };
}

/** The authority of earlier runs; a new one, which is kept, when there is none. */
async function keptAuthority(x509: X509, named: Named, folder: string): Promise<Authority> {
  const [certPath, keyPath] = [join(folder, `${named.file}.crt`), join(folder, `${named.file}.key`)];
  const [cert, key] = await Promise.all([textAt(certPath), textAt(keyPath)]);
  if (cert === undefined) {
    const authority = await newAuthority(x509, named);
    // The certificate last: without it there is no authority, and a key that is left over signs for nobody.
    await writeWhole(keyPath, pemOf(authority.key), { mode: secretMode });
    await writeWhole(certPath, authority.cert);
    return authority;
  }
  try {
    return { cert: new x509.X509Certificate(cert).toString("pem"), key: await keyFrom(key ?? "") };
  } catch (error) {
    throw new InputError(
      `Cannot use the certificate authority in "${folder}": ${messageOf(error)}, restore ${named.file}.crt and ${named.file}.key or remove both`,
      { cause: error },
    );
  }
}

async function signed(
  x509: X509,
  authority: Authority,
  { subject, usage, extensions }: { subject: Record<string, string[]>[]; usage: string; extensions: object[] },
): Promise<KeyPair> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(authority.cert);
  const cert = await x509.X509CertificateGenerator.create({
    ...validity(),
    serialNumber: serialNumber(),
    subject,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(extensions as InstanceType<X509["Extension"]>[]),
    ],
  });
  return { cert: cert.toString("pem"), key: pemOf(keys.privateKey) };
}

function newKeys(): Promise<Keys> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function pemOf(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}

function keyFrom(pem: string): Promise<webcrypto.CryptoKey> {
  const data = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", data, algorithm, true, ["sign"]);
}

function validity() {
  const now = Date.now();
  return { notBefore: new Date(now - backdatedMs), notAfter: new Date(now + validMs) };
}

/** Positive whatever follows: some clients refuse any other. */
function serialNumber(): string {
  return `01${randomBytes(15).toString("hex")}`;
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new InputError(`Cannot read "${path}": ${messageOf(error)}`, { cause: error });
  }
}
