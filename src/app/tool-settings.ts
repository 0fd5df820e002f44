// Tool settings: what the configuration decides of the machine that tools work on.
import { TOOL_OUTPUT_MAX_BYTES, TOOL_OUTPUT_MAX_LINES } from "@/base/limits";
import type { TextLimit } from "@/base/text";
import type { ConfigService } from "@/config/config-service";
import { findShell } from "@/host/find-shell";
import type { ToolHost } from "@/tool/tool";
import type { AppServices } from "./services";

export class ToolSettings {
  readonly #services: AppServices;
  readonly #config: ConfigService;

  constructor(services: AppServices, config: ConfigService) {
    this.#services = services;
    this.#config = config;
  }

  async get(): Promise<{ host: ToolHost; limits: TextLimit }> {
    const { clock, env, locks, log, paths, ripgrep, scope, shellParser } = this.#services;
    const { config } = await this.#config.get();
    const shell = findShell(env, config.shell);
    return {
      host: {
        ripgrep,
        shellParser,
        paths,
        shell,
        env,
        clock,
        locks,
        log: log.child("tool"),
        scope,
      },
      limits: {
        maxLines: config.tool_output?.max_lines ?? TOOL_OUTPUT_MAX_LINES,
        maxBytes: config.tool_output?.max_bytes ?? TOOL_OUTPUT_MAX_BYTES,
      },
    };
  }
}
