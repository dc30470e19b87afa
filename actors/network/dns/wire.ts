import * as packet from "dns-packet";
import type { DnsQuestion, DnsRecord, DnsReply, Rcode } from "../../dns/messages.ts";

/** The types of records that have a meaning here; others are not answered, and not handed on. */
export const knownTypes = ["A", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "AAAA", "SRV"] as const;

/** A query as it came in. */
export interface WireQuery {
  readonly id: number;
  readonly question: DnsQuestion;
  /** The question section byte by byte: a reply repeats it exactly, whatever the name is made of. */
  readonly section: Buffer;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  /** Set when the client speaks EDNS: how large a datagram it takes, and whether it wants DNSSEC's records. */
  readonly edns: { readonly udpSize: number; readonly dnssecOk: boolean } | undefined;
}

/**
 * What came of reading a packet.
 *
 * - `query`: answer it
 * - `refused`: send these bytes back, and nothing else
 * - `dropped`: say nothing: it is no query, and an answer could go round for ever
 */
export type Parsed =
  | { readonly kind: "query"; readonly query: WireQuery }
  | { readonly kind: "refused"; readonly bytes: Buffer }
  | { readonly kind: "dropped" };

const headerBytes = 12;
/** What a datagram may hold when the client does not say (RFC 1035). */
const datagramBytesMin = 512;
/** The most that is sent in one datagram, whatever the client takes: larger ones are cut up on their way, and lost. */
const datagramBytesMax = 4_096;
const messageBytesMax = 65_535;
/** A reply's owner names mostly are the question's, which stands right behind the header (RFC 1035, 4.1.4). */
const pointerToQuestion = Buffer.from([0xc0, headerBytes]);
const typeOpt = 41;
const typeNumbers: Readonly<Record<(typeof knownTypes)[number], number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
};
const typeNames = new Map(Object.entries(typeNumbers).map(([name, number]) => [number, name]));

const flags = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  checkingDisabled: 0x0010,
} as const;

const rcodes: Readonly<Record<Rcode, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
};

const rcodeNames = new Map(Object.entries(rcodes).map(([name, code]) => [code, name as Rcode]));
const classNames = new Map([
  [1, "IN"],
  [3, "CH"],
  [4, "HS"],
  [255, "ANY"],
]);

/** Reads a packet from the outside; whatever the bytes are, this does not throw. */
export function parseQuery(bytes: Buffer): Parsed {
  if (bytes.length < headerBytes) return { kind: "dropped" };
  const word = bytes.readUInt16BE(2);
  if ((word & flags.response) !== 0) return { kind: "dropped" };
  if (((word >> 11) & 15) !== 0) return refused(bytes, "NOTIMP");
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  // A query has one question, and little else: what has more is not read at all, so that reading stays cheap.
  if (questions !== 1 || answers !== 0 || (authorities ?? 0) > 1 || (additionals ?? 0) > 2) {
    return refused(bytes, "FORMERR");
  }
  const read = readQuestion(bytes);
  const options = read && readOptions(bytes);
  if (!read || !options) return refused(bytes, "FORMERR");
  const { edns, version } = options;
  const query: WireQuery = {
    id: bytes.readUInt16BE(0),
    question: read.question,
    section: bytes.subarray(headerBytes, read.end),
    recursionDesired: (word & flags.recursionDesired) !== 0,
    checkingDisabled: (word & flags.checkingDisabled) !== 0,
    edns,
  };
  if (version !== 0) {
    const reply: DnsReply = {
      rcode: "BADVERS",
      authoritative: false,
      answers: [],
      authorities: [],
      additionals: [],
    };
    return { kind: "refused", bytes: encodeReply(query, reply, "udp") };
  }
  return { kind: "query", query };
}

function refused(bytes: Buffer, rcode: Rcode): Parsed {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(bytes.readUInt16BE(0), 0);
  const kept = bytes.readUInt16BE(2) & (0x7800 | flags.recursionDesired);
  header.writeUInt16BE(flags.response | kept | rcodes[rcode], 2);
  return { kind: "refused", bytes: header };
}

/** The one question; its name stands there in full, or the packet is malformed. */
function readQuestion(bytes: Buffer): { readonly question: DnsQuestion; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = headerBytes;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63 || at + 1 + length > bytes.length) return undefined;
    at++;
    if (length === 0) break;
    labels.push(presented(bytes.subarray(at, at + length)));
    at += length;
    if (at - headerBytes > 254) return undefined;
  }
  if (at + 4 > bytes.length) return undefined;
  const [type, code] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
  const question = {
    name: labels.join("."),
    type: typeNames.get(type) ?? `TYPE${type}`,
    class: classNames.get(code) ?? `CLASS${code}`,
  };
  return { question, end: at + 4 };
}

/** A label as text: what could be mistaken for something else is written as RFC 1035 says, `\046` for a dot. */
function presented(label: Buffer): string {
  const text = label.toString("latin1");
  if (/^[\w*-]*$/.test(text)) return text;
  return text.replace(/[^\w*-]/g, (each) => `\\${String(each.charCodeAt(0)).padStart(3, "0")}`);
}

/** The EDNS part; undefined when the packet cannot be read to its end. */
function readOptions(bytes: Buffer): { readonly edns: WireQuery["edns"]; readonly version: number } | undefined {
  if (bytes.readUInt16BE(10) === 0 && bytes.readUInt16BE(8) === 0) return { edns: undefined, version: 0 };
  try {
    const { additionals = [] } = packet.decode(bytes);
    const found = additionals.filter((each): each is packet.OptAnswer => each.type === "OPT");
    const [options] = found;
    if (found.length > 1) return undefined;
    if (!options) return { edns: undefined, version: 0 };
    const {
      udpPayloadSize,
      flag_do: dnssecOk,
      ednsVersion,
    } = options as packet.OptAnswer & {
      readonly flag_do?: boolean;
    };
    return { edns: { udpSize: udpPayloadSize, dnssecOk: dnssecOk === true }, version: ednsVersion };
  } catch {
    return undefined;
  }
}

/** How a reply travels: a datagram is bounded, a stream is not. */
export type Transport = "udp" | "tcp";

/**
 * The bytes of a reply. What does not fit a datagram is left out, answers last, and then the reply says that it was
 * cut (TC); additional records alone may be missing without a word (RFC 2181, 9).
 */
export function encodeReply(query: WireQuery, reply: DnsReply, transport: Transport): Buffer {
  const { id, section, edns, recursionDesired, checkingDisabled } = query;
  const optionBytes = edns ? encodeOptions(edns, rcodes[reply.rcode] >> 4) : undefined;
  const bytesMax = transport === "tcp" ? messageBytesMax : datagramSize(edns?.udpSize ?? 0);
  let room = bytesMax - headerBytes - section.length - (optionBytes?.length ?? 0);
  const parts: Buffer[] = [];
  const add = (records: readonly DnsRecord[]) => {
    let count = 0;
    for (const record of records) {
      const bytes = encodeRecord(record, query.question.name);
      if (bytes.length > room) {
        room = 0;
        break;
      }
      room -= bytes.length;
      parts.push(bytes);
      count++;
    }
    return count;
  };
  const answers = add(reply.answers);
  const authorities = add(reply.authorities);
  const additionals = add(reply.additionals);
  const isCut = answers < reply.answers.length || authorities < reply.authorities.length;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(
    flags.response |
      (reply.authoritative ? flags.authoritative : 0) |
      (isCut ? flags.truncated : 0) |
      (recursionDesired ? flags.recursionDesired : 0) |
      (checkingDisabled ? flags.checkingDisabled : 0) |
      (rcodes[reply.rcode] & 15),
    2,
  );
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers, 6);
  header.writeUInt16BE(authorities, 8);
  header.writeUInt16BE(additionals + (optionBytes ? 1 : 0), 10);
  return Buffer.concat([header, section, ...parts, ...(optionBytes ? [optionBytes] : [])]);
}

function datagramSize(asked: number): number {
  return Math.min(Math.max(asked, datagramBytesMin), datagramBytesMax);
}

function encodeOptions({ dnssecOk }: NonNullable<WireQuery["edns"]>, rcodeHigh: number): Buffer {
  const bytes = Buffer.alloc(11);
  bytes.writeUInt16BE(typeOpt, 1);
  bytes.writeUInt16BE(datagramBytesMax, 3);
  bytes[5] = rcodeHigh;
  bytes.writeUInt16BE(dnssecOk ? 0x8000 : 0, 7);
  return bytes;
}

function encodeRecord(record: DnsRecord, questionName: string): Buffer {
  // The library turns the texts of a TXT record into bytes where they are: it gets a list of its own.
  const data = record.type === "TXT" ? [...record.data] : record.data;
  const whole = packet.encode({ type: "response", answers: [{ ...record, data, class: "IN" } as packet.Answer] });
  if (record.name !== questionName) return whole.subarray(headerBytes);
  const nameBytes = record.name === "" ? 1 : record.name.length + 2;
  return Buffer.concat([pointerToQuestion, whole.subarray(headerBytes + nameBytes)]);
}

/** A query to another server. */
export function encodeQuery(id: number, { name, type }: DnsQuestion): Buffer {
  return packet.encode({
    type: "query",
    id,
    flags: packet.RECURSION_DESIRED,
    questions: [{ name, type: type as packet.RecordType, class: "IN" }],
  });
}

/** Another server's reply. */
export interface UpstreamReply {
  readonly id: number;
  readonly isCut: boolean;
  readonly reply: DnsReply;
}

/** Reads another server's reply; undefined when it is none, or is about something else. */
export function decodeReply(bytes: Buffer, { name, type }: DnsQuestion): UpstreamReply | undefined {
  try {
    const { id = 0, flags: word = 0, questions = [], answers = [], authorities = [], ...rest } = packet.decode(bytes);
    const [asked] = questions;
    if (!rest.flag_qr || asked?.type !== type || asked.name.toLowerCase() !== name.toLowerCase()) return undefined;
    const reply: DnsReply = {
      rcode: rcodeNames.get(word & 15) ?? "SERVFAIL",
      authoritative: false,
      answers: answers.flatMap(recordOf),
      authorities: authorities.flatMap(recordOf),
      additionals: [],
    };
    return { id, isCut: rest.flag_tc, reply };
  } catch {
    return undefined;
  }
}

function recordOf(answer: packet.Answer): readonly DnsRecord[] {
  if (!(answer.type in typeNumbers)) return [];
  const { name, type, ttl = 0, data } = answer as packet.StringAnswer;
  if ((type as string) !== "TXT") return [{ name, type, ttl, data } as DnsRecord];
  const texts = [data].flat().map((text: string | Buffer) => text.toString());
  return [{ name, type: "TXT", ttl, data: texts }];
}
