// An authority of its own and a certificate that it signed for one host, valid for a day. Made by
// the machine's openssl; nothing is kept in the repository that could run out.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDirectory } from "@test/support/temp";

export const canCertify = Bun.which("openssl") !== null;

export interface Certificates extends AsyncDisposable {
  /** The authority's own certificate, as a file. */
  authorityFile: string;
  key: string;
  cert: string;
}

export async function certificatesFor(host: string): Promise<Certificates> {
  const directory = await tempDirectory();
  const at = (name: string) => join(directory.path, name);
  const key = ["-newkey", "rsa:2048", "-nodes", "-days", "1"];
  const config = at("openssl.cnf");
  await Bun.write(
    config,
    "[req]\ndistinguished_name=name\n[name]\n[authority]\nbasicConstraints=critical,CA:TRUE\n" +
      `keyUsage=critical,keyCertSign\n[host]\nsubjectAltName=DNS:${host}\n`,
  );
  await openssl("req", "-x509", "-config", config, "-extensions", "authority", ...key, [
    ...["-subj", "/CN=Test authority", "-keyout", at("ca.key"), "-out", at("ca.pem")],
  ]);
  await openssl("req", "-config", config, ...key.slice(0, 3), [
    ...["-subj", `/CN=${host}`, "-keyout", at("host.key"), "-out", at("host.csr")],
  ]);
  await openssl("x509", "-req", "-in", at("host.csr"), "-days", "1", [
    ...["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"],
    ...["-extfile", config, "-extensions", "host", "-out", at("host.pem")],
  ]);
  return {
    authorityFile: at("ca.pem"),
    key: await readFile(at("host.key"), "utf8"),
    cert: await readFile(at("host.pem"), "utf8"),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

async function openssl(...args: (string | string[])[]): Promise<void> {
  const child = Bun.spawn(["openssl", ...args.flat()], { stdout: "ignore", stderr: "pipe" });
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
}
