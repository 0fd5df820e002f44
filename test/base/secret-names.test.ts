import { expect, test } from "bun:test";
import { isSecretName } from "@/base/secret-names";

test("names of secrets, in every way to write them", () => {
  const names = ["API_KEY", "apiKey", "api-key", "x-api-key", "OPENAI_API_KEY", "client_secret"];
  names.push("password", "DB_PASS", "dbPassword", "GITHUB_TOKEN", "token", "accessToken", "cookie");
  names.push("Authorization", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL", "SIGNING_KEY", "app.secret");
  for (const name of names) expect(isSecretName(name), name).toBe(true);
});

test("names that only sound like it", () => {
  const names = ["key", "keyboard", "tokens", "max_tokens", "maxTokens", "token_count", "PWD"];
  names.push("OLDPWD", "monkey", "author", "tokenizer", "password_length", "secret_name", "pass");
  names.push("total_tokens", "KEY", "sort_key", "HOME", "cookie_name", "token-type");
  for (const name of names) expect(isSecretName(name), name).toBe(false);
});
