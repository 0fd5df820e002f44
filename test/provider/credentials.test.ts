import { expect, test } from "bun:test";
import {
  envOptions,
  expandVariables,
  findCredential,
  missingVariables,
} from "@/provider/credentials";

test("one variable is the key", () => {
  expect(findCredential(["X_API_KEY"], { X_API_KEY: "k" })).toEqual({ key: "k", isShared: false });
});

test("variables that are not set or empty connect nothing", () => {
  expect(findCredential(["X_API_KEY"], {})).toBeUndefined();
  expect(findCredential(["X_API_KEY"], { X_API_KEY: " " })).toBeUndefined();
  expect(findCredential([], { X_API_KEY: "k" })).toBeUndefined();
});

test("of several names for the same key the first that is set counts", () => {
  const names = ["GOOGLE_API_KEY", "GEMINI_API_KEY"];
  expect(findCredential(names, { GEMINI_API_KEY: "g" })).toEqual({ key: "g", isShared: false });
});

test("a place is no credential", () => {
  const names = ["AZURE_RESOURCE_NAME", "AZURE_API_KEY"];
  expect(findCredential(names, { AZURE_RESOURCE_NAME: "r" })).toBeUndefined();
  const env = { AZURE_RESOURCE_NAME: "r", AZURE_API_KEY: "k" };
  expect(findCredential(names, env)).toEqual({ key: "k", isShared: false });
  expect(envOptions(names, env)).toEqual({ resourceName: "r" });
});

test("what serves other purposes too connects, and is marked", () => {
  expect(findCredential(["GITHUB_TOKEN"], { GITHUB_TOKEN: "t" })).toEqual({
    key: "t",
    isShared: true,
  });
  const aws = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "AWS_BEARER_TOKEN_BEDROCK",
  ];
  expect(findCredential(aws, { AWS_REGION: "eu" })).toBeUndefined();
  const pair = { AWS_ACCESS_KEY_ID: "i", AWS_SECRET_ACCESS_KEY: "s" };
  expect(findCredential(aws, pair)).toEqual({ isShared: true });
  expect(findCredential(aws, { ...pair, AWS_BEARER_TOKEN_BEDROCK: "b" })).toEqual({
    key: "b",
    isShared: false,
  });
});

test("addresses take their variables, and say which are missing", () => {
  const address = expandVariables("https://${HOST}/${PART}/v1", { HOST: "h.example" });
  expect(address).toBe("https://h.example/${PART}/v1");
  expect(missingVariables(address)).toEqual(["PART"]);
});
