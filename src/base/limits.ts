// Limits that more than one folder needs. A limit with one user stands beside that use.

/** How long one closer of a scope may take. */
export const SCOPE_CLOSE_TIMEOUT_MS = 5_000;

/** Between the polite and the final signal to a process tree. */
export const KILL_GRACE_MS = 3_000;

/** What a tool may answer to the model; the rest goes to a file. */
export const TOOL_OUTPUT_MAX_LINES = 2_000;
export const TOOL_OUTPUT_MAX_BYTES = 51_200;

/** The largest request body the server reads: room for a few images as data URLs. */
export const REQUEST_BODY_MAX_BYTES = 64 * 1024 * 1024;

/** The largest answer in tokens asked of a model, whatever it could do. */
export const OUTPUT_TOKENS_MAX = 32_000;

/** How many times a model request is sent in total before its failure counts. */
export const MODEL_ATTEMPTS_MAX = 5;

/** Model steps in one turn when the agent sets none: a bound on runaway loops. */
export const TURN_STEPS_MAX = 1_000;

/** How deep agents may start agents. */
export const SUBAGENT_DEPTH_MAX = 1;
