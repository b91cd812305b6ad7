// The other one throws unless this is loaded first.
import "npm:reflect-metadata@0.2.2";
import * as x509 from "npm:@peculiar/x509@2.2.0";
import { closeQuietly, join } from "./faulty_server.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A certificate and its private key, both in PEM: what a server shows. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** How a certificate differs from a good one, which is for `localhost` and valid from yesterday until tomorrow. */
export interface Oddity {
  readonly name?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** An authority that nobody trusts who isn't told to. */
export class Authority {
  readonly #keys: CryptoKeyPair;
  readonly #certificate: x509.X509Certificate;

  private constructor(keys: CryptoKeyPair, certificate: x509.X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  /** Makes one. */
  static async create(): Promise<Authority> {
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=Authority of a test",
      keys,
      ...lifetime({}),
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new Authority(keys, certificate);
  }

  /** Its certificate, as a file of authorities has it. */
  get pem(): string {
    return `${this.#certificate.toString("pem")}\n`;
  }

  /** Issues a certificate for a server. */
  async issue(oddity: Oddity = {}): Promise<Identity> {
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: "CN=Server of a test",
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      ...lifetime(oddity),
      signingAlgorithm: ALGORITHM,
      extensions: [alternativeName(oddity)],
    });
    return await identityOf(certificate, keys);
  }
}

/** A certificate for a server that no authority stands for. */
export async function issueAlone(): Promise<Identity> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Server of a test",
    keys,
    ...lifetime({}),
    signingAlgorithm: ALGORITHM,
    extensions: [alternativeName({})],
  });
  return await identityOf(certificate, keys);
}

/** A server on the loopback interface that takes TLS off what comes and passes it on to another port there. */
export class TlsFront {
  /** How many connections got through the handshake, and how many didn't. */
  readonly handshakes = { done: 0, failed: 0 };
  readonly #listener: Deno.TlsListener;
  readonly #target: number;
  readonly #open = new Set<{ close(): void }>();
  readonly #running: Promise<void>;

  /** Port 0 takes any that is free. */
  constructor(identity: Identity, target: number, port = 0) {
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port, ...identity });
    this.#target = target;
    this.#running = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends with every connection closed. */
  async close(): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) closeQuietly(connection);
    await this.#running;
  }

  async #accept(): Promise<void> {
    const passing: Promise<void>[] = [];
    for await (const connection of this.#listener) passing.push(this.#pass(connection));
    await Promise.all(passing);
  }

  async #pass(connection: Deno.TlsConn): Promise<void> {
    this.#open.add(connection);
    try {
      await connection.handshake();
      this.handshakes.done++;
    } catch {
      // Whatever the other side found wrong with the certificate.
      this.handshakes.failed++;
      return closeQuietly(connection);
    }
    const target = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    this.#open.add(target);
    await join(connection, target);
  }
}

async function makeKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
}

function lifetime({ notBefore, notAfter }: Oddity): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: notBefore ?? new Date(Date.now() - DAY_MS),
    notAfter: notAfter ?? new Date(Date.now() + DAY_MS),
  };
}

function alternativeName({ name = "localhost" }: Oddity): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }]);
}

async function identityOf(certificate: x509.X509Certificate, keys: CryptoKeyPair): Promise<Identity> {
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: certificate.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
}
