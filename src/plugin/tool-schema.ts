// The arguments of a custom tool: what its author wrote, zod schemas by name or a JSON schema,
// becomes the JSON schema that models are told, and the check that arguments pass before they run.
import { invalid } from "@/base/error";
import { isRecord, type JSONRecord } from "@/config/json";
import type { z } from "zod/v4";
import type { ZodModule } from "./plugin-modules";

export interface ToolSchema {
  /** JSON schema of an object. */
  parameters: Record<string, unknown>;
  /** The arguments as the tool gets them; throws AppError invalid with words for the model. */
  parse(input: unknown): Promise<unknown>;
}

/** Throws AppError invalid when it is neither. */
export async function toolSchema(
  args: unknown,
  zod: () => Promise<ZodModule>,
): Promise<ToolSchema> {
  if (args === undefined || args === null) return fromJSON({ type: "object", properties: {} });
  if (!isRecord(args)) throw invalid("args: expected an object of zod schemas, or a JSON schema");
  if (isZod(args)) return fromZod(args, await zod());
  if (args["type"] === "object") return fromJSON(args);
  const wrong = Object.entries(args).find(([, schema]) => !isZod(schema));
  if (wrong) {
    throw invalid(
      `args.${wrong[0]}: expected a schema made with tool.schema (zod 4); for a JSON schema, ` +
        'args is the whole of it, with "type": "object"',
    );
  }
  const z = await zod();
  return fromZod(z.object(args as z.ZodRawShape), z);
}

function fromJSON(parameters: JSONRecord): ToolSchema {
  // Checked against the parameters by whoever calls.
  return { parameters, parse: (input) => Promise.resolve(input) };
}

function fromZod(schema: z.ZodType, z: ZodModule): ToolSchema {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // A schema of another copy of zod keeps its description in a registry of its own.
    override: ({ zodSchema, jsonSchema }) => {
      if (!("description" in zodSchema) || typeof zodSchema.description !== "string") return;
      jsonSchema.description ??= zodSchema.description;
    },
  });
  if (parameters.type !== "object") throw invalid("args: expected the schema of an object");
  const parse = async (input: unknown) => {
    const parsed = await schema.safeParseAsync(input);
    if (parsed.success) return parsed.data;
    const issues = parsed.error.issues.map(({ path, message }) => {
      return `${path.map(String).join(".") || "input"}: ${message}`;
    });
    throw invalid(`The arguments do not fit: ${issues.join("; ")}`);
  };
  return { parameters, parse };
}

function isZod(value: unknown): value is z.ZodType {
  return isRecord(value) && isRecord(value["_zod"]);
}
