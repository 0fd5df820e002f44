// The agents that are always there, and the rules that every agent begins with. A table: what
// configuration makes of it is agent-definition.ts.
import { join } from "node:path";
import type { Paths } from "@/base/paths";
import { rulesFromConfig } from "@/permission/rules";
import type { Agent } from "@/schema/agent";
import type { PermissionConfig } from "@/schema/config";
import type { PermissionRule } from "@/schema/permission";
import { prompts } from "./prompts";

export interface BuiltinAgent {
  name: string;
  description?: string;
  mode: Agent["mode"];
  hidden?: boolean;
  temperature?: number;
  prompt?: string;
  /** On top of the default rules, under what the user sets for all agents. */
  rules: PermissionRule[];
  /**
   * What makes the agent what it is, repeated over what the user sets for all agents, so that a
   * general "edit: allow" does not let the plan agent edit. The user's rules for this very agent
   * come later still.
   */
  fence: PermissionRule[];
}

/** What outside the project may be read without asking. */
export interface OutsideAccess {
  paths: Paths;
  /** Absolute directories of skills outside the project. */
  skillDirectories: readonly string[];
  /** Absolute directories of references; to change something there is asked for. */
  referenceDirectories: readonly string[];
}

/** The rules that every agent begins with: everything allowed but what reaches out or asks. */
export function defaultRules(access: OutsideAccess): PermissionRule[] {
  return rules(access.paths, {
    "*": "allow",
    doom_loop: "ask",
    hook: "ask",
    external_directory: externalDirectories(access),
    question: "deny",
    plan_enter: "deny",
    plan_exit: "deny",
    read: READ,
    edit: withAction(access.referenceDirectories, "ask"),
  });
}

export function builtinAgents(access: OutsideAccess): BuiltinAgent[] {
  const { paths } = access;
  const nothing = rules(paths, { "*": "deny" });
  const hidden = { mode: "primary" as const, hidden: true, rules: nothing, fence: nothing };
  const planFiles = {
    "*": "deny",
    ".opencode/plans/*.md": "allow",
    [join(paths.data, "plans", "*.md")]: "allow",
  } as const;
  return [
    {
      name: "build",
      description: "The default agent: reads, edits and runs whatever the permissions allow.",
      mode: "primary",
      rules: rules(paths, { question: "allow", plan_enter: "allow" }),
      fence: [],
    },
    {
      name: "plan",
      description: "Looks and plans; changes no files.",
      mode: "primary",
      rules: rules(paths, {
        question: "allow",
        plan_exit: "allow",
        edit: planFiles,
        external_directory: { [join(paths.data, "plans", "*")]: "allow" },
        task: { general: "deny" },
      }),
      fence: rules(paths, { edit: planFiles, task: { general: "deny" } }),
    },
    {
      name: "general",
      description:
        "Carries out a self-contained task of several steps, changes included. " +
        "Start several at once for tasks that do not depend on each other.",
      mode: "subagent",
      rules: rules(paths, { todowrite: "deny" }),
      fence: [],
    },
    {
      name: "explore",
      description:
        "Searches and reads the code base to answer a question about it; changes nothing. " +
        'Say how thorough to be: "quick", "medium" or "very thorough".',
      mode: "subagent",
      prompt: prompts.explore,
      rules: rules(paths, {
        "*": "deny",
        doom_loop: "ask",
        external_directory: externalDirectories(access),
        grep: "allow",
        glob: "allow",
        list: "allow",
        bash: "allow",
        webfetch: "allow",
        websearch: "allow",
        read: READ,
      }),
      fence: rules(paths, { edit: "deny", task: "deny" }),
    },
    { name: "title", ...hidden, temperature: 0.5, prompt: prompts.title },
    { name: "summary", ...hidden, prompt: prompts.summary },
    { name: "compaction", ...hidden, prompt: prompts.compaction },
  ];
}

/** Files that usually hold secrets are asked for. */
const READ = { "*": "allow", "*.env": "ask", "*.env.*": "ask", "*.env.example": "allow" } as const;

function externalDirectories(access: OutsideAccess): Record<string, "ask" | "allow"> {
  const { paths, skillDirectories, referenceDirectories } = access;
  // A name with a wildcard in it would allow more than the directory.
  const allowed = [paths.toolOutput, ...skillDirectories, ...referenceDirectories].filter(
    (directory) => !/[*?]/.test(directory),
  );
  return { "*": "ask", ...withAction(allowed, "allow") };
}

function withAction<A extends "ask" | "allow">(
  directories: readonly string[],
  action: A,
): Record<string, A> {
  return Object.fromEntries(directories.map((directory) => [join(directory, "*"), action]));
}

function rules(paths: Paths, config: PermissionConfig): PermissionRule[] {
  return rulesFromConfig(config, paths.home);
}
