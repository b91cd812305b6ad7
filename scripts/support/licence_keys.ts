/** A key pair that stands in for the one that Rasa signs licences with. */
export async function makeKeyPair(): Promise<CryptoKeyPair> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const parameters = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  return await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
}

/** A public key in the form that a build takes: SPKI in PEM. */
export async function pemOf(key: CryptoKey): Promise<string> {
  const encoded = new Uint8Array(await crypto.subtle.exportKey("spki", key)).toBase64();
  return `-----BEGIN PUBLIC KEY-----\n${encoded.replace(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;
}
