// A process of its own that needs a fresh token at once, five times over: prints what it got.
import { homedir } from "node:os";
import { systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { ConfigService } from "@/config/config-service";
import { AuthStore } from "@/provider/auth-store";
import { Providers } from "@/provider/providers";
import { trustAll } from "@test/support/trust";
import { CATALOG } from "./support";

const directory = process.argv[2] ?? "";
const paths = resolvePaths({}, process.env["HOME"] ?? homedir());
const log = Logger.silent();
const shared = { env: {}, paths, clock: systemClock, log };
const trust = trustAll(paths);
const config = new ConfigService({ ...shared, directory, worktree: directory, trust });
const auth = new AuthStore({ ...shared, path: paths.authFile });
const providers = new Providers({ ...shared, catalog: CATALOG, config, auth, localServers: [] });
const used = await Promise.all(Array.from({ length: 5 }, () => providers.model("acme", "acme-1")));
process.stdout.write(used.map(({ provider }) => provider.key).join(" "));
