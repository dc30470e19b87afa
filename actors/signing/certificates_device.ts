import { createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import type {
  ReadRequestAnswer,
  RequestedIdentity,
  SigningFailure,
  SigningRequest,
  SignRequestAnswer,
} from "./messages.ts";

type X509 = typeof import("@peculiar/x509");
type CertificateQuestion = Extract<SigningRequest, { op: "readRequest" | "signRequest" }>;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Reads requests for certificates, and signs them by an authority. */
export async function answerOf(
  authority: { readonly cert: string; readonly key: string },
  question: CertificateQuestion,
): Promise<ReadRequestAnswer | SignRequestAnswer> {
  try {
    const x509 = await loadX509();
    const pem = Buffer.from(question.request, "base64").toString("latin1");
    const request = new x509.Pkcs10CertificateRequest(pem);
    if (!(await request.verify())) return failure("the request is not signed by its own key");
    if (question.op === "readRequest") return { ok: true, identity: identityOf(x509, request) };
    return { ok: true, certificate: await sign(x509, { authority, request, question }) };
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
}

function failure(message: string): SigningFailure {
  return { ok: false, message };
}

type Request = InstanceType<X509["Pkcs10CertificateRequest"]>;

function namesOf(x509: X509, request: Request) {
  return request.extensions.find(
    (each): each is InstanceType<X509["SubjectAlternativeNameExtension"]> =>
      each instanceof x509.SubjectAlternativeNameExtension,
  );
}

function identityOf(x509: X509, request: Request): RequestedIdentity {
  const [commonName = ""] = request.subjectName.getField("CN");
  const names = namesOf(x509, request)?.names.items ?? [];
  const ofType = (type: string) => names.filter((each) => each.type === type).map(({ value }) => value);
  return {
    commonName,
    organizations: request.subjectName.getField("O"),
    dnsNames: ofType("dns"),
    ips: ofType("ip"),
    emails: ofType("email"),
    uris: ofType("url"),
  };
}

interface Signing {
  readonly authority: { readonly cert: string; readonly key: string };
  readonly request: Request;
  readonly question: Extract<CertificateQuestion, { op: "signRequest" }>;
}

async function sign(x509: X509, { authority, request, question }: Signing): Promise<string> {
  const { usages, notBeforeMs, notAfterMs } = question;
  const issuer = new x509.X509Certificate(authority.cert);
  const names = namesOf(x509, request);
  const flags = keyUsages(x509, usages);
  const certificate = await x509.X509CertificateGenerator.create({
    // Positive whatever follows: some clients refuse any other.
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    subject: request.subject,
    issuer: issuer.subject,
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    publicKey: request.publicKey,
    signingKey: await keyFrom(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      // One that allows nothing would make the certificate useless.
      ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
      new x509.ExtendedKeyUsageExtension(extendedUsages(x509, usages)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(names ? [names] : []),
    ],
  });
  return Buffer.from(`${certificate.toString("pem")}\n`).toString("base64");
}

function keyUsages({ KeyUsageFlags }: X509, usages: readonly string[]): number {
  const flags: Readonly<Record<string, number>> = {
    "digital signature": KeyUsageFlags.digitalSignature,
    "key encipherment": KeyUsageFlags.keyEncipherment,
  };
  return usages.reduce((all, each) => all | (flags[each] ?? 0), 0);
}

function extendedUsages({ ExtendedKeyUsage }: X509, usages: readonly string[]): string[] {
  const known: Readonly<Record<string, string>> = {
    "client auth": ExtendedKeyUsage.clientAuth,
    "server auth": ExtendedKeyUsage.serverAuth,
  };
  return usages.flatMap((each) => known[each] ?? []);
}

function keyFrom(pem: string): Promise<webcrypto.CryptoKey> {
  const data = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", data, algorithm, false, ["sign"]);
}

/** The library's container of classes refuses to load without metadata reflection, which its classes have not got. */
async function loadX509(): Promise<X509> {
  if (!("getMetadata" in Reflect)) {
    const nothing = () => undefined;
    Object.assign(Reflect, { getMetadata: nothing, getOwnMetadata: nothing, defineMetadata: nothing });
  }
  return await import("@peculiar/x509");
}
