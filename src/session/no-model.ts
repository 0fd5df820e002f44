// The one text for "there is no model": what a person can do about it, in three lines.
import { AppError } from "@/base/error";

/** AppError unavailable, named NoModelError. */
export function noModel(): AppError {
  return new AppError("unavailable", "NoModelError", NO_MODEL);
}

const NO_MODEL = `No model is connected. Do one of these, then try again:
  set a provider's key (such as ANTHROPIC_API_KEY or OPENAI_API_KEY), or run "opencode auth login";
  start a local model server (Ollama, LM Studio, llama.cpp or vLLM), or name one in opencode.json.`;
