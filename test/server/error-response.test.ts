// Bad requests of every kind to every operation: each answer is one that the document declares.
import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { RECIPES } from "@test/support/api-world";
import { Contract, fillPath, type Operation } from "@test/support/contract";
import { writeTree } from "@test/support/temp";
import { type TestApp, testApp } from "@test/support/test-app";

const IDS: Readonly<Record<string, string>> = {
  sessionID: "ses_unknown",
  messageID: "msg_unknown",
  partID: "prt_unknown",
  permissionID: "per_unknown",
  projectID: "unknown",
  providerID: "unknown",
  shareID: "unknown",
  jobID: "unknown",
  ptyID: "pty_unknown",
  name: "unknown",
};

function idsOf(operation: Operation): Record<string, string> {
  const requestID = operation.id.startsWith("question.") ? "que_unknown" : "per_unknown";
  return { ...IDS, requestID };
}

async function expectError(
  t: TestApp,
  contract: Contract,
  operation: Operation,
  expected: { status: number; query?: string; params?: Record<string, string>; text?: string },
) {
  const path = fillPath(operation.path, { ...idsOf(operation), ...expected.params });
  const response = await fetch(new URL(`${path}?${expected.query ?? ""}`, t.server.url), {
    method: operation.method.toUpperCase(),
    ...(expected.text !== undefined && { body: expected.text }),
  });
  const { status, headers } = response;
  const body: unknown = await response.json();
  expect(status, `${operation.id} ${JSON.stringify(expected)}`).toBe(expected.status);
  contract.check(operation.id, { status, headers, body });
  const message = expect.stringMatching(/\S/);
  expect(body).toEqual({ name: expect.any(String), data: expect.objectContaining({ message }) });
  return body as { name: string; data: { message: string; path?: string } };
}

test("a body that is not JSON is refused, saying where", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const withBody = contract.operations.filter(({ hasBody }) => hasBody);
  expect(withBody.length).toBeGreaterThan(10);
  for (const operation of withBody) {
    const text = '{\n  "parts": [,]\n}';
    const { data } = await expectError(t, contract, operation, { status: 400, text });
    expect(data.message).toContain("line 2, column 13");
  }
});

test("a body of another type is refused, and a required one that is missing", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  for (const operation of contract.operations.filter(({ hasBody }) => hasBody)) {
    if (operation.id === "tui.control.response") continue; // any JSON will do
    await expectError(t, contract, operation, { status: 400, text: '"text"' });
    if (!operation.isBodyRequired) continue;
    await expectError(t, contract, operation, { status: 400, text: "" });
    await expectError(t, contract, operation, { status: 400, text: "{}" });
  }
});

test("an id with another prefix is refused, an unknown one not found", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  for (const operation of contract.operations) {
    for (const { name, in: place, schema } of operation.parameters) {
      if (place !== "path" || schema["pattern"] === undefined) continue;
      const expected = { status: 400, params: { [name]: "xyz_1" } };
      const { data } = await expectError(t, contract, operation, expected);
      expect(data.path).toBe(name);
    }
    const isOfSession = operation.path.startsWith("/session/{sessionID}");
    if (!isOfSession || operation.hasBody) continue;
    await expectError(t, contract, operation, { status: 404 });
  }
});

test("a faulty or missing query value is refused with its name", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  for (const operation of contract.operations) {
    for (const { name, in: place, schema, required } of operation.parameters) {
      if (place !== "query" || name === "directory") continue;
      if (required) {
        const { data } = await expectError(t, contract, operation, { status: 400 });
        expect(data.path).toBeString();
      }
      if (schema["type"] === "string" && schema["enum"] === undefined) continue;
      for (const text of ["", "nope", "1.5.2"]) {
        const others = operation.parameters
          .filter((other) => other.required && other.in === "query" && other.name !== name)
          .map((other) => `${other.name}=${firstOf(other.schema["enum"]) ?? "x"}`);
        const query = [...others, `${name}=${text}`].join("&");
        const { data } = await expectError(t, contract, operation, { status: 400, query });
        expect(data.path, operation.id).toBe(name);
      }
    }
  }
});

function firstOf(values: unknown): unknown {
  return Array.isArray(values) ? values[0] : undefined;
}

test("a directory that is not there is named", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const query = "directory=/does/not/exist&pattern=x&query=x&path=x&provider=x&model=x&mode=git";
  for (const operation of contract.operations) {
    const hasDirectory = operation.parameters.some(({ name }) => name === "directory");
    if (!hasDirectory || operation.path.includes("{sessionID}")) continue;
    const recipe = RECIPES[operation.id];
    const body = typeof recipe === "object" ? recipe.body : undefined;
    if (operation.hasBody && body === undefined) continue;
    const text = body === undefined ? {} : { text: JSON.stringify(body) };
    const { data } = await expectError(t, contract, operation, { status: 404, query, ...text });
    expect(data.message).toContain("/does/not/exist");
  }
});

test("a body beyond the limit is refused without being read", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  for (const operation of contract.operations.filter(({ hasBody }) => hasBody)) {
    const path = fillPath(operation.path, idsOf(operation));
    const head = `${operation.method.toUpperCase()} ${path} HTTP/1.1\r\nHost: localhost\r\n`;
    const answer = await sendHead(t.server.port, `${head}Content-Length: 9999999999\r\n\r\n{`);
    expect(answer, operation.id).toStartWith("HTTP/1.1 413");
    expect(operation.responses["413"], operation.id).toBeDefined();
  }
});

test("unknown paths are 404, known ones with another method 405 with the right ones", async () => {
  await using t = await testApp();
  for (const path of ["/", "/nope", "/session/ses_1/nope", "/global", "/index.html"]) {
    for (const method of ["GET", "POST", "DELETE"]) {
      const { status, body, headers } = await t.request(method, path);
      expect(status, path).toBe(404);
      expect(headers.get("content-type")).toStartWith("application/json");
      expect(body).toMatchObject({ name: "NotFoundError" });
    }
  }
  const wrong = await t.request("PUT", "/session/ses_1");
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get("allow")).toBe("DELETE, GET, HEAD, PATCH");
  expect(wrong.body).toMatchObject({ name: "MethodNotAllowedError" });
  expect((await t.request("POST", "/doc")).status).toBe(405);
});

test("what is not expected has a reference that is in the log, and no stack", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const instance = await t.instance();
  Object.defineProperty(instance, "agents", {
    value: { list: () => Promise.reject(new Error("secret detail")) },
  });
  const answer = await contract.call("app.agents", { status: 500 });
  const text = JSON.stringify(answer.body);
  expect(text).not.toContain("secret");
  const ref = /err_\w{8}/.exec(text)?.[0] ?? "";
  await t.app.services.log.close();
  const directory = t.app.services.paths.log;
  const [file] = await readdir(directory);
  const log = await Bun.file(join(directory, file ?? "")).text();
  expect(log.split("\n").find((line) => line.includes(ref))).toContain("secret detail");
});

test("with no model at all a prompt says what is missing", async () => {
  await using t = await testApp({ config: { model: "nobody/none", provider: {} } });
  const contract = await Contract.of(t);
  const { body } = await contract.call("session.create", { body: {} });
  const params = { sessionID: (body as { id: string }).id };
  const prompt = { parts: [{ type: "text", text: "hi" }] };
  const answer = await contract.call("session.prompt", { params, body: prompt, status: 404 });
  expect(JSON.stringify(answer.body)).toContain("nobody");
});

test("each answer has a request id, the client's own when it sends one", async () => {
  await using t = await testApp();
  const first = await t.request("GET", "/global/health");
  const second = await t.request("GET", "/nope");
  expect(first.headers.get("x-request-id")).toBeTruthy();
  expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
  expect(second.body).toHaveProperty("data.requestID", second.headers.get("x-request-id"));
  const own = await t.request("GET", "/path", undefined, { "x-request-id": "my-1" });
  expect(own.headers.get("x-request-id")).toBe("my-1");
  const odd = await t.request("GET", "/path", undefined, { "x-request-id": "a b\tc" });
  expect(odd.headers.get("x-request-id")).not.toBe("a b\tc");
});

/** The first of an answer to a request that promises more than it sends. */
function sendHead(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const open = Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => void socket.write(text),
        error: (_, error) => reject(error),
        data: (socket, chunk) => {
          resolve(chunk.toString());
          socket.end();
        },
      },
    });
    open.catch(reject);
  });
}

test("a wrong configuration is named by whatever needs it, and breaks nothing else", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await writeTree(t.root, { "wrong/opencode.json": '{ "share": 5 }' });
  const directory = join(t.root, "wrong");
  const more = "&pattern=x&query=x&path=.&provider=x&model=x&mode=git";
  const query = `directory=${encodeURIComponent(directory)}${more}`;
  const refused: string[] = [];
  for (const operation of contract.operations) {
    const hasDirectory = operation.parameters.some(({ name }) => name === "directory");
    const isPlain = hasDirectory && operation.method === "get" && !operation.path.includes("{");
    if (!isPlain || WAITING.includes(operation.id)) continue;
    const { status, headers, body } = await t.request("GET", `${operation.path}?${query}`);
    if (status === 200) continue;
    contract.check(operation.id, { status, headers, body });
    expect([400, 404], operation.id).toContain(status);
    if (JSON.stringify(body).includes(`${directory}/opencode.json`)) refused.push(operation.id);
  }
  const needing = ["config.get", "app.agents", "tool.ids", "provider.list"];
  expect(refused).toEqual(expect.arrayContaining(needing));
  for (const id of ["path.get", "file.list", "session.list"]) expect(refused).not.toContain(id);
});

/** They answer when something happens. */
const WAITING = ["event.subscribe", "tui.control.next"];
