// Must come before the other: that one throws without it.
import "npm:reflect-metadata@0.2.2";
import * as x509 from "npm:@peculiar/x509@2.2.0";

const DAY_MS = 24 * 60 * 60 * 1000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A server's certificate and its private key, both in PEM. */
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

/** An authority that nobody trusts unless told to. */
export class Authority {
  readonly #keys: CryptoKeyPair;
  readonly #certificate: x509.X509Certificate;

  private constructor(keys: CryptoKeyPair, certificate: x509.X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  /** Makes an authority with keys of its own. */
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

  /** Its certificate, in the form that a file of authorities holds. */
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

/** A certificate for a server that no authority has signed. */
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
