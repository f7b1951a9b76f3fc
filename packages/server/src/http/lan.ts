// Serving phones on the same network: service workers and OPFS need HTTPS, so a certificate is made for this machine's addresses and kept.
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

interface QrCodeTerminal {
  generate(text: string, options: { readonly small: boolean }, callback: (drawn: string) => void): void;
}

/** IPv4 addresses by which others on the network reach this machine. */
export function lanAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter((each) => each.family === 'IPv4' && !each.internal)
    .map((each) => each.address);
}

/** The certificate kept in the data folder; a new one where the addresses are others or it has run out. */
export async function lanCertificate(
  dataFolder: string,
  addresses: readonly string[],
  now: Date,
): Promise<Certificate> {
  const path = join(dataFolder, 'lan-certificate.json');
  const kept = await readKept(path);
  if (kept !== null && addresses.every((address) => kept.addresses.includes(address)) && isValid(kept, now))
    return kept;
  const names = [
    { type: 2 as const, value: 'localhost' },
    ...['127.0.0.1', ...addresses].map((ip) => ({ type: 7 as const, ip })),
  ];
  const made = await generate([{ name: 'commonName', value: 'Satchel' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: names },
    ],
  });
  const certificate = { addresses: [...addresses], key: made.private, cert: made.cert };
  await mkdir(dataFolder, { recursive: true });
  await writeFile(path, JSON.stringify(certificate), { mode: 0o600 });
  return certificate;
}

/** Draws the address as a QR code, for a phone's camera. */
export function showQrCode(url: string, print: (text: string) => void): void {
  // A package of the old kind, without types or named exports.
  const terminal = createRequire(import.meta.url)('qrcode-terminal') as QrCodeTerminal;
  terminal.generate(url, { small: true }, print);
}

async function readKept(
  path: string,
): Promise<(Certificate & { readonly addresses: readonly string[] }) | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
  return JSON.parse(text) as Certificate & { readonly addresses: readonly string[] };
}

function isValid(certificate: Certificate, now: Date): boolean {
  return new Date(new X509Certificate(certificate.cert).validTo).getTime() > now.getTime();
}
